// SPDX-License-Identifier: GPL-3.0-or-later
// chrF, TER, ROUGE and the stems.
#include "core/rewards/metrics/chrf.h"
#include "core/rewards/metrics/rouge.h"
#include "core/rewards/metrics/ter.h"
#include "core/text/porter_stemmer.h"
#include "core/verify/texts/metric_folder.h"

#include <fmt/format.h>

namespace viva {
namespace {

using nlohmann::json;
using Texts = MetricFolder::Texts;

ChrfOptions chrfOptions(const json& setting) {
    ChrfOptions options;
    options.charOrder = setting.value("char_order", options.charOrder);
    options.wordOrder = setting.value("word_order", options.wordOrder);
    options.beta = setting.value("beta", options.beta);
    options.lowercase = setting.value("lowercase", options.lowercase);
    options.whitespace = setting.value("whitespace", options.whitespace);
    options.epsSmoothing = setting.value("eps_smoothing", options.epsSmoothing);
    return options;
}

std::string caseName(const std::string& id, const json& setting) {
    return setting.empty() ? id : fmt::format("{} {}", id, setting.dump());
}

TerOptions terOptions(const json& setting) {
    TerOptions options;
    options.normalized = setting.value("normalized", false);
    options.noPunct = setting.value("no_punct", false);
    options.asianSupport = setting.value("asian_support", false);
    options.caseSensitive = setting.value("case_sensitive", false);
    return options;
}

void compareRouge(const Texts& texts, const std::string& id, const json& stored, bool stem,
                  VerifyLine& line) {
    for (const RougeKind kind : {RougeKind::One, RougeKind::Two, RougeKind::L, RougeKind::Lsum}) {
        const std::string key(toString(kind));
        if (!stored.contains(key))
            continue;
        const RougeScore got =
            bestRouge(kind, texts.hypothesis, texts.references, RougeOptions{.stem = stem});
        const json& want = stored.at(key);
        const std::string where = fmt::format("{} {}{}", id, key, stem ? " stem" : "");
        line.add(where + " P", relativeDifference(got.precision, want.at(0)), kMetricTolerance);
        line.add(where + " R", relativeDifference(got.recall, want.at(1)), kMetricTolerance);
        line.add(where + " F", relativeDifference(got.f, want.at(2)), kMetricTolerance);
    }
}

Texts textsOf(const json& line) {
    return {line.at("hyp").get<std::string>(), line.at("refs").get<std::vector<std::string>>()};
}

} // namespace

void verifyChrfFile(MetricFolder& folder, const std::string& name) {
    const json settings = folder.headerOf(name).at("scores");
    VerifyLine counts{.quantity = "chrF++ counts"};
    VerifyLine scores{.quantity = "chrF of sentences, relative"};
    folder.each(name, [&](const json& line, const auto&) {
        const auto id = line.at("id").get<std::string>();
        const Texts texts = textsOf(line);
        requireSettings(line.at("scores").size(), settings.size());
        for (std::size_t i = 0; i < settings.size(); ++i)
            scores.add(caseName(id, settings[i]),
                       relativeDifference(sentenceChrf(texts.hypothesis, texts.references,
                                                       chrfOptions(settings[i])),
                                          line["scores"][i]),
                       kMetricTolerance);
        if (!line.contains("stats_word_order_2"))
            return;
        json got = json::array();
        for (const ChrfCounts& one :
             chrfStatistics(texts.hypothesis, texts.references, ChrfOptions{.wordOrder = 2}))
            got.push_back({one.hypothesis, one.reference, one.matches});
        counts.add(id, got == line["stats_word_order_2"] ? 0 : 1, 0);
    });
    if (counts.cases > 0)
        folder.add(counts);
    folder.add(scores);
}

void verifyChrfCorpusFile(MetricFolder& folder, const std::string& name) {
    const json settings = folder.headerOf(name).at("scores");
    VerifyLine scores{.quantity = "chrF of corpora, relative"};
    folder.each(name, [&](const json& line, const auto&) {
        const auto id = line.at("id").get<std::string>();
        requireSettings(line.at("scores").size(), settings.size());
        std::vector<std::string> answers;
        std::vector<std::vector<std::string>> references;
        for (const auto& member : line.at("of").get<std::vector<std::string>>()) {
            answers.push_back(folder.texts(member, "chrf.jsonl").hypothesis);
            references.push_back(folder.texts(member, "chrf.jsonl").references);
        }
        for (std::size_t i = 0; i < settings.size(); ++i)
            scores.add(caseName(id, settings[i]),
                       relativeDifference(makeChrfReward("chrf", chrfOptions(settings[i]))
                                              ->corpusScore(answers, references)
                                              .value,
                                          line["scores"][i]),
                       kMetricTolerance);
    });
    folder.add(scores);
}

void verifyTerFile(MetricFolder& folder, const std::string& name) {
    const json settings = folder.headerOf(name).at("scores");
    VerifyLine edits{.quantity = "TER edits"};
    VerifyLine scores{.quantity = "TER of sentences, relative"};
    folder.each(name, [&](const json& line, const auto&) {
        const auto id = line.at("id").get<std::string>();
        const Texts texts = textsOf(line);
        requireSettings(line.at("scores").size(), settings.size());
        for (std::size_t i = 0; i < settings.size(); ++i) {
            const TerStatistics got =
                terStatistics(texts.hypothesis, texts.references, terOptions(settings[i]));
            const std::string where = caseName(id, settings[i]);
            edits.add(where, got.edits == line.at("edits").at(i).get<std::int64_t>() ? 0 : 1, 0);
            scores.add(where + " length",
                       relativeDifference(got.referenceLength, line.at("ref_length").at(i)),
                       kMetricTolerance);
            scores.add(where, relativeDifference(terScore(got), line["scores"][i]),
                       kMetricTolerance);
        }
    });
    folder.add(edits);
    folder.add(scores);
}

void verifyRougeFile(MetricFolder& folder, const std::string& name) {
    VerifyLine scores{.quantity = "ROUGE precision, recall, F, relative"};
    folder.each(name, [&](const json& line, const auto&) {
        const auto id = line.at("id").get<std::string>();
        const Texts texts = textsOf(line);
        const json& plain = line.at("plain");
        compareRouge(texts, id, plain, false, scores);
        compareRouge(texts, id, line.value("stem", plain), true, scores);
    });
    folder.add(scores);
}

void verifyPorterFile(MetricFolder& folder, const std::string& name) {
    VerifyLine stems{.quantity = "Porter stems"};
    folder.each(name, [&](const json& line, const auto&) {
        const auto word = line.at(0).get<std::string>();
        stems.add(word, porterStem(word) == line.at(1).get<std::string>() ? 0 : 1, 0);
    });
    folder.add(stems);
}

} // namespace viva
