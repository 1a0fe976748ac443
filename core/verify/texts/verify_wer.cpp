// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/rewards/metrics/wer.h"
#include "core/verify/texts/metric_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

using nlohmann::json;

// Beyond so many characters rapidfuzz divides its table and may take another of the shortest paths.
constexpr std::size_t kOneTable = 900;

std::vector<std::int64_t> listOf(const EditCounts& edits) {
    return {edits.hits, edits.substitutions, edits.deletions, edits.insertions};
}

/// Edits of one pair of texts, or of many.
struct SentenceEdits {
    EditCounts words;
    EditCounts characters;
    bool oneTable = true; ///< every text is short enough for one table

    SentenceEdits& operator+=(const SentenceEdits& other) {
        words += other.words;
        characters += other.characters;
        oneTable = oneTable && other.oneTable;
        return *this;
    }
};

SentenceEdits editsOf(const std::string& hypothesis, const std::string& reference) {
    return {wordErrorRates(hypothesis, reference).edits,
            characterErrorRates(hypothesis, reference).edits,
            std::max(hypothesis.size(), reference.size()) < kOneTable};
}

void compareEdits(const SentenceEdits& edits, const json& line, const std::string& id,
                  VerifyLine& counts, VerifyLine& rates) {
    using List = std::vector<std::int64_t>;
    counts.add(id, listOf(edits.words) == line.at("word").get<List>() ? 0 : 1, 0);
    if (edits.oneTable)
        counts.add(id, listOf(edits.characters) == line.at("char").get<List>() ? 0 : 1, 0);
    const ErrorRates words = errorRates(edits.words);
    const ErrorRates characters = errorRates(edits.characters);
    rates.add(id + " wer", relativeDifference(words.rate, line.at("wer")), kMetricTolerance);
    rates.add(id + " cer", relativeDifference(characters.rate, line.at("cer")), kMetricTolerance);
    rates.add(id + " mer", relativeDifference(words.matchErrorRate, line.at("mer")),
              kMetricTolerance);
    // 1 - x: what rounding leaves of a perfect match is absolute
    rates.add(id + " wil", std::abs(words.informationLost - line.at("wil").get<double>()),
              kMetricTolerance);
}

} // namespace

void verifyWerFile(MetricFolder& folder, const std::string& name) {
    std::map<std::string, SentenceEdits> byId;
    VerifyLine counts{.quantity = "word and character edits"};
    VerifyLine rates{.quantity = "error rates, relative"};
    folder.each(name, [&](const json& line, const auto& place) {
        const auto id = line.at("id").get<std::string>();
        SentenceEdits edits;
        if (!line.contains("of")) {
            edits = editsOf(line.at("hyp").get<std::string>(), line.at("ref").get<std::string>());
            byId[id] = edits;
        } else {
            for (const auto& member : line["of"].get<std::vector<std::string>>()) {
                if (!byId.contains(member))
                    throw Error(ErrorCode::Format,
                                fmt::format("{}: there is no earlier line \"{}\"", place, member));
                edits += byId[member];
            }
        }
        compareEdits(edits, line, id, counts, rates);
    });
    folder.add(counts);
    folder.add(rates);
}

} // namespace viva
