// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/clip_records.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace viva {

class ProjectStore;

/// What is to become of a clip; applied to it as it stands when its turn comes. Must not use the
/// store.
using ClipMutation = std::function<void(ClipRecord&)>;

/// The clips of a project: add, edit with undo, search. Uses the connection of `store`, which must
/// outlive it, and belongs to its thread; each call is one transaction.
///
/// Edits are kept in the project with what was there before, so that undo reaches back over
/// restarts. Removing a clip only hides it; its sound stays where it is.
class ClipStore {
public:
    explicit ClipStore(ProjectStore& store) : m_store(store) {}

    // Adding
    /// One clip that was recorded or opened here; undo takes it away again. An id that is taken
    /// gets a number behind it. @throws Error(InvalidArgument) when the sound is in the project
    /// already.
    ClipId add(ClipRecord clip, const std::string& label);
    [[nodiscard]] std::int64_t beginImport(const std::string& format, const std::string& path);
    /// One piece of an import, all or nothing. @return what became of each clip, in order.
    std::vector<ClipTaken> take(std::int64_t importId, std::span<const ClipRecord> clips,
                                std::span<const ImportFault> faults);
    void finishImport(std::int64_t importId, const ImportCounts& counts, bool stopped);
    [[nodiscard]] std::vector<ImportRecord> imports() const; ///< newest first
    [[nodiscard]] std::vector<ImportFault> faults(std::int64_t importId,
                                                  std::size_t most = 1000) const;

    // Editing
    /// Changes each of the clips as it stands in the project now, in one transaction: what another
    /// connection brought is there, and nothing comes between.
    /// @return how many changed. @throws Error(InvalidArgument) for a name that is taken or a task
    /// that is not whole; Error(NotFound) for a clip that is not there; what `mutate` throws.
    /// Nothing has changed then.
    std::size_t change(const std::string& label, std::span<const ClipId> clips,
                       const ClipMutation& mutate);
    std::size_t setSplits(const std::string& label,
                          std::span<const std::pair<ClipId, std::string>> splits);
    std::size_t remove(const std::string& label, std::span<const ClipId> clips);
    /// @return what was undone or done again; nullopt when there is nothing.
    std::optional<std::string> undo();
    std::optional<std::string> redo();
    [[nodiscard]] std::optional<std::string> undoLabel() const;
    [[nodiscard]] std::optional<std::string> redoLabel() const;
    /// What looking at a file found; no edit.
    void setAudioFacts(ClipId id, const std::string& sha256, double durationSec, int rateHz,
                       int channels);

    // Asking
    [[nodiscard]] std::vector<ClipId> ids(const ClipFilter& filter = {}) const;
    /// The same with what they come to; quicker than asking for both.
    [[nodiscard]] ClipList list(const ClipFilter& filter = {}) const;
    /// In the order of `ids`; clips that are gone are left out.
    [[nodiscard]] std::vector<ClipRecord> clips(std::span<const ClipId> ids) const;
    [[nodiscard]] std::optional<ClipRecord> clip(ClipId id) const;
    [[nodiscard]] std::optional<ClipRecord> clipOfSource(const std::string& source) const;
    [[nodiscard]] ClipFacets facets() const;
    [[nodiscard]] ClipTotals totals(std::span<const ClipId> ids) const;
    /// Every clip that has a split and a question, in the order they were added: training data.
    [[nodiscard]] std::vector<Utterance> trainingClips() const;

private:
    std::optional<std::string> step(bool backwards);

    ProjectStore& m_store;
    std::int64_t m_import = 0;     ///< the import that was begun here
    std::int64_t m_editBefore = 0; ///< the newest edit from before it
};

} // namespace viva
