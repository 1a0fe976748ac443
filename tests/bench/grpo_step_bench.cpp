// SPDX-License-Identifier: GPL-3.0-or-later
// Times GRPO steps of the demo's sizes on random weights: 8 prompts of about 42 tokens, 8 answers
// of 12 tokens each. grpo_step_bench [workers] [steps]
#include "core/base/rng.h"
#include "core/families/granite/random_init.h"
#include "core/nn/device.h"
#include "core/nn/memory_pressure.h"
#include "core/train/trainer.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <map>

namespace {

using namespace viva;

constexpr int kAnswerTokens = 12;

GraniteConfig demoSizes() {
    GraniteConfig config;
    config.text.vocabSize = 512;
    config.text.hiddenSize = 128;
    config.text.intermediateSize = 384;
    config.text.numHiddenLayers = 4;
    config.text.numAttentionHeads = 4;
    config.text.numKeyValueHeads = 2;
    config.text.headDim = 32;
    config.text.attentionMultiplier = 1.0 / 32;
    config.text.residualMultiplier = 0.5;
    config.text.logitsScaling = 4.0;
    config.text.ropeTheta = 1e4;
    config.text.maxPositionEmbeddings = 512;
    return config;
}

class RandomExamples final : public ExampleSource {
public:
    explicit RandomExamples(std::int64_t hidden) {
        for (std::int64_t i = 0; i < 64; ++i) {
            TrainExample example;
            example.question.id = std::to_string(i);
            example.embeddings = torch::randn({36 + i % 12, hidden}) / 12.0;
            example.question.references = {"reference"};
            m_examples.push_back(std::move(example));
        }
    }
    [[nodiscard]] std::size_t size() const override { return m_examples.size(); }
    [[nodiscard]] TrainExample example(std::size_t index) override { return m_examples.at(index); }

private:
    std::vector<TrainExample> m_examples;
};

TrainConfig benchConfig(int steps) {
    TrainConfig config;
    config.maxSteps = steps;
    config.maxCompletionLength = kAnswerTokens;
    config.learningRate = 2e-3;
    config.loss.beta = 0.02;
    return config;
}

TrainerParts partsOf(Decoder& decoder, LoraAdapter& adapter, ExampleSource& examples,
                     WorkerPool& pool) {
    TrainerParts parts;
    parts.decoder = decoder;
    parts.adapter = &adapter;
    parts.examples = &examples;
    parts.pool = &pool;
    parts.texts = {[](auto ids) { return std::to_string(ids.empty() ? 0 : ids.front()); },
                   [](auto ids) { return std::vector<std::string>(ids.size(), "x"); }};
    parts.score = oneByOne([](const std::string& answer, const std::vector<std::string>&) {
        return RewardedText{static_cast<double>(std::atoi(answer.c_str()) % 10) / 10, {}, {}};
    });
    parts.eosTokenIds = {511};
    return parts;
}

} // namespace

int main(int argc, char** argv) {
    const int workers = argc > 1 ? std::atoi(argv[1]) : 2;
    const int steps = argc > 2 ? std::atoi(argv[2]) : 60;
    useOneOperatorThread();
    keepFreedMemory();
    torch::manual_seed(1);
    const auto sizes = demoSizes();
    Decoder decoder(sizes.text);
    fillRandomly(*decoder, "language_model.", sizes, 1);
    decoder->pack();
    AdapterConfig lora;
    lora.rank = 16;
    lora.alpha = 32;
    lora.targetModules = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                          "gate_proj", "up_proj", "down_proj"};
    auto adapter = LoraAdapter::attach(decoder, lora, AdapterSlot::Trained, Rng(1, "lora"));
    RandomExamples examples(sizes.text.hiddenSize);
    WorkerPool pool(workers);
    const auto trainer = makeTrainer(benchConfig(steps), partsOf(decoder, adapter, examples, pool));
    std::map<std::string, double> sums;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < steps; ++i)
        trainer->runStep(
            [&](const TrainingEvent& event) {
                if (const auto* step = std::get_if<StepEvent>(&event))
                    for (const auto& [name, value] : step->metrics)
                        sums[name] += value;
            },
            {});
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    fmt::print("{} steps, {} workers: {:.2f} steps/s\n", steps, workers, steps / seconds);
    for (const auto& [name, sum] : sums)
        if (name.starts_with("timing/") || name == "step_time")
            fmt::print("  {:<20} {:7.2f} ms\n", name, 1000 * sum / steps);
    return 0;
}
