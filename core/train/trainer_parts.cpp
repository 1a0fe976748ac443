// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainer_parts.h"

#include "core/speech/collator.h"

namespace viva {

std::vector<torch::Tensor> TrainerParts::parameters() const {
    std::vector<torch::Tensor> result = adapter->parameters();
    for (const auto& weight : weights)
        result.push_back(weight.second);
    return result;
}

PromptBatch TrainerParts::promptsOf(std::span<const TrainExample> batch) const {
    return prompts ? prompts(batch) : collatePrompts(batch);
}

PromptBatch TrainerParts::referencePromptsOf(std::span<const TrainExample> batch) const {
    return referencePrompts ? referencePrompts(batch) : collatePrompts(batch);
}

void TrainerParts::announceMicroBatch(std::size_t count) const {
    if (beforeMicroBatch)
        beforeMicroBatch(static_cast<std::int64_t>(count));
}

} // namespace viva
