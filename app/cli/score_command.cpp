// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/score_command.h"

#include "app/cli/text_table.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/rewards/bleu.h"
#include "core/rewards/reward_registry.h"
#include "core/rewards/wer.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

using Json = nlohmann::ordered_json;

/// The sentences of a file, one a line; a last line without its end counts.
std::vector<std::string> linesOf(const std::string& file) {
    const std::string text = readFile(file);
    std::vector<std::string> out;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = text.find('\n', begin);
        if (end == std::string::npos)
            end = text.size();
        std::string line = text.substr(begin, end - begin);
        if (line.ends_with('\r'))
            line.pop_back();
        out.push_back(std::move(line));
        begin = end + 1;
    }
    return out;
}

struct Texts {
    std::vector<std::string> hypotheses;
    std::vector<std::vector<std::string>> references; ///< by sentence
};

Texts readTexts(const std::string& hypotheses, const std::vector<std::string>& files) {
    Texts out;
    out.hypotheses = linesOf(hypotheses);
    if (out.hypotheses.empty())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} is empty: there is nothing to score", hypotheses));
    out.references.resize(out.hypotheses.size());
    for (const std::string& file : files) {
        const std::vector<std::string> lines = linesOf(file);
        if (lines.size() != out.hypotheses.size())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("{} has {} lines and {} has {}: a reference is needed for each "
                                    "answer, in the same order",
                                    hypotheses, out.hypotheses.size(), file, lines.size()));
        for (std::size_t i = 0; i < lines.size(); ++i)
            out.references[i].push_back(lines[i]);
    }
    return out;
}

using RatesOf = ErrorRates (*)(std::string_view, std::string_view);

/// Summed over sentences, each against the reference with the fewest errors for its length.
ErrorRates corpusRates(const Texts& texts, RatesOf ratesOf) {
    EditCounts sum;
    for (std::size_t i = 0; i < texts.hypotheses.size(); ++i) {
        ErrorRates best;
        for (std::size_t r = 0; r < texts.references[i].size(); ++r) {
            const ErrorRates rates = ratesOf(texts.hypotheses[i], texts.references[i][r]);
            if (r == 0 || rates.rate < best.rate)
                best = rates;
        }
        sum += best.edits;
    }
    return errorRates(sum);
}

struct NamedReward {
    std::string name;
    std::unique_ptr<Reward> reward;
    double sum = 0;
};

} // namespace

void ScoreCommand::declare(CLI::App& app) {
    app.add_option("hypotheses", m_hypotheses, "file of answers, one a line")
        ->required()
        ->type_name("FILE");
    app.add_option("references", m_references, "files of references, line by line")
        ->required()
        ->type_name("FILE");
    app.add_option("--reward", m_rewards, "rewards of each sentence: bleu, wer, cer, exact_match")
        ->delimiter(',');
    app.add_option("--tokenize", m_tokenize, "of BLEU: 13a, intl, char or none");
    app.add_option("--smoothing", m_smoothing, "of BLEU: exp, floor, add-k or none");
    app.add_flag("--lowercase", m_lowercase, "compare BLEU without case");
    app.add_flag("--sentences", m_sentences, "also each sentence, with the reason of its score");
    app.add_flag("--json", m_json, "one JSON object; with --sentences one more for each sentence");
}

int ScoreCommand::run(Interrupt&) {
    BleuOptions options;
    options.tokenize = parseBleuTokenize(m_tokenize);
    options.smoothing = parseBleuSmoothing(m_smoothing);
    options.lowercase = m_lowercase;
    std::vector<NamedReward> rewards;
    for (const std::string& name : m_rewards)
        rewards.push_back({name, makeReward(name)});
    if (rewards.empty())
        rewards.push_back({"bleu", makeBleuReward(options)});
    const Texts texts = readTexts(m_hypotheses, m_references);
    const std::size_t count = texts.hypotheses.size();

    std::vector<std::vector<std::string>> rows{{"line", "reward", "value", "why"}};
    for (std::size_t i = 0; i < count; ++i) {
        Json line{{"line", i + 1}};
        for (NamedReward& entry : rewards) {
            const RewardBreakdown result =
                entry.reward->score(texts.hypotheses[i], texts.references[i]);
            entry.sum += result.value;
            line[entry.name] = {{"value", result.value}, {"reason", result.reason}};
            rows.push_back({std::to_string(i + 1), entry.name, fmt::format("{:.4f}", result.value),
                            result.reason});
        }
        if (m_sentences && m_json)
            fmt::print("{}\n", line.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    const BleuScore bleu = corpusBleu(texts.hypotheses, texts.references, options);
    const ErrorRates words = corpusRates(texts, wordErrorRates);
    const ErrorRates letters = corpusRates(texts, characterErrorRates);
    if (m_json) {
        Json out{{"sentences", count},
                 {"corpus_bleu", bleu.score},
                 {"brevity_penalty", bleu.brevityPenalty},
                 {"precisions", bleu.precisions},
                 {"hypothesis_length", bleu.statistics.hypothesisLength},
                 {"reference_length", bleu.statistics.referenceLength},
                 {"wer", words.rate},
                 {"cer", letters.rate}};
        for (const NamedReward& entry : rewards)
            out["mean_rewards"][entry.name] = entry.sum / static_cast<double>(count);
        fmt::print("{}\n", out.dump());
        return exit_code::kOk;
    }
    if (m_sentences)
        fmt::print("{}\n", textTable(rows));
    std::vector<std::vector<std::string>> table{{"figure", "value", "of what"}};
    table.push_back({"BLEU", fmt::format("{:.2f}", bleu.score),
                     fmt::format("corpus, {}, {}; precisions {:.1f} {:.1f} {:.1f} {:.1f}; brevity "
                                 "{:.3f}",
                                 m_tokenize, m_smoothing, bleu.precisions[0], bleu.precisions[1],
                                 bleu.precisions[2], bleu.precisions[3], bleu.brevityPenalty)});
    for (const NamedReward& entry : rewards)
        table.push_back({entry.name, fmt::format("{:.4f}", entry.sum / static_cast<double>(count)),
                         fmt::format("mean of {} sentences", count)});
    table.push_back({"WER", fmt::format("{:.4f}", words.rate),
                     fmt::format("{} errors in {} words", words.edits.errors(),
                                 words.edits.referenceLength())});
    table.push_back({"CER", fmt::format("{:.4f}", letters.rate),
                     fmt::format("{} errors in {} letters", letters.edits.errors(),
                                 letters.edits.referenceLength())});
    fmt::print("{}", textTable(table));
    return exit_code::kOk;
}

} // namespace viva
