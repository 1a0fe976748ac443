// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/rollout.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace viva {
namespace {

Rollout samplesOf(const MicroBatch& batch, Generated generated, const RolloutOptions& options) {
    const auto perPrompt = static_cast<std::size_t>(options.samples);
    Rollout rollout;
    rollout.batch = batch;
    rollout.answers.ids = generated.ids.to(torch::kCPU);
    rollout.answers.lengths = std::move(generated.lengths);
    for (std::size_t row = 0; row < rollout.answers.lengths.size(); ++row) {
        rollout.answers.promptOf.push_back(static_cast<std::int64_t>(row / perPrompt));
        rollout.rows.push_back({batch.prompts.first + row / perPrompt, row % perPrompt});
    }
    rollout.samples = rollout.rows.size();
    rollout.finished = std::move(generated.finished);
    rollout.sampledLogProbs = generated.fullLogProbs.to(torch::kCPU);
    if (options.keepSampler)
        rollout.samplerLogProbs = generated.logProbs.to(torch::kCPU);
    return rollout;
}

/// Lists the references' rows; their tokens are returned.
std::vector<std::span<const std::int64_t>> listReferences(Rollout& rollout,
                                                          std::span<const TrainExample> examples,
                                                          const RolloutOptions& options) {
    std::vector<std::span<const std::int64_t>> tokens;
    const auto prompts = rollout.batch.prompts;
    const auto perPrompt = rollout.samples / prompts.size();
    for (auto prompt = prompts.first; prompt < prompts.last; ++prompt) {
        const auto& example = examples[prompt];
        const auto known = std::max<std::size_t>(example.referenceIds.size(), 1);
        const auto taken = std::min(static_cast<std::size_t>(options.references), known);
        for (std::size_t i = 0; i < taken; ++i) {
            const auto which = (static_cast<std::size_t>(options.step - 1) * taken + i) % known;
            tokens.emplace_back(example.referenceIds.empty() ? example.targetIds
                                                             : example.referenceIds[which]);
            rollout.answers.promptOf.push_back(static_cast<std::int64_t>(prompt - prompts.first));
            rollout.answers.lengths.push_back(static_cast<std::int64_t>(tokens.back().size()));
            rollout.rows.push_back({prompt, perPrompt + i});
            rollout.finished.push_back(true);
        }
    }
    return tokens;
}

void addReferences(Rollout& rollout, std::span<const TrainExample> examples,
                   const RolloutOptions& options) {
    const auto tokens = listReferences(rollout, examples, options);
    const auto rows = static_cast<std::int64_t>(rollout.answers.lengths.size());
    const auto width = std::ranges::max(rollout.answers.lengths);
    const auto widened = [&](const torch::Tensor& tensor, const auto& fill) {
        auto wide = torch::full({rows, std::max(width, tensor.size(1))}, fill, tensor.options());
        wide.narrow(0, 0, tensor.size(0)).narrow(1, 0, tensor.size(1)).copy_(tensor);
        return wide;
    };
    rollout.answers.ids = widened(rollout.answers.ids, std::int64_t{0});
    rollout.sampledLogProbs = widened(rollout.sampledLogProbs, 0.0F);
    if (rollout.samplerLogProbs.defined())
        rollout.samplerLogProbs =
            widened(rollout.samplerLogProbs, std::numeric_limits<float>::quiet_NaN());
    rollout.offPolicy = torch::zeros({rows}, torch::kBool);
    rollout.offPolicy.slice(0, static_cast<std::int64_t>(rollout.samples)).fill_(true);
    for (std::size_t i = 0; i < tokens.size(); ++i)
        std::ranges::copy(tokens[i], rollout.answers.ids.data_ptr<std::int64_t>() +
                                         static_cast<std::int64_t>(rollout.samples + i) *
                                             rollout.answers.ids.size(1));
}

} // namespace

torch::Tensor DistinctAnswers::toRows(const torch::Tensor& values) const {
    return values.index_select(0, copyOf.to(values.device()));
}

DistinctAnswers distinctAnswers(const AnswerBatch& all) {
    const auto width = all.ids.size(1);
    const auto* ids = all.ids.data_ptr<std::int64_t>();
    std::map<std::pair<std::int64_t, std::vector<std::int64_t>>, std::int64_t> rowOf;
    std::vector<std::int64_t> firsts;
    std::vector<std::int64_t> copyOf;
    DistinctAnswers distinct;
    for (std::size_t row = 0; row < all.lengths.size(); ++row) {
        const auto* first = ids + static_cast<std::int64_t>(row) * width;
        const auto [place, isNew] = rowOf.try_emplace(
            {all.promptOf[row], std::vector<std::int64_t>(first, first + all.lengths[row])},
            static_cast<std::int64_t>(firsts.size()));
        copyOf.push_back(place->second);
        if (!isNew)
            continue;
        firsts.push_back(static_cast<std::int64_t>(row));
        distinct.answers.lengths.push_back(all.lengths[row]);
        distinct.answers.promptOf.push_back(all.promptOf[row]);
    }
    distinct.answers.ids = all.ids.index_select(0, torch::tensor(firsts, torch::kInt64));
    distinct.copyOf = torch::tensor(copyOf, torch::kInt64);
    return distinct;
}

Rollout rolloutOf(const MicroBatch& batch, Generated generated,
                  std::span<const TrainExample> examples, const RolloutOptions& options) {
    auto rollout = samplesOf(batch, std::move(generated), options);
    if (options.references > 0)
        addReferences(rollout, examples, options);
    rollout.distinct = distinctAnswers(rollout.answers);
    return rollout;
}

std::span<const std::int64_t> rowTokens(const AnswerBatch& answers, std::size_t row) {
    return {answers.ids.const_data_ptr<std::int64_t>() +
                static_cast<std::int64_t>(row) * answers.ids.size(1),
            static_cast<std::size_t>(answers.lengths[row])};
}

std::vector<float> rowValues(const torch::Tensor& tensor, std::int64_t row, std::int64_t length) {
    const auto values = tensor.accessor<float, 2>()[row];
    std::vector<float> result(static_cast<std::size_t>(length));
    for (std::int64_t time = 0; time < length; ++time)
        result[static_cast<std::size_t>(time)] = values[time];
    return result;
}

torch::Tensor sampleMask(const Rollout& rollout, const torch::Tensor& mask) {
    return rollout.offPolicy.defined()
               ? mask.logical_and(rollout.offPolicy.logical_not().unsqueeze(1))
               : mask;
}

} // namespace viva
