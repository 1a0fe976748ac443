// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import_item.h"
#include "core/data/utterance.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace viva {

using ClipId = std::int64_t;

/// A clip of a project.
struct ClipRecord {
    ClipId id = 0;
    /// Its id is the clip's name, unique in the project; audioPath is relative to the project for
    /// clips that lie in it, absolute for those that are referred to.
    Utterance utterance;
    std::string source; ///< where the sound came from; a second import of it adds no second clip
    std::string provenance; ///< for people: "covost2 covost_v2.en_de.train.tsv:12"
    std::string notes;
    int rateHz = 0; ///< 0 = not looked at yet
    int channels = 0;
    std::int64_t importId = 0; ///< 0 = recorded or made here
    std::string createdAt;     ///< ISO 8601, UTC
    bool removed = false;

    bool operator==(const ClipRecord&) const = default;
};

/// In what order a list of clips comes.
enum class ClipOrder { Added, Name, Duration, Speaker, Split };

/// Which clips are wanted; an empty list means all. "" in a list means clips without that value.
struct ClipFilter {
    std::string search{}; ///< words; each must begin a word of a clip: text, questions, name...
    std::vector<std::string> splits{};
    std::vector<std::string> tasks{};
    std::vector<std::string> tags{};
    std::vector<std::string> speakers{};
    std::vector<std::string> languages{};
    ClipOrder order = ClipOrder::Added;
    bool descending = false;
};

/// A value and how many clips have it, for menus; "" counts the clips without one.
struct ClipFacet {
    std::string value;
    std::int64_t clips = 0;
};

struct ClipFacets {
    std::vector<ClipFacet> splits;
    std::vector<ClipFacet> tasks;
    std::vector<ClipFacet> tags;
    std::vector<ClipFacet> speakers;
    std::vector<ClipFacet> languages;
};

struct ClipTotals {
    std::int64_t clips = 0;
    double durationSec = 0;
};

/// The answer to a search.
struct ClipList {
    std::vector<ClipId> ids;
    ClipTotals totals;
};

/// One import, as the table of imports shows it.
struct ImportRecord {
    std::int64_t id = 0;
    std::string at;
    std::string format;
    std::string path;
    ImportCounts counts;
    bool stopped = false; ///< before its end
};

/// What became of a clip that was handed to ClipStore::take.
enum class ClipTaken {
    Added,    ///< new
    Extended, ///< was there; questions were added to it
    Known,    ///< was there with all of this
    Repeated  ///< came twice in this import, with nothing new
};

} // namespace viva
