// SPDX-License-Identifier: GPL-3.0-or-later
// The decoder's share of one GRPO step at the demo's sizes: 8 prompts x 8 answers x about 12
// tokens, split between workers of one operator thread each. Run: viva_decoder_bench [workers]
// [steps].
#include "core/model/generator.h"
#include "core/model/log_probs.h"
#include "core/model/lora_adapter.h"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>

namespace viva {
namespace {

constexpr int kPrompts = 8, kAnswers = 8, kPromptTokens = 42, kAnswerTokens = 12;
constexpr std::size_t kParts = 6;
constexpr std::array<const char*, kParts> kNames{"prefill (graph)",   "generate",
                                                 "reference prefill", "reference log-probs",
                                                 "policy log-probs",  "backward"};

TextConfig demoConfig() {
    TextConfig config;
    config.vocabSize = 512;
    config.hiddenSize = 128;
    config.intermediateSize = 384;
    config.numHiddenLayers = 4;
    config.numAttentionHeads = 4;
    config.numKeyValueHeads = 2;
    config.headDim = 32;
    config.attentionMultiplier = 1.0 / 32;
    config.residualMultiplier = 0.5;
    config.logitsScaling = 4.0;
    config.ropeTheta = 1e4;
    config.maxPositionEmbeddings = 512;
    config.eosTokenId = 0;
    return config;
}

using Clock = std::chrono::steady_clock;

double threadCpuMs() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

/// Times of one worker's share: as the clock saw them, and on the processor (on a busy machine only
/// these say anything).
struct Share {
    std::array<double, kParts> ms{}, cpuMs{};

    template<typename Action>
    auto time(std::size_t part, Action action) {
        const auto start = Clock::now();
        const double cpuStart = threadCpuMs();
        auto result = action();
        cpuMs[part] += threadCpuMs() - cpuStart;
        ms[part] += std::chrono::duration<double, std::milli>(Clock::now() - start).count();
        return result;
    }
};

/// Log-probs' lengths as sampled would vary; the model is random, so no answer ends by itself.
void runShare(const Decoder& decoder, const LoraAdapter& adapter, const PromptBatch& prompts,
              Share& share) {
    at::set_num_threads(1);
    const AdapterState policy{true, true}, reference{true, false};
    const PromptCache cache = share.time(0, [&] { return decoder->prefill(prompts, policy); });
    GenerationConfig generation;
    generation.maxCompletionLength = kAnswerTokens;
    std::vector<Rng> streams;
    for (std::int64_t r = 0; r < cache.prompts() * kAnswers; ++r)
        streams.push_back(Rng(1, "rollout").fork(static_cast<std::uint64_t>(r)));
    const Generated sampled = share.time(
        1, [&] { return generate(decoder, cache, kAnswers, generation, streams, policy); });
    AnswerBatch answers{sampled.ids, sampled.lengths, {}};
    for (std::int64_t r = 0; r < cache.prompts() * kAnswers; ++r)
        answers.promptOf.push_back(r / kAnswers);
    {
        const torch::NoGradGuard guard;
        const PromptCache base =
            share.time(2, [&] { return decoder->prefill(prompts, reference); });
        (void)share.time(3, [&] { return answerLogProbs(decoder, base, answers, reference, 1.0); });
    }
    const AnswerScores scores =
        share.time(4, [&] { return answerLogProbs(decoder, cache, answers, policy, 1.0); });
    (void)share.time(5, [&] {
        return torch::autograd::grad({(scores.logProbs * 0.01).sum()}, adapter.parameters());
    });
}

double runStep(const Decoder& decoder, const LoraAdapter& adapter,
               const std::vector<PromptBatch>& batches, std::vector<Share>& shares) {
    const auto start = Clock::now();
    {
        std::vector<std::jthread> workers;
        for (std::size_t w = 1; w < batches.size(); ++w)
            workers.emplace_back([&, w] { runShare(decoder, adapter, batches[w], shares[w]); });
        runShare(decoder, adapter, batches[0], shares[0]);
    }
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

int run(int workers, int steps) {
    Decoder decoder(demoConfig());
    torch::manual_seed(1);
    {
        const torch::NoGradGuard guard;
        for (torch::Tensor& parameter : decoder->parameters())
            if (parameter.dim() == 2)
                parameter.normal_(0.0, 1.0 / std::sqrt(static_cast<double>(parameter.size(1))));
        decoder->model->embed_tokens->weight.normal_(0.0, 1.0 / 12);
    }
    AdapterConfig config;
    config.rank = 16;
    config.targetModules = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                            "gate_proj", "up_proj", "down_proj"};
    LoraAdapter adapter =
        LoraAdapter::attach(decoder, config, AdapterSlot::Trained, Rng(1, "adapter"));
    adapter.setTrainable(true);
    std::vector<PromptBatch> batches;
    for (int w = 0; w < workers; ++w) {
        const std::int64_t count = kPrompts / workers;
        batches.push_back(
            {torch::randn({count, kPromptTokens, 128}) / 12,
             std::vector<std::int64_t>(static_cast<std::size_t>(count), kPromptTokens)});
    }
    std::vector<Share> warm(batches.size());
    for (int i = 0; i < 3; ++i)
        (void)runStep(decoder, adapter, batches, warm);
    std::vector<Share> shares(batches.size());
    std::vector<double> walls;
    for (int i = 0; i < steps; ++i)
        walls.push_back(runStep(decoder, adapter, batches, shares));
    std::sort(walls.begin(), walls.end());
    std::printf("%d worker(s): median %.1f ms a step, best %.1f\n", workers,
                walls[walls.size() / 2], walls[0]);
    double cpu = 0.0;
    for (std::size_t part = 0; part < kParts; ++part) {
        cpu += shares[0].cpuMs[part] / steps;
        std::printf("  %-20s %7.2f ms, %7.2f ms on the processor\n", kNames[part],
                    shares[0].ms[part] / steps, shares[0].cpuMs[part] / steps);
    }
    std::printf("  %-20s %20.2f ms\n", "one worker's sum", cpu);
    return 0;
}

} // namespace
} // namespace viva

int main(int argc, char** argv) {
    // Without these glibc returns freed pages to the system at every large tensor's end and takes
    // page faults at the next.
    if (std::getenv("VIVA_BENCH_PLAIN_MALLOC") == nullptr) {
        mallopt(M_MMAP_THRESHOLD, 256 << 20);
        mallopt(M_TRIM_THRESHOLD, 512 << 20);
    }
    const int workers = argc > 1 ? std::atoi(argv[1]) : 2;
    const int steps = argc > 2 ? std::atoi(argv[2]) : 20;
    return viva::run(std::clamp(workers, 1, 8), std::max(steps, 1));
}
