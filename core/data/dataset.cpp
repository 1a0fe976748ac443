// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace viva {
namespace {

bool wanted(const std::vector<std::string>& list, const std::string& value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool keeps(const DatasetFilter& filter, const Utterance& utterance) {
    const bool tagged = filter.tags.empty() ||
                        std::any_of(filter.tags.begin(), filter.tags.end(),
                                    [&](const std::string& tag) { return utterance.hasTag(tag); });
    return tagged && wanted(filter.splits, utterance.split) &&
           wanted(filter.voices, utterance.voice) && wanted(filter.speakers, utterance.speaker) &&
           (filter.copies || utterance.copyOf.empty());
}

} // namespace

Dataset::Dataset(Manifest manifest, const DatasetFilter& filter)
    : m_manifest(std::make_shared<const Manifest>(std::move(manifest))) {
    std::vector<std::size_t> all(m_manifest->utterances.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    select(all, filter);
}

Dataset::Dataset(std::shared_ptr<const Manifest> manifest, std::vector<std::size_t> candidates,
                 const DatasetFilter& filter)
    : m_manifest(std::move(manifest)) {
    select(candidates, filter);
}

void Dataset::select(const std::vector<std::size_t>& candidates, const DatasetFilter& filter) {
    m_tasks = filter.tasks;
    for (const std::size_t index : candidates) {
        const Utterance& utterance = m_manifest->utterances[index];
        if (!keeps(filter, utterance))
            continue;
        if (filter.maxClips > 0 && m_clips.size() == filter.maxClips)
            break;
        m_clips.push_back(index);
        for (std::size_t task = 0; task < utterance.tasks.size(); ++task) {
            const std::string& name = utterance.tasks[task].task;
            if (wanted(filter.tasks, name))
                m_examples.push_back({index, task});
        }
    }
}

Dataset Dataset::load(const std::filesystem::path& manifest, const DatasetFilter& filter) {
    return Dataset(readManifest(manifest), filter);
}

Dataset Dataset::filtered(const DatasetFilter& filter) const {
    DatasetFilter both = filter;
    if (both.tasks.empty()) {
        both.tasks = m_tasks;
    } else if (!m_tasks.empty()) {
        std::erase_if(both.tasks, [&](const std::string& task) { return !wanted(m_tasks, task); });
        // Nothing in common must stay nothing, not become "all".
        if (both.tasks.empty())
            both.tasks.emplace_back();
    }
    return Dataset(m_manifest, m_clips, both);
}

const Example& Dataset::example(std::size_t index) const {
    if (index >= m_examples.size())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("Dataset: example {} was asked for, but there are {}", index,
                                m_examples.size()));
    return m_examples[index];
}

const Utterance& Dataset::utterance(const Example& example) const {
    return m_manifest->utterances.at(example.utterance);
}

const UtteranceTask& Dataset::task(const Example& example) const {
    return utterance(example).tasks.at(example.task);
}

std::filesystem::path Dataset::audioFile(const Example& example) const {
    return m_manifest->audioFile(utterance(example));
}

Question Dataset::question(const Example& example) const {
    const UtteranceTask& asked = task(example);
    return {fmt::format("{}/{}{}", utterance(example).id, asked.task, example.task),
            audioFile(example), asked.task, asked.question, asked.references};
}

const std::vector<Utterance>& Dataset::utterances() const {
    return m_manifest->utterances;
}

} // namespace viva
