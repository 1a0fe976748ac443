// SPDX-License-Identifier: GPL-3.0-or-later
// How long rewards and the tokenizer take for one short answer. "score" is the metric alone, as the
// tools' own functions give it; "reward" has the reason in words besides.
#include "core/rewards/metrics/bleu.h"
#include "core/rewards/metrics/chrf.h"
#include "core/rewards/metrics/meteor.h"
#include "core/rewards/metrics/rouge.h"
#include "core/rewards/metrics/ter.h"
#include "core/rewards/metrics/wer.h"
#include "core/rewards/reward_registry.h"
#include "core/text/word_tokenizer.h"
#include "core/tokenizer/tokenizer.h"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>
#include <vector>

namespace {

const std::string kAnswer = "The young doctor opened a green umbrella before the sunrise.";
const std::vector<std::string> kReferences{
    "A young doctor opened the yellow umbrella before sunrise."};

template<typename Score>
void scoreOnly(benchmark::State& state, Score score) {
    for (auto _ : state)
        benchmark::DoNotOptimize(score());
    state.SetItemsProcessed(state.iterations());
}

void rewardWith(benchmark::State& state, const char* name, const char* options) {
    const auto reward = viva::makeReward(name, options);
    for (auto _ : state)
        benchmark::DoNotOptimize(reward->score(kAnswer, kReferences));
    state.SetItemsProcessed(state.iterations());
}

void encodeAndDecode(benchmark::State& state) {
    const auto tokenizer = viva::Tokenizer::load(std::filesystem::path(VIVA_GOLDEN_DIR) /
                                                 "tokenizers" / "granite33" / "tokenizer.json");
    for (auto _ : state)
        benchmark::DoNotOptimize(tokenizer->decode(tokenizer->encode(kAnswer)));
}

} // namespace

BENCHMARK_CAPTURE(scoreOnly, bleu, [] { return viva::sentenceBleu(kAnswer, kReferences).score; });
BENCHMARK_CAPTURE(scoreOnly, chrf, [] { return viva::sentenceChrf(kAnswer, kReferences); });
BENCHMARK_CAPTURE(scoreOnly, chrfpp, [] {
    return viva::sentenceChrf(kAnswer, kReferences, viva::ChrfOptions{.wordOrder = 2});
});
BENCHMARK_CAPTURE(scoreOnly, ter,
                  [] { return viva::terScore(viva::terStatistics(kAnswer, kReferences)); });
BENCHMARK_CAPTURE(scoreOnly, rouge1,
                  [] { return viva::bestRouge(viva::RougeKind::One, kAnswer, kReferences).f; });
BENCHMARK_CAPTURE(scoreOnly, rougeL,
                  [] { return viva::bestRouge(viva::RougeKind::L, kAnswer, kReferences).f; });
BENCHMARK_CAPTURE(scoreOnly, rougeL_stem, [] {
    return viva::bestRouge(viva::RougeKind::L, kAnswer, kReferences, {.stem = true}).f;
});
BENCHMARK_CAPTURE(scoreOnly, meteor_stem, [] {
    return viva::meteorScore(viva::meteorMatch(viva::treebankWords(kAnswer),
                                               viva::treebankWords(kReferences[0]), nullptr));
});
BENCHMARK_CAPTURE(scoreOnly, wer,
                  [] { return viva::wordErrorRates(kAnswer, kReferences[0]).rate; });
BENCHMARK_CAPTURE(scoreOnly, cer,
                  [] { return viva::characterErrorRates(kAnswer, kReferences[0]).rate; });

BENCHMARK_CAPTURE(rewardWith, bleu, "bleu", "");
BENCHMARK_CAPTURE(rewardWith, bleu_hf, "bleu_hf", "");
BENCHMARK_CAPTURE(rewardWith, chrf, "chrf", "");
BENCHMARK_CAPTURE(rewardWith, chrfpp, "chrfpp", "");
BENCHMARK_CAPTURE(rewardWith, rouge1, "rouge1", "");
BENCHMARK_CAPTURE(rewardWith, rougeL, "rougeL", "");
BENCHMARK_CAPTURE(rewardWith, rougeLsum, "rougeLsum", "");
BENCHMARK_CAPTURE(rewardWith, ter, "ter", "");
BENCHMARK_CAPTURE(rewardWith, meteor, "meteor", ""); // with WordNet where it is installed
BENCHMARK_CAPTURE(rewardWith, wer, "wer", "");
BENCHMARK_CAPTURE(rewardWith, cer, "cer", "");
BENCHMARK_CAPTURE(rewardWith, exact_match, "exact_match", "");
BENCHMARK_CAPTURE(rewardWith, contains, "contains", "");
BENCHMARK_CAPTURE(rewardWith, number_match, "number_match", "");
BENCHMARK_CAPTURE(rewardWith, length, "length", "");
BENCHMARK_CAPTURE(rewardWith, repetition, "repetition", "");
BENCHMARK_CAPTURE(rewardWith, format, "format", R"({"pattern": ".*\\.", "where": "part"})");
BENCHMARK_CAPTURE(rewardWith, expression, "expression",
                  R"json({"expression": "0.8*bleu + 0.2*(words <= 20)"})json");
BENCHMARK(encodeAndDecode);
