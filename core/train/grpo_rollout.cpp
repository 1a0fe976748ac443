// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo_rollout.h"

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

Group groupOf(const TrainExample& example, std::int64_t step, std::size_t prompt) {
    Group group;
    group.step = step;
    group.index = static_cast<int>(prompt);
    group.exampleId = example.id;
    group.clipPath = example.clipPath;
    group.task = example.task;
    group.question = example.question;
    group.references = example.references;
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
