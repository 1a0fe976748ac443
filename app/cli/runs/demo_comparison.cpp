// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/demo_comparison.h"

#include "app/cli/runs/evaluation_change.h"
#include "app/cli/text_table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace viva {
namespace {

constexpr const char* kBase = "base";
/// The methods in the order of the table.
constexpr std::array kCompared{Objective::Sft, Objective::Grpo, Objective::MpGrpo,
                               Objective::RlSft};

/// What a line of the table is about.
struct Place {
    std::string split, task, decoding;
    const EvalMetric* metric = nullptr;
    bool operator==(const Place&) const = default;
};

/// A place for each headline metric of the row.
std::vector<Place> placesOf(const EvaluationRow& row) {
    std::vector<Place> places;
    for (const EvalMetric& metric : evalMetrics())
        if (metric.isHeadlineOf(row.task) && row.metric(metric.name))
            places.push_back({row.split, row.task, row.decoding, &metric});
    return places;
}

std::vector<Place> placesOf(const std::vector<ComparisonResult>& results) {
    std::vector<Place> places;
    for (const auto& result : results)
        for (const auto& row : result.after)
            for (const Place& place : placesOf(row))
                if (std::ranges::find(places, place) == places.end())
                    places.push_back(place);
    return places;
}

/// The metric of every seed at a place; the base model's from the first run of each seed.
std::vector<double> scoresAt(const std::vector<ComparisonResult>& results,
                             const std::string& method, const Place& place) {
    std::vector<double> scores;
    std::vector<std::uint64_t> seeds;
    for (const auto& result : results) {
        const bool base = method == kBase;
        if (!base && result.method != method)
            continue;
        if (base && std::ranges::find(seeds, result.seed) != seeds.end())
            continue;
        seeds.push_back(result.seed);
        for (const auto& row : base ? result.before : result.after)
            for (const Place& candidate : placesOf(row))
                if (candidate == place)
                    scores.push_back(*row.metric(place.metric->name));
    }
    return scores;
}

struct Spread {
    double mean = 0;
    double deviation = 0;
};

Spread spreadOf(const std::vector<double>& scores) {
    Spread spread;
    for (const double score : scores)
        spread.mean += score / static_cast<double>(scores.size());
    for (const double score : scores)
        spread.deviation += (score - spread.mean) * (score - spread.mean);
    if (scores.size() > 1)
        spread.deviation = std::sqrt(spread.deviation / static_cast<double>(scores.size() - 1));
    return spread;
}

std::vector<std::string> columns() {
    std::vector<std::string> names{kBase};
    for (const Objective objective : kCompared)
        names.emplace_back(choiceOf(objective).words);
    return names;
}

} // namespace

std::vector<ComparisonRun> comparisonRuns(const TrainConfig& base, int seeds) {
    std::vector<ComparisonRun> runs;
    for (int seed = 0; seed < seeds; ++seed)
        for (const Objective objective : kCompared) {
            ComparisonRun run{std::string(choiceOf(objective).words),
                              static_cast<std::uint64_t>(seed), base};
            run.config.objective = objective;
            run.config.seed = run.seed;
            run.config.name = fmt::format("compare {}, seed {}", run.method, seed);
            runs.push_back(std::move(run));
        }
    return runs;
}

std::string comparisonTable(const std::vector<ComparisonResult>& results) {
    std::vector<std::vector<std::string>> rows{{"clips", "task", "decoding"}};
    for (const auto& method : columns())
        rows.front().push_back(method);
    for (const auto& place : placesOf(results)) {
        std::vector<std::string> row{heldOutName(place.split), taskWords(place.task, *place.metric),
                                     place.decoding};
        for (const auto& method : columns()) {
            const auto scores = scoresAt(results, method, place);
            const auto spread = spreadOf(scores);
            const double mean = spread.mean * place.metric->scale;
            if (scores.empty())
                row.emplace_back("-");
            else if (scores.size() == 1)
                row.push_back(fmt::format("{:.1f}", mean));
            else
                row.push_back(
                    fmt::format("{:.1f} ± {:.1f}", mean, spread.deviation * place.metric->scale));
        }
        rows.push_back(std::move(row));
    }
    return textTable(rows);
}

nlohmann::ordered_json comparisonJson(const std::vector<ComparisonResult>& results) {
    auto out = nlohmann::ordered_json::array();
    for (const auto& place : placesOf(results))
        for (const auto& method : columns()) {
            const auto scores = scoresAt(results, method, place);
            const auto spread = spreadOf(scores);
            const std::string name(place.metric->name);
            out.push_back({{"split", place.split},
                           {"task", place.task},
                           {"decoding", place.decoding},
                           {"method", method},
                           {name + "_mean", spread.mean},
                           {name + "_std", spread.deviation},
                           {name, scores}});
        }
    return out;
}

} // namespace viva
