// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/train/tiny_run.h"

#include "core/base/rng.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva::testing_support {
namespace {

constexpr std::int64_t kEos = 1;

torch::Tensor randomTensor(torch::IntArrayRef shape, double scale, Rng& rng) {
    auto tensor = torch::empty(shape, torch::kFloat32);
    auto* values = tensor.data_ptr<float>();
    for (std::int64_t i = 0; i < tensor.numel(); ++i)
        values[i] = static_cast<float>(rng.normal() * scale);
    return tensor;
}

/// Share of even ids among the first eight tokens: easy to raise, and seldom equal in a group.
RewardedText scoreEven(const std::string& answer) {
    double even = 0;
    double all = 0;
    for (const char letter : answer) {
        even += (letter - 'a') % 2 == 0 ? 1 : 0;
        all += 1;
    }
    const double share = all > 0 ? even / all : 0;
    return {share, {{"even", share}}, fmt::format("{} of {} are even", even, all)};
}

std::string letters(std::span<const std::int64_t> ids) {
    std::string text;
    for (const auto id : ids)
        if (id != kEos)
            text.push_back(static_cast<char>('a' + id % 26));
    return text;
}

AdapterConfig adapterConfig(const LoraSpec& spec) {
    AdapterConfig config;
    config.rank = spec.rank;
    config.alpha = spec.alpha;
    config.dropout = spec.dropout;
    config.targetModules = spec.targets;
    return config;
}

} // namespace

TextConfig tinyTextConfig() {
    TextConfig config;
    config.vocabSize = 24;
    config.hiddenSize = 16;
    config.intermediateSize = 24;
    config.numHiddenLayers = 2;
    config.numAttentionHeads = 4;
    config.numKeyValueHeads = 2;
    config.headDim = 4;
    config.attentionMultiplier = 0.25;
    config.embeddingMultiplier = 2.0;
    config.residualMultiplier = 0.5;
    config.logitsScaling = 2.0;
    config.ropeTheta = 1e4;
    config.maxPositionEmbeddings = 128;
    config.tieWordEmbeddings = true;
    config.eosTokenId = kEos;
    return config;
}

Decoder tinyDecoder(const TextConfig& config, std::uint64_t seed) {
    Decoder decoder(config);
    Rng rng(seed, "tiny");
    const torch::NoGradGuard noGrad;
    for (const auto& item : decoder->named_parameters()) {
        auto parameter = item.value();
        if (parameter.dim() == 1)
            parameter.fill_(1.0);
        else
            parameter.copy_(randomTensor(
                parameter.sizes(), 1.5 / std::sqrt(static_cast<double>(parameter.size(1))), rng));
    }
    decoder->pack();
    return decoder;
}

TinyExamples::TinyExamples(std::size_t count, const TextConfig& config) {
    Rng rng(7, "examples");
    for (std::size_t i = 0; i < count; ++i) {
        TrainExample example;
        example.question.id = fmt::format("example-{}", i);
        example.question.task = i % 2 == 0 ? "sqa" : "ast";
        example.question.text = "what?";
        example.question.references = {"aceg"};
        example.embeddings = randomTensor(
            {3 + static_cast<std::int64_t>(rng.below(6)), config.hiddenSize}, 0.5, rng);
        example.targetIds = {static_cast<std::int64_t>(2 + i % 5), 4, 6, kEos};
        // Every second example has another reference, longer than any sample may be.
        example.referenceIds = {example.targetIds};
        if (i % 2 == 1)
            example.referenceIds.push_back({3, 5, 7, 9, 11, 13, 15, 17, 19, kEos});
        m_examples.push_back(std::move(example));
    }
}

TrainConfig tinyTrainConfig() {
    TrainConfig config;
    config.maxSteps = 6;
    config.promptsPerStep = 4;
    config.numGenerations = 4;
    config.maxCompletionLength = 8;
    config.learningRate = 1e-2;
    config.loss.beta = 0.02;
    config.seed = 5;
    config.lora.rank = 4;
    config.lora.alpha = 8;
    return config;
}

TinyRun::TinyRun(const TrainConfig& runConfig, int workers,
                 std::function<void(std::int64_t)> beforeMicroBatch)
    : config(runConfig), decoder(tinyDecoder(tinyTextConfig(), 3)),
      adapter(LoraAdapter::attach(decoder, adapterConfig(config.lora), AdapterSlot::Trained,
                                  Rng(config.seed, "lora"))),
      examples(6, tinyTextConfig()), pool(workers) {
    auto ownParts = parts();
    ownParts.beforeMicroBatch = std::move(beforeMicroBatch);
    trainer = makeTrainer(config, std::move(ownParts));
}

TrainerParts TinyRun::parts() {
    TrainerParts parts;
    parts.decoder = decoder;
    parts.adapter = &adapter;
    parts.examples = &examples;
    parts.pool = &pool;
    parts.texts.text = letters;
    parts.texts.pieces = [](std::span<const std::int64_t> ids) {
        std::vector<std::string> pieces;
        for (const auto id : ids)
            pieces.push_back(letters(std::span(&id, 1)));
        return pieces;
    };
    parts.score = oneByOne([](const std::string& answer, const std::vector<std::string>&) {
        return scoreEven(answer);
    });
    parts.eosTokenIds = {kEos};
    return parts;
}

std::vector<TrainingEvent> TinyRun::run(int steps) {
    std::vector<TrainingEvent> events;
    for (int i = 0; i < steps; ++i)
        trainer->runStep([&](TrainingEvent event) { events.push_back(std::move(event)); }, {});
    return events;
}

std::string answersText(const std::vector<TrainingEvent>& events) {
    std::string text;
    for (const auto& event : only<GroupEvent>(events)) {
        text += fmt::format("step {} group {} {}:", event.group.step, event.group.index,
                            event.group.question.id);
        for (const auto& answer : event.group.answers)
            text += " " + answer.text;
        text += "\n";
    }
    return text;
}

double adapterDistance(const LoraAdapter& a, const LoraAdapter& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.parameters().size(); ++i)
        largest =
            std::max(largest, (a.parameters()[i] - b.parameters()[i]).abs().max().item<double>());
    return largest;
}

} // namespace viva::testing_support
