// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/manifest_clips.h"

#include <QStringList>

#include <algorithm>
#include <map>

namespace viva {
namespace {

/// The words of a clip, each with a space before it, for a search that begins at words.
QString wordsOf(const Utterance& utterance) {
    std::string all =
        utterance.id + " " + utterance.text + " " + utterance.voice + " " + utterance.speaker;
    for (const std::string& tag : utterance.tags)
        all += " " + tag;
    for (const UtteranceTask& task : utterance.tasks) {
        all += " " + task.question;
        for (const std::string& reference : task.references)
            all += " " + reference;
    }
    QString text = QString::fromStdString(all).toCaseFolded();
    for (QChar& sign : text)
        if (!sign.isLetterOrNumber())
            sign = u' ';
    return u' ' + text;
}

QStringList wordsOf(const std::string& search) {
    QString text = QString::fromStdString(search).toCaseFolded();
    for (QChar& sign : text)
        if (!sign.isLetterOrNumber())
            sign = u' ';
    return text.split(u' ', Qt::SkipEmptyParts);
}

bool among(const std::vector<std::string>& wanted, const std::string& value) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool anyAmong(const std::vector<std::string>& wanted, const std::vector<std::string>& values) {
    if (wanted.empty())
        return true;
    if (values.empty())
        return among(wanted, {});
    return std::any_of(values.begin(), values.end(),
                       [&](const std::string& value) { return among(wanted, value); });
}

std::vector<std::string> tasksOf(const Utterance& utterance) {
    std::vector<std::string> names;
    for (const UtteranceTask& task : utterance.tasks)
        names.push_back(task.task);
    return names;
}

bool fits(const Utterance& utterance, const ClipFilter& filter, const QStringList& words) {
    if (!among(filter.splits, utterance.split) || !among(filter.speakers, utterance.speaker) ||
        !among(filter.languages, utterance.language) || !anyAmong(filter.tags, utterance.tags) ||
        !anyAmong(filter.tasks, tasksOf(utterance)))
        return false;
    if (words.isEmpty())
        return true;
    const QString own = wordsOf(utterance);
    return std::all_of(words.begin(), words.end(),
                       [&](const QString& word) { return own.contains(u' ' + word); });
}

bool before(const Utterance& one, const Utterance& two, ClipOrder order) {
    switch (order) {
    case ClipOrder::Name:
        return one.id < two.id;
    case ClipOrder::Duration:
        return one.durationSec < two.durationSec;
    case ClipOrder::Speaker:
        return one.speaker < two.speaker;
    case ClipOrder::Split:
        return one.split < two.split;
    case ClipOrder::Added:
        break;
    }
    return false;
}

ClipList search(const Manifest& manifest, const ClipFilter& filter) {
    ClipList found;
    const QStringList words = wordsOf(filter.search);
    const auto& all = manifest.utterances;
    for (std::size_t index = 0; index < all.size(); ++index)
        if (fits(all[index], filter, words)) {
            found.ids.push_back(static_cast<ClipId>(index) + 1);
            found.totals.durationSec += all[index].durationSec;
        }
    found.totals.clips = static_cast<std::int64_t>(found.ids.size());
    std::stable_sort(found.ids.begin(), found.ids.end(), [&](ClipId one, ClipId two) {
        return before(all[static_cast<std::size_t>(one - 1)],
                      all[static_cast<std::size_t>(two - 1)], filter.order);
    });
    if (filter.descending)
        std::reverse(found.ids.begin(), found.ids.end());
    return found;
}

std::vector<ClipFacet> facet(const Manifest& manifest,
                             const std::function<std::vector<std::string>(const Utterance&)>& of) {
    std::map<std::string, std::int64_t> counts;
    for (const Utterance& utterance : manifest.utterances) {
        std::vector<std::string> values = of(utterance);
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
        for (const std::string& value : values)
            ++counts[value];
    }
    std::vector<ClipFacet> out;
    for (const auto& [value, clips] : counts)
        out.push_back({value, clips});
    return out;
}

} // namespace

ManifestClips::ManifestClips(TaskRunner& tasks, std::filesystem::path manifest, QObject* parent)
    : ClipSource(parent), m_tasks(tasks), m_path(std::move(manifest)), m_opens(tasks, this),
      m_finds(tasks, this) {}

void ManifestClips::open() {
    if (m_opened)
        return;
    m_opened = true;
    m_opens.start([path = m_path] { return readManifest(path); },
                  [this](Manifest manifest) {
                      m_manifest = std::make_shared<const Manifest>(std::move(manifest));
                      emit changed();
                  },
                  [this](const ErrorInfo& error) {
                      m_opened = false;
                      emit failed(QString::fromStdString(error.text()));
                  });
}

void ManifestClips::find(const ClipFilter& filter, std::function<void(ClipList)> done) {
    m_finds.start([manifest = m_manifest, filter] { return search(*manifest, filter); },
                  std::move(done));
}

void ManifestClips::load(std::vector<ClipId> ids, std::function<void(std::vector<ClipRow>)> done) {
    TaskChannel channel(m_tasks, this);
    channel.start(
        [manifest = m_manifest, ids = std::move(ids)] {
            std::vector<ClipRow> rows;
            for (const ClipId id : ids) {
                if (id < 1 || static_cast<std::size_t>(id) > manifest->utterances.size())
                    continue;
                ClipRow row;
                row.clip.id = id;
                row.clip.utterance = manifest->utterances[static_cast<std::size_t>(id - 1)];
                std::error_code failure;
                row.missing =
                    !std::filesystem::exists(manifest->audioFile(row.clip.utterance), failure);
                rows.push_back(std::move(row));
            }
            return rows;
        },
        std::move(done));
}

void ManifestClips::askFacets(std::function<void(ClipFacets)> done) {
    using Values = std::vector<std::string>;
    const Manifest& manifest = *m_manifest;
    done({facet(manifest, [](const Utterance& one) { return Values{one.split}; }),
          facet(manifest, tasksOf), facet(manifest, [](const Utterance& one) { return one.tags; }),
          facet(manifest, [](const Utterance& one) { return Values{one.speaker}; }),
          facet(manifest, [](const Utterance& one) { return Values{one.language}; })});
}

std::filesystem::path ManifestClips::audioFile(const ClipRecord& clip) const {
    return m_manifest->audioFile(clip.utterance);
}

} // namespace viva
