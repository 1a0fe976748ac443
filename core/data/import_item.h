// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/utterance.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace viva {

/// A clip as an importer found it; the audio has not been looked at.
struct ImportItem {
    std::string place;           ///< "train.tsv:12", for reports
    std::filesystem::path audio; ///< absolute
    double startSec = 0;         ///< where it begins in the file
    double lengthSec = 0;        ///< 0 = to the end
    bool ownId = false;          ///< the id stands in the data and must be unique there
    Utterance utterance;         ///< without audioPath
};

/// An item that cannot go in, and why.
struct ImportFault {
    std::string place;
    std::string item;   ///< which one: an id, a path or the beginning of the line
    std::string reason; ///< a clause with its cure: "has no audio path; ..."

    bool operator==(const ImportFault&) const = default;
};

using ImportEntry = std::variant<ImportItem, ImportFault>;

struct ImportCounts {
    std::int64_t added = 0;
    std::int64_t extended = 0; ///< clips that were there and got further questions
    std::int64_t known = 0;    ///< clips that were there with all of this
    std::int64_t rejected = 0;

    [[nodiscard]] std::int64_t read() const { return added + extended + known + rejected; }
    bool operator==(const ImportCounts&) const = default;
};

/// Reads one data set item by item, in constant memory.
///
/// Belongs to one thread. Trouble with one item is an ImportFault and reading goes on behind it.
class ImportReader {
public:
    virtual ~ImportReader() = default;

    /// The next item or fault; nullopt at the end. @throws Error(Io) when the disk fails.
    [[nodiscard]] virtual std::optional<ImportEntry> next() = 0;
    /// How much has been read, 0..1.
    [[nodiscard]] virtual double progress() const = 0;
    /// Decisions the user should know about ("read as UTF-16"); complete after the last item.
    [[nodiscard]] const std::vector<std::string>& notes() const { return m_notes; }

protected:
    void note(std::string text) { m_notes.push_back(std::move(text)); }

private:
    std::vector<std::string> m_notes;
};

} // namespace viva
