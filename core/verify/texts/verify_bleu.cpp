// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/bleu.h"
#include "core/verify/texts/metric_folder.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

using nlohmann::json;
using Texts = MetricFolder::Texts;

/// "floor0.01/eff" as options.
BleuOptions parseSetting(std::string setting) {
    BleuOptions options;
    options.effectiveOrder = setting.ends_with("/eff");
    if (options.effectiveOrder)
        setting.resize(setting.size() - std::string_view("/eff").size());
    if (const std::size_t number = setting.find_first_of("0123456789");
        number != std::string::npos) {
        options.smoothValue = std::stod(setting.substr(number));
        setting.resize(number);
    }
    options.smoothing = parseBleuSmoothing(setting);
    return options;
}

BleuOptions textOptions(const json& entry) {
    BleuOptions options;
    options.tokenize = parseBleuTokenize(entry.at("tokenize").get<std::string>());
    options.lowercase = entry.at("lowercase").get<bool>();
    return options;
}

bool sameCounts(const BleuStatistics& got, const json& want) {
    bool same = got.hypothesisLength == want.at("sys_len").get<std::int64_t>() &&
                got.referenceLength == want.at("ref_len").get<std::int64_t>();
    for (std::size_t n = 0; n < got.matches.size(); ++n)
        same = same && got.matches[n] == want.at("counts").at(n).get<std::int64_t>() &&
               got.totals[n] == want.at("totals").at(n).get<std::int64_t>();
    return same;
}

void scoreAll(const BleuStatistics& counts, const json& names, const json& entry,
              const std::string& id, VerifyLine& line) {
    const json& scores = entry.at("scores");
    requireSettings(scores.size(), names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto setting = names[i].get<std::string>();
        line.add(fmt::format("{} {} {}", id, entry.at("tokenize").get<std::string>(), setting),
                 relativeDifference(bleuScore(counts, parseSetting(setting)).score, scores[i]),
                 kMetricTolerance);
    }
}

} // namespace

void verifyBleuFile(MetricFolder& folder, const std::string& name) {
    const json header = folder.headerOf(name);
    VerifyLine counts{.quantity = "BLEU counts"};
    VerifyLine scores{.quantity = "BLEU of sentences, relative"};
    folder.each(name, [&](const json& line, const auto&) {
        const auto id = line.at("id").get<std::string>();
        for (const json& entry : line.at("bleu")) {
            const Texts& pair = folder.texts(id);
            const BleuStatistics got =
                bleuStatistics(pair.hypothesis, pair.references, textOptions(entry));
            counts.add(id, sameCounts(got, entry) ? 0 : 1, 0);
            scores.add(id, relativeDifference(bleuScore(got).brevityPenalty, entry.at("bp")),
                       kMetricTolerance);
            scoreAll(got, header.at(entry.at("tokenize") == "13a" ? "scores_13a" : "scores_other"),
                     entry, id, scores);
        }
    });
    folder.add(counts);
    folder.add(scores);
}

void verifyBleuCorpusFile(MetricFolder& folder, const std::string& name) {
    const json names = folder.headerOf(name).at("scores");
    VerifyLine counts{.quantity = "BLEU counts of corpora"};
    VerifyLine scores{.quantity = "BLEU of corpora, relative"};
    std::vector<std::string> members;
    folder.each(name, [&](const json& line, const auto&) {
        if (!line.at("of").is_null())
            members = line["of"].get<std::vector<std::string>>();
        BleuStatistics sum;
        for (const std::string& member : members) {
            const Texts& pair = folder.texts(member);
            sum += bleuStatistics(pair.hypothesis, pair.references, textOptions(line));
        }
        const auto id = line.at("id").get<std::string>();
        counts.add(id, sameCounts(sum, line) ? 0 : 1, 0);
        scoreAll(sum, names, line, id, scores);
    });
    folder.add(counts);
    folder.add(scores);
}

void verifyBleuTokensFile(MetricFolder& folder, const std::string& name) {
    VerifyLine tokens{.quantity = "BLEU tokens"};
    folder.each(name, [&](const json& line, const auto& place) {
        const auto text = line.at("text").get<std::string>();
        for (const BleuTokenize kind : {BleuTokenize::Thirteen, BleuTokenize::Intl}) {
            std::string buffer;
            const auto got = bleuTokens(text, kind, false, buffer);
            const auto want = line.at(std::string(toString(kind))).get<std::vector<std::string>>();
            tokens.add(place, std::equal(got.begin(), got.end(), want.begin(), want.end()) ? 0 : 1,
                       0);
        }
    });
    folder.add(tokens);
}

void verifyHfBleuFile(MetricFolder& folder, const std::string& name) {
    VerifyLine scores{.quantity = "BLEU as Hugging Face evaluate, relative"};
    folder.each(name, [&](const json& line, const auto&) {
        const auto id = line.at("id").get<std::string>();
        BleuStatistics sum;
        for (const auto& member : line.value("of", std::vector<std::string>{id}))
            sum +=
                hfBleuStatistics(folder.texts(member).hypothesis, folder.texts(member).references);
        for (const auto& [key, smoothing] :
             {std::pair("plain", HfSmoothing::None), std::pair("smooth", HfSmoothing::AllOrders),
              std::pair("smooth_orders_2_4", HfSmoothing::HigherOrders)}) {
            const json& stored = line.at(key);
            const double want = stored.is_null() ? 0.0 : stored.get<double>();
            scores.add(id + " " + key, relativeDifference(hfBleu(sum, smoothing), want),
                       kMetricTolerance);
        }
    });
    folder.add(scores);
}

} // namespace viva
