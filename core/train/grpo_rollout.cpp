// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo_rollout.h"

#include <algorithm>
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
