// SPDX-License-Identifier: GPL-3.0-or-later
// How long rewards and the tokenizer take for one short answer.
#include "core/rewards/reward_registry.h"
#include "core/text/tokenizer.h"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>
#include <vector>

namespace {

const std::string kAnswer = "The young doctor opened a green umbrella before the sunrise.";
const std::vector<std::string> kReferences{
    "A young doctor opened the yellow umbrella before sunrise."};

void scoreWith(benchmark::State& state, const char* name) {
    const auto reward = viva::makeReward(name);
    for (auto _ : state)
        benchmark::DoNotOptimize(reward->score(kAnswer, kReferences));
}

void encodeAndDecode(benchmark::State& state) {
    const auto tokenizer = viva::Tokenizer::load(std::filesystem::path(VIVA_GOLDEN_DIR) /
                                                 "tokenizers" / "granite33" / "tokenizer.json");
    for (auto _ : state)
        benchmark::DoNotOptimize(tokenizer->decode(tokenizer->encode(kAnswer)));
}

} // namespace

BENCHMARK_CAPTURE(scoreWith, bleu, "bleu");
BENCHMARK_CAPTURE(scoreWith, wer, "wer");
BENCHMARK_CAPTURE(scoreWith, cer, "cer");
BENCHMARK_CAPTURE(scoreWith, exact_match, "exact_match");
BENCHMARK(encodeAndDecode);
