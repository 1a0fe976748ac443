// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/families/family_config.h"
#include "core/model/log_probs.h"
#include "core/model/lora_adapter.h"
#include "tests/support/golden_model.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

namespace viva::test {

/// A golden checkpoint's decoder, upcast to float32.
inline Decoder goldenDecoder(const std::string& name) {
    Decoder decoder(readModelConfig(goldenModel(name)).text);
    fillFrom(CheckpointWeights(goldenModel(name)), *decoder, "language_model.");
    decoder->pack();
    return decoder;
}

inline nlohmann::json goldenJson(const std::string& name) {
    std::ifstream in(goldenModel(name) / "expect.json");
    return nlohmann::json::parse(in);
}

inline AdapterState stateFromName(const std::string& name) {
    return {name == "on" || name == "on+peft", name == "peft" || name == "on+peft"};
}

inline torch::Tensor randomTensor(std::vector<std::int64_t> sizes, double scale, Rng& rng) {
    torch::Tensor tensor = torch::empty(sizes);
    auto* at = tensor.mutable_data_ptr<float>();
    for (std::int64_t i = 0; i < tensor.numel(); ++i)
        at[i] = static_cast<float>(rng.normal() * scale);
    return tensor;
}

/// Small sizes with more than one query head a key/value head and telling multipliers.
inline TextConfig tinyConfig(bool tied = true) {
    TextConfig config;
    config.vocabSize = 53;
    config.hiddenSize = 24;
    config.intermediateSize = 40;
    config.numHiddenLayers = 3;
    config.numAttentionHeads = 4;
    config.numKeyValueHeads = 2;
    config.headDim = 6;
    config.attentionMultiplier = 0.3;
    config.embeddingMultiplier = 4.0;
    config.residualMultiplier = 0.6;
    config.logitsScaling = 2.0;
    config.ropeTheta = 1e4;
    config.maxPositionEmbeddings = 512;
    config.tieWordEmbeddings = tied;
    config.eosTokenId = 1;
    config.padTokenId = 0;
    return config;
}

inline Decoder randomDecoder(const TextConfig& config, std::uint64_t seed = 7) {
    Decoder decoder(config);
    Rng rng(seed, "decoder");
    const torch::NoGradGuard guard;
    for (auto& parameter : decoder->named_parameters()) {
        torch::Tensor& value = parameter.value();
        const auto fan = static_cast<double>(value.size(-1));
        if (value.dim() == 1)
            value.copy_(1.0 + randomTensor(value.sizes().vec(), 0.1, rng));
        else
            value.copy_(randomTensor(value.sizes().vec(), 1.3 / std::sqrt(fan), rng));
    }
    return decoder;
}

/// A trainable adapter on all seven maps with B away from zero.
inline LoraAdapter randomAdapter(Decoder& decoder, AdapterSlot slot, std::uint64_t seed = 3) {
    AdapterConfig config;
    config.rank = 4;
    config.alpha = 6.0;
    config.targetModules = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                            "gate_proj", "up_proj", "down_proj"};
    LoraAdapter adapter = LoraAdapter::attach(decoder, config, slot, Rng(seed, "adapter"));
    Rng rng(seed, "b");
    std::vector<torch::Tensor> values;
    for (const torch::Tensor& parameter : adapter.parameters())
        values.push_back(parameter.count_nonzero().item<std::int64_t>() > 0
                             ? parameter.detach().clone()
                             : randomTensor(parameter.sizes().vec(), 0.2, rng));
    adapter.copyFrom(values);
    adapter.setTrainable(true);
    return adapter;
}

/// Prompts of these lengths, padding filled with large numbers that must not matter.
inline PromptBatch randomPrompts(const TextConfig& config, const std::vector<std::int64_t>& lengths,
                                 std::uint64_t seed = 5) {
    Rng rng(seed, "prompts");
    const std::int64_t time = *std::max_element(lengths.begin(), lengths.end());
    PromptBatch batch;
    batch.lengths = lengths;
    batch.embeddings =
        torch::full({static_cast<std::int64_t>(lengths.size()), time, config.hiddenSize}, 50.0);
    for (std::size_t r = 0; r < lengths.size(); ++r)
        batch.embeddings[static_cast<std::int64_t>(r)]
            .narrow(0, 0, lengths[r])
            .copy_(randomTensor({lengths[r], config.hiddenSize}, 0.3, rng));
    return batch;
}

inline AnswerBatch randomAnswers(const TextConfig& config, const std::vector<std::int64_t>& lengths,
                                 const std::vector<std::int64_t>& promptOf,
                                 std::uint64_t seed = 11) {
    Rng rng(seed, "answers");
    AnswerBatch batch;
    batch.lengths = lengths;
    batch.promptOf = promptOf;
    const std::int64_t time = *std::max_element(lengths.begin(), lengths.end());
    batch.ids = torch::zeros({static_cast<std::int64_t>(lengths.size()), time}, torch::kInt64);
    for (std::size_t r = 0; r < lengths.size(); ++r)
        for (std::int64_t t = 0; t < lengths[r]; ++t)
            batch.ids.index_put_(
                {static_cast<std::int64_t>(r), t},
                static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(config.vocabSize))));
    return batch;
}

/// Log-probs the plain way: prompt and answer as one causal row, all logits, library softmax.
inline std::vector<torch::Tensor> plainLogProbs(const Decoder& decoder, const PromptBatch& prompts,
                                                const AnswerBatch& answers, AdapterState state,
                                                double temperature) {
    std::vector<torch::Tensor> rows;
    for (std::size_t r = 0; r < answers.lengths.size(); ++r) {
        const std::int64_t p = answers.promptOf[r], n = answers.lengths[r];
        const std::int64_t length = prompts.lengths[static_cast<std::size_t>(p)];
        const torch::Tensor ids = answers.ids[static_cast<std::int64_t>(r)].narrow(0, 0, n);
        const torch::Tensor x =
            torch::cat({prompts.embeddings[p].narrow(0, 0, length), decoder->embed(ids)}, 0);
        const torch::Tensor hidden =
            decoder->hidden(x.unsqueeze(0), {length + n}, state, nullptr, MergeMode::Separate)[0];
        const torch::Tensor logits = decoder->logits(hidden.narrow(0, length - 1, n)) / temperature;
        rows.push_back(torch::log_softmax(logits, -1).gather(1, ids.unsqueeze(1)).squeeze(1));
    }
    return rows;
}

} // namespace viva::test
