// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/collator.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {

PromptBatch collatePrompts(std::span<const TrainExample> examples) {
    PromptBatch batch;
    std::int64_t longest = 0;
    for (const auto& example : examples) {
        if (example.embeddings.dim() != 2 ||
            example.embeddings.size(1) != examples.front().embeddings.size(1))
            throw Error(ErrorCode::ShapeMismatch,
                        fmt::format("collatePrompts: embeddings of {} are {}, expected [time, {}]",
                                    example.question.id, c10::str(example.embeddings.sizes()),
                                    examples.front().embeddings.size(-1)));
        batch.lengths.push_back(example.embeddings.size(0));
        longest = std::max(longest, example.embeddings.size(0));
    }
    const auto& first = examples.front().embeddings;
    batch.embeddings = torch::zeros(
        {static_cast<std::int64_t>(examples.size()), longest, first.size(1)}, first.options());
    for (std::size_t i = 0; i < examples.size(); ++i)
        batch.embeddings.select(0, static_cast<std::int64_t>(i))
            .narrow(0, 0, batch.lengths[i])
            .copy_(examples[i].embeddings);
    return batch;
}

AnswerBatch collateTargets(std::span<const TrainExample> examples) {
    AnswerBatch batch;
    std::int64_t longest = 1;
    for (const auto& example : examples)
        longest = std::max(longest, static_cast<std::int64_t>(example.targetIds.size()));
    batch.ids = torch::zeros({static_cast<std::int64_t>(examples.size()), longest}, torch::kInt64);
    for (std::size_t i = 0; i < examples.size(); ++i) {
        const auto& ids = examples[i].targetIds;
        std::ranges::copy(ids, batch.ids.data_ptr<std::int64_t>() +
                                   static_cast<std::int64_t>(i) * longest);
        batch.lengths.push_back(static_cast<std::int64_t>(ids.size()));
        batch.promptOf.push_back(static_cast<std::int64_t>(i));
    }
    return batch;
}

torch::Tensor answerMask(const std::vector<std::int64_t>& lengths, std::int64_t width,
                         const std::vector<bool>& keep) {
    auto mask = torch::zeros({static_cast<std::int64_t>(lengths.size()), width}, torch::kBool);
    for (std::size_t row = 0; row < lengths.size(); ++row)
        if (keep.empty() || keep[row])
            mask.select(0, static_cast<std::int64_t>(row)).narrow(0, 0, lengths[row]).fill_(true);
    return mask;
}

} // namespace viva
