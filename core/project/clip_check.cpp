// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/clip_check.h"

#include "core/project/audio_check.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"

#include <algorithm>

namespace viva {
namespace {

constexpr std::size_t kBatchClips = 200;

} // namespace

ClipCheckReport checkClips(ProjectStore& project, const ClipFilter& filter, std::stop_token stop,
                           const std::function<void(double fraction)>& listener) {
    const ClipStore clips(project);
    const std::vector<ClipId> ids = clips.ids(filter);
    ClipCheckReport report;
    if (const std::string fault = project.fault(); !fault.empty())
        report.faults.push_back({"database", "database", fault});
    for (std::size_t at = 0; at < ids.size(); at += kBatchClips) {
        std::vector<CheckedItem> items;
        const auto wanted = std::span(ids).subspan(at, std::min(kBatchClips, ids.size() - at));
        for (const ClipRecord& clip : clips.clips(wanted)) {
            CheckedItem& checked = items.emplace_back();
            checked.item.audio = project.folder() / clip.utterance.audioPath;
            checked.item.utterance = clip.utterance;
        }
        const AudioCheck check{true, true};
        checkAudioFiles(items, check, stop);
        if (stop.stop_requested()) {
            report.stopped = true;
            return report;
        }
        for (CheckedItem& checked : items)
            if (!checked.fault.empty())
                report.faults.push_back({checked.item.utterance.id, checked.item.utterance.id,
                                         std::move(checked.fault)});
        report.clips += static_cast<std::int64_t>(items.size());
        if (listener)
            listener(static_cast<double>(at + wanted.size()) / static_cast<double>(ids.size()));
    }
    return report;
}

ClipHashReport hashClips(ProjectStore& project, std::stop_token stop,
                         const std::function<void(double fraction)>& listener) {
    ClipStore clips(project);
    const std::vector<ClipId> ids = clips.ids();
    ClipHashReport report;
    for (std::size_t at = 0; at < ids.size() && !report.stopped; at += kBatchClips) {
        const auto wanted = std::span(ids).subspan(at, std::min(kBatchClips, ids.size() - at));
        std::vector<CheckedItem> items;
        std::vector<ClipId> owners;
        for (const ClipRecord& clip : clips.clips(wanted)) {
            if (!clip.utterance.sha256.empty())
                continue;
            items.emplace_back().item.audio = project.folder() / clip.utterance.audioPath;
            items.back().item.utterance.id = clip.utterance.id;
            owners.push_back(clip.id);
        }
        checkAudioFiles(items, {false, true}, stop);
        report.stopped = stop.stop_requested();
        for (std::size_t i = 0; i < items.size(); ++i) {
            const Utterance& own = items[i].item.utterance;
            if (!items[i].fault.empty())
                report.faults.push_back({own.id, own.id, items[i].fault});
            else if (!own.sha256.empty()) {
                clips.setAudioFacts(owners[i], own.sha256, own.durationSec, items[i].rateHz,
                                    items[i].channels);
                ++report.hashed;
            }
        }
        if (listener)
            listener(static_cast<double>(at + wanted.size()) / static_cast<double>(ids.size()));
    }
    return report;
}

} // namespace viva
