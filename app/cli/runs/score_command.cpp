// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/score_command.h"

#include "app/cli/choice_option.h"
#include "app/cli/text_table.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/bertscore/bert_score_reward.h"
#include "core/rewards/metrics/wer.h"
#include "core/rewards/reward_registry.h"
#include "core/store/project_store.h"
#include "core/text/utf8.h"
#include "core/tokenizer/tokenizer.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

using Json = nlohmann::ordered_json;

/// The sentences of a file, one a line; a last line without its end counts.
/// @throws Error(Format) naming the line whose bytes are no UTF-8: scores of them mean nothing.
std::vector<std::string> linesOf(const std::string& file) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    const std::string text = readFile(file);
    std::vector<std::string> out;
    for (std::size_t begin = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
         begin < text.size();) {
        std::size_t end = text.find('\n', begin);
        if (end == std::string::npos)
            end = text.size();
        std::string line = text.substr(begin, end - begin);
        if (line.ends_with('\r'))
            line.pop_back();
        if (!isValidUtf8(line))
            throw Error(ErrorCode::Format,
                        fmt::format("{}, line {}: the text is not UTF-8; convert the file, such as "
                                    "with iconv -f latin1 -t utf-8",
                                    file, out.size() + 1));
        out.push_back(std::move(line));
        begin = end + 1;
    }
    return out;
}

ScoreItems readTexts(const std::string& hypotheses, const std::vector<std::string>& files,
                     std::size_t groupSize) {
    ScoreItems out;
    out.answers = linesOf(hypotheses);
    const std::size_t count = out.answers.size();
    if (out.answers.empty())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} is empty: there is nothing to score", hypotheses));
    if (groupSize > 0 && (groupSize < 2 || count % groupSize != 0))
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("--group {}: {} has {} lines, which are no whole groups of at least "
                        "2",
                        groupSize, hypotheses, count));
    if (groupSize > 0)
        out.groupSizes.assign(count / groupSize, groupSize);
    out.references.resize(count);
    for (std::size_t i = 0; i < count; ++i)
        out.labels.push_back(std::to_string(i + 1));
    for (const std::string& file : files) {
        const std::vector<std::string> lines = linesOf(file);
        if (lines.size() != count)
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("{} has {} lines and {} has {}: a reference is needed for each "
                                    "answer, in the same order",
                                    hypotheses, count, file, lines.size()));
        for (std::size_t i = 0; i < lines.size(); ++i)
            out.references[i].push_back(lines[i]);
    }
    return out;
}

/// The groups of one step; run 0 is the newest, step 0 the last.
ScoreItems readStoredGroups(const std::string& project, std::int64_t runId, std::int64_t step) {
    const auto store = ProjectStore::openReadOnly(project);
    if (runId == 0) {
        const auto runs = store->runs();
        if (runs.empty())
            throw Error(ErrorCode::NotFound, fmt::format("{} has no run yet", project));
        runId = runs.front().id;
    }
    if (!store->run(runId))
        throw Error(ErrorCode::NotFound, fmt::format("{} has no run {}", project, runId));
    const std::int64_t last = store->lastGroupStep(runId);
    if (step == 0)
        step = last;
    ScoreItems out;
    for (const GroupSummary& summary : store->groupsOfStep(runId, step)) {
        const auto group = store->group(summary.id);
        if (!group || group->answers.empty())
            continue;
        for (std::size_t i = 0; i < group->answers.size(); ++i) {
            out.labels.push_back(fmt::format("{}.{}.{}", step, group->index, i + 1));
            out.answers.push_back(group->answers[i].text);
            out.references.push_back(group->question.references);
        }
        out.groupSizes.push_back(group->answers.size());
    }
    if (out.answers.empty())
        throw Error(ErrorCode::NotFound,
                    fmt::format("run {} of {} has no stored answers at step {}; its last step with "
                                "answers is {}",
                                runId, project, step, last));
    return out;
}

using RatesOf = ErrorRates (*)(std::string_view, std::string_view);

/// Summed over sentences, each against the reference with the fewest errors for its length.
ErrorRates corpusRates(const ScoreItems& items, RatesOf ratesOf) {
    EditCounts sum;
    for (std::size_t i = 0; i < items.answers.size(); ++i) {
        ErrorRates best;
        for (std::size_t r = 0; r < items.references[i].size(); ++r) {
            const ErrorRates rates = ratesOf(items.answers[i], items.references[i][r]);
            if (r == 0 || rates.rate < best.rate)
                best = rates;
        }
        sum += best.edits;
    }
    return errorRates(sum);
}

double meanValue(const std::vector<RewardBreakdown>& scores) {
    double sum = 0;
    for (const RewardBreakdown& one : scores)
        sum += one.value;
    return sum / static_cast<double>(scores.size());
}

void printRewardList() {
    std::vector<std::vector<std::string>> rows{
        {"reward", "option", "values", "default", "what it does"}};
    for (const RewardInfo& info : rewardInfos()) {
        rows.push_back({std::string(info.name), "",
                        fmt::format("{:g} to {:g}", info.range.lowest, info.range.highest), "",
                        std::string(info.description)});
        for (const RewardOption& option : info.options)
            rows.push_back({"", std::string(option.key), rewardOptionValues(option),
                            std::string(option.standard), std::string(option.effect)});
    }
    fmt::print("{}", textTable(rows));
}

} // namespace

void ScoreCommand::declare(CLI::App& app) {
    auto* hypotheses = app.add_option("hypotheses", m_hypotheses, "file of answers, one a line")
                           ->type_name("FILE");
    app.add_option("references", m_references, "files of references, line by line")
        ->type_name("FILE");
    app.add_option("--reward", m_rewards,
                   "NAME, NAME:WEIGHT or NAME:{\"option\": value}, several with commas or by "
                   "repeating; --list shows all")
        ->expected(1)
        ->take_all();
    app.add_option("--project", m_project, "score stored answers of this project instead")
        ->type_name("FOLDER")
        ->excludes(hypotheses);
    app.add_option("--run", m_run, "its run (the newest)");
    app.add_option("--step", m_step, "and step (the last)");
    app.add_option("--group", m_groupSize,
                   "so many neighbouring lines are a group: advantages too");
    app.add_option("--tokenizer", m_tokenizer, "for lengths in tokens")
        ->type_name("tokenizer.json");
    addChoice(app, "--device", m_device, "of BERTScore: auto, cpu or cuda");
    app.add_option("--tokenize", m_tokenize, "of BLEU: 13a, intl, char or none");
    app.add_option("--smoothing", m_smoothing, "of BLEU: exp, floor, add-k or none");
    app.add_flag("--lowercase", m_lowercase, "compare BLEU without case");
    app.add_flag("--sentences", m_sentences, "also each sentence, with the reason of its score");
    app.add_flag("--list", m_list, "list every reward with its options and end");
    app.add_flag("--json", m_json, "one JSON object; with --sentences one more for each sentence");
}

ScoreItems ScoreCommand::readItems() const {
    if (!m_project.empty())
        return readStoredGroups(m_project, m_run, m_step);
    if (m_hypotheses.empty() || m_references.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "hypotheses and references are needed: name a file of answers and one or more "
                    "of references, or --project");
    return readTexts(m_hypotheses, m_references, m_groupSize);
}

BleuOptions ScoreCommand::bleuOptions() const {
    BleuOptions options;
    options.tokenize = parseBleuTokenize(m_tokenize);
    options.smoothing = parseBleuSmoothing(m_smoothing);
    options.lowercase = m_lowercase;
    return options;
}

RewardMix ScoreCommand::makeMix() const {
    TokenCounter countTokens;
    if (!m_tokenizer.empty())
        countTokens = [tokenizer = std::shared_ptr<const Tokenizer>(Tokenizer::load(m_tokenizer))](
                          std::string_view text) {
            return static_cast<std::int64_t>(tokenizer->encode(text).size());
        };
    if (!m_rewards.empty())
        return RewardMix(parseScoreRewards(m_rewards),
                         rewardServices(m_device, std::move(countTokens)));
    const BleuOptions bleu = bleuOptions();
    const Json options{{"tokenize", toString(bleu.tokenize)},
                       {"smoothing", toString(bleu.smoothing)},
                       {"lowercase", bleu.lowercase}};
    return RewardMix({{"bleu", 1.0, options.dump()}}, {});
}

void ScoreCommand::printSentences(const ScoreItems& items, const RewardMix& mix,
                                  const ScoreResults& results) const {
    const std::vector<MixedReward>& rewards = mix.rewards();
    std::vector<std::vector<std::string>> rows{{"line", "reward", "value", "why", "parts"}};
    for (std::size_t i = 0; i < items.answers.size(); ++i) {
        Json line{{"line", i + 1}};
        if (!items.groupSizes.empty())
            line["item"] = items.labels[i];
        for (std::size_t r = 0; r < rewards.size(); ++r) {
            const RewardBreakdown& result = results.byReward[r].answers[i];
            Json parts = Json::object();
            for (const auto& [name, value] : result.parts)
                parts[name] = value;
            line[rewards[r].label] = {
                {"value", result.value}, {"reason", result.reason}, {"parts", parts}};
            rows.push_back({items.labels[i], rewards[r].label, fmt::format("{:.4f}", result.value),
                            result.reason, partsText(result)});
        }
        line["total"] = results.totals[i];
        if (!results.advantages.empty()) {
            line["advantage"] = results.advantages[i];
            rows.push_back({items.labels[i], "advantage",
                            fmt::format("{:.4f}", results.advantages[i]),
                            fmt::format("total {:.4f} in its group", results.totals[i]), ""});
        }
        if (m_json)
            fmt::print("{}\n", line.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    if (!m_json)
        fmt::print("{}\n", textTable(rows));
}

void ScoreCommand::printSummary(const ScoreItems& items, const RewardMix& mix,
                                const ScoreResults& results) const {
    const std::vector<MixedReward>& rewards = mix.rewards();
    const BleuOptions options = bleuOptions();
    const std::size_t count = items.answers.size();
    const BleuScore bleu = corpusBleu(items.answers, items.references, options);
    const ErrorRates words = corpusRates(items, wordErrorRates);
    const ErrorRates letters = corpusRates(items, characterErrorRates);
    Json out{{"sentences", count},
             {"corpus_bleu", bleu.score},
             {"brevity_penalty", bleu.brevityPenalty},
             {"precisions", bleu.precisions},
             {"hypothesis_length", bleu.statistics.hypothesisLength},
             {"reference_length", bleu.statistics.referenceLength},
             {"wer", words.rate},
             {"cer", letters.rate}};
    std::vector<std::vector<std::string>> table{{"figure", "value", "of what"}};
    table.push_back({"BLEU", fmt::format("{:.2f}", bleu.score),
                     fmt::format("corpus, {}, {}; precisions {:.1f} {:.1f} {:.1f} {:.1f}; brevity "
                                 "{:.3f}",
                                 m_tokenize, m_smoothing, bleu.precisions[0], bleu.precisions[1],
                                 bleu.precisions[2], bleu.precisions[3], bleu.brevityPenalty)});
    for (std::size_t r = 0; r < rewards.size(); ++r) {
        const double mean = meanValue(results.byReward[r].answers);
        const CorpusScore corpus = rewards[r].reward->corpusScore(items.answers, items.references);
        out["mean_rewards"][rewards[r].label] = mean;
        out["corpus"][rewards[r].label] = {
            {"name", corpus.name}, {"value", corpus.value}, {"reason", corpus.reason}};
        table.push_back({rewards[r].label, fmt::format("{:.4f}", mean),
                         fmt::format("mean of {} sentences", count)});
        if (!corpus.name.starts_with("mean of"))
            table.push_back({corpus.name, fmt::format("{:.4f}", corpus.value), corpus.reason});
    }
    table.push_back({"WER", fmt::format("{:.4f}", words.rate),
                     fmt::format("{} errors in {} words", words.edits.errors(),
                                 words.edits.referenceLength())});
    table.push_back({"CER", fmt::format("{:.4f}", letters.rate),
                     fmt::format("{} errors in {} letters", letters.edits.errors(),
                                 letters.edits.referenceLength())});
    if (m_json)
        fmt::print("{}\n", out.dump(-1, ' ', false, Json::error_handler_t::replace));
    else
        fmt::print("{}", textTable(table));
}

int ScoreCommand::run(Interrupt&) {
    if (m_list) {
        printRewardList();
        return exit_code::kOk;
    }
    const RewardMix mix = makeMix();
    const ScoreItems items = readItems();
    const ScoreResults results = scoreItems(mix, items);
    if (m_sentences)
        printSentences(items, mix, results);
    printSummary(items, mix, results);
    return exit_code::kOk;
}

std::unique_ptr<Command> makeScoreCommand() {
    return std::make_unique<ScoreCommand>();
}

} // namespace viva
