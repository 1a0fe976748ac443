// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/manifest.h"
#include "core/data/question.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace viva {

/// Which examples are wanted; an empty list means all.
struct DatasetFilter {
    std::vector<std::string> splits{};
    std::vector<std::string> tasks{};
    std::vector<std::string> voices{};
    std::vector<std::string> speakers{};
    std::vector<std::string> tags{}; ///< any of them
    bool copies = true;              ///< augmented copies too
    std::size_t maxClips = 0;        ///< the first so many clips; 0 = all
};

/// Where one question about one clip stands in the manifest.
struct Example {
    std::size_t utterance = 0; ///< index in Dataset::utterances()
    std::size_t task = 0;      ///< index in the utterance's tasks
};

/// An immutable, filtered view of a manifest with a fixed order: the manifest's order of clips, and
/// within a clip the order of its tasks. Cheap to copy.
class Dataset {
public:
    explicit Dataset(Manifest manifest, const DatasetFilter& filter = {});

    /// Reads the manifest and filters it. @throws as readManifest.
    [[nodiscard]] static Dataset load(const std::filesystem::path& manifest,
                                      const DatasetFilter& filter = {});
    /// A narrower view of the same manifest.
    [[nodiscard]] Dataset filtered(const DatasetFilter& filter) const;

    [[nodiscard]] std::size_t size() const { return m_examples.size(); }
    [[nodiscard]] bool empty() const { return m_examples.empty(); }
    [[nodiscard]] const Example& example(std::size_t index) const;
    [[nodiscard]] const std::vector<Example>& examples() const { return m_examples; }
    [[nodiscard]] const Utterance& utterance(const Example& example) const;
    [[nodiscard]] const UtteranceTask& task(const Example& example) const;
    [[nodiscard]] std::filesystem::path audioFile(const Example& example) const;
    /// What a trainer or an evaluation asks.
    [[nodiscard]] Question question(const Example& example) const;
    /// Indices of the clips that are left, in order (also of those without tasks).
    [[nodiscard]] const std::vector<std::size_t>& clips() const { return m_clips; }
    /// All utterances of the manifest, filtered or not; indices refer to it.
    [[nodiscard]] const std::vector<Utterance>& utterances() const;

private:
    Dataset(std::shared_ptr<const Manifest> manifest, std::vector<std::size_t> candidates,
            const DatasetFilter& filter);
    void select(const std::vector<std::size_t>& candidates, const DatasetFilter& filter);

    std::shared_ptr<const Manifest> m_manifest;
    std::vector<std::size_t> m_clips;
    std::vector<Example> m_examples;
    std::vector<std::string> m_tasks; ///< the tasks this view keeps; empty = all
};

} // namespace viva
