// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo_rollout.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace viva {

Rng answerStream(std::uint64_t seed, std::int64_t step, std::size_t prompt, int member) {
    return Rng(seed, "rollout")
        .fork(static_cast<std::uint64_t>(step))
        .fork(prompt)
        .fork(static_cast<std::uint64_t>(member));
}

std::vector<Rng> answerStreams(std::uint64_t seed, std::int64_t step, const Slice& prompts,
                               int members) {
    std::vector<Rng> streams;
    streams.reserve(prompts.size() * static_cast<std::size_t>(members));
    for (auto prompt = prompts.first; prompt < prompts.last; ++prompt)
        for (int member = 0; member < members; ++member)
            streams.push_back(answerStream(seed, step, prompt, member));
    return streams;
}

void takeSamples(GrpoMicroBatch& micro, Generated generated, int samples, bool keepSampler) {
    micro.answers.ids = generated.ids.to(torch::kCPU);
    micro.answers.lengths = std::move(generated.lengths);
    micro.answers.promptOf.clear();
    micro.places.clear();
    for (std::size_t row = 0; row < micro.answers.lengths.size(); ++row) {
        const auto prompt = row / static_cast<std::size_t>(samples);
        micro.answers.promptOf.push_back(static_cast<std::int64_t>(prompt));
        micro.places.push_back(
            {micro.prompts.first + prompt, row % static_cast<std::size_t>(samples)});
    }
    micro.samples = micro.places.size();
    micro.finished = std::move(generated.finished);
    micro.sampledLogProbs = generated.fullLogProbs.to(torch::kCPU);
    if (keepSampler)
        micro.samplerLogProbs = generated.logProbs.to(torch::kCPU);
}

void addReferences(GrpoMicroBatch& micro, std::span<const TrainExample> examples, int count,
                   std::int64_t step) {
    std::vector<std::span<const std::int64_t>> added;
    const auto perPrompt = micro.samples / micro.prompts.size();
    for (auto prompt = micro.prompts.first; prompt < micro.prompts.last; ++prompt) {
        const auto& example = examples[prompt];
        const auto known = std::max<std::size_t>(example.referenceIds.size(), 1);
        const auto taken = std::min(static_cast<std::size_t>(count), known);
        for (std::size_t i = 0; i < taken; ++i) {
            const auto which = (static_cast<std::size_t>(step - 1) * taken + i) % known;
            added.emplace_back(example.referenceIds.empty() ? example.targetIds
                                                            : example.referenceIds[which]);
            micro.answers.promptOf.push_back(
                static_cast<std::int64_t>(prompt - micro.prompts.first));
            micro.answers.lengths.push_back(static_cast<std::int64_t>(added.back().size()));
            micro.places.push_back({prompt, perPrompt + i});
            micro.finished.push_back(true);
        }
    }
    const auto rows = static_cast<std::int64_t>(micro.answers.lengths.size());
    const auto width = std::ranges::max(micro.answers.lengths);
    const auto widened = [&](const torch::Tensor& tensor, const auto& fill) {
        auto wide = torch::full({rows, std::max(width, tensor.size(1))}, fill, tensor.options());
        wide.narrow(0, 0, tensor.size(0)).narrow(1, 0, tensor.size(1)).copy_(tensor);
        return wide;
    };
    micro.answers.ids = widened(micro.answers.ids, std::int64_t{0});
    const float unknown = std::numeric_limits<float>::quiet_NaN();
    micro.sampledLogProbs = widened(micro.sampledLogProbs, 0.0F);
    if (micro.samplerLogProbs.defined())
        micro.samplerLogProbs = widened(micro.samplerLogProbs, unknown);
    micro.offPolicy = torch::zeros({rows}, torch::kBool);
    micro.offPolicy.slice(0, static_cast<std::int64_t>(micro.samples)).fill_(true);
    for (std::size_t i = 0; i < added.size(); ++i)
        std::ranges::copy(added[i], micro.answers.ids.data_ptr<std::int64_t>() +
                                        static_cast<std::int64_t>(micro.samples + i) *
                                            micro.answers.ids.size(1));
}

std::span<const std::int64_t> rowTokens(const AnswerBatch& answers, std::size_t row) {
    return {answers.ids.const_data_ptr<std::int64_t>() +
                static_cast<std::int64_t>(row) * answers.ids.size(1),
            static_cast<std::size_t>(answers.lengths[row])};
}

void findDistinctAnswers(GrpoMicroBatch& micro) {
    const auto& all = micro.answers;
    const auto width = all.ids.size(1);
    const auto* ids = all.ids.data_ptr<std::int64_t>();
    std::map<std::pair<std::int64_t, std::vector<std::int64_t>>, std::int64_t> rowOf;
    std::vector<std::int64_t> firsts;
    std::vector<std::int64_t> copyOf;
    micro.distinct = AnswerBatch();
    for (std::size_t row = 0; row < all.lengths.size(); ++row) {
        const auto* first = ids + static_cast<std::int64_t>(row) * width;
        const auto [place, isNew] = rowOf.try_emplace(
            {all.promptOf[row], std::vector<std::int64_t>(first, first + all.lengths[row])},
            static_cast<std::int64_t>(firsts.size()));
        copyOf.push_back(place->second);
        if (!isNew)
            continue;
        firsts.push_back(static_cast<std::int64_t>(row));
        micro.distinct.lengths.push_back(all.lengths[row]);
        micro.distinct.promptOf.push_back(all.promptOf[row]);
    }
    micro.distinct.ids = all.ids.index_select(0, torch::tensor(firsts, torch::kInt64));
    micro.copyOf = torch::tensor(copyOf, torch::kInt64);
}

Group groupOf(const TrainExample& example, std::int64_t step, std::size_t prompt) {
    Group group;
    group.step = step;
    group.index = static_cast<int>(prompt);
    group.question = example.question;
    return group;
}

std::vector<float> rowValues(const torch::Tensor& tensor, std::int64_t row, std::int64_t length) {
    const auto values = tensor.accessor<float, 2>()[row];
    std::vector<float> result(static_cast<std::size_t>(length));
    for (std::int64_t time = 0; time < length; ++time)
        result[static_cast<std::size_t>(time)] = values[time];
    return result;
}

} // namespace viva
