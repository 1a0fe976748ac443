// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/dynamic_sampling.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace viva {
namespace {

using Row = std::pair<std::size_t, std::size_t>; ///< prompt and answer

/// Samples of all prompts first, then their references: the layout of a micro-batch.
std::vector<Row> rowsOf(const Slice& prompts, std::span<const SampledPrompt> sampled,
                        std::size_t& samples) {
    std::vector<Row> rows;
    for (const bool reference : {false, true}) {
        if (reference)
            samples = rows.size();
        for (auto prompt = prompts.first; prompt < prompts.last; ++prompt) {
            const auto& answers = sampled[prompt].group.answers;
            for (std::size_t i = 0; i < answers.size(); ++i)
                if (isReference(answers[i]) == reference)
                    rows.emplace_back(prompt, i);
        }
    }
    return rows;
}

} // namespace

std::vector<SampledPrompt> takeApart(GrpoStep& step) {
    std::vector<SampledPrompt> sampled(step.groups.size());
    for (std::size_t i = 0; i < sampled.size(); ++i) {
        sampled[i].example = std::move(step.examples[i]);
        sampled[i].group = std::move(step.groups[i]);
    }
    for (const auto& part : step.workers)
        for (const auto& micro : part.microBatches) {
            if (!micro.samplerLogProbs.defined())
                continue;
            for (std::size_t row = 0; row < micro.places.size(); ++row) {
                auto& rows = sampled[micro.places[row].group].samplerLogProbs;
                rows.resize(std::max(rows.size(), micro.places[row].answer + 1));
                rows[micro.places[row].answer] =
                    rowValues(micro.samplerLogProbs, static_cast<std::int64_t>(row),
                              micro.answers.lengths[row]);
            }
        }
    step = GrpoStep();
    return sampled;
}

GrpoMicroBatch putTogether(const Slice& prompts, std::span<const SampledPrompt> sampled) {
    GrpoMicroBatch micro;
    micro.prompts = prompts;
    const auto rows = rowsOf(prompts, sampled, micro.samples);
    std::int64_t width = 1;
    for (const auto& [prompt, answer] : rows)
        width = std::max(width, static_cast<std::int64_t>(
                                    sampled[prompt].group.answers[answer].tokenIds.size()));
    const auto count = static_cast<std::int64_t>(rows.size());
    micro.answers.ids = torch::zeros({count, width}, torch::kInt64);
    micro.sampledLogProbs = torch::zeros({count, width});
    if (!sampled.empty() && !sampled.front().samplerLogProbs.empty())
        micro.samplerLogProbs =
            torch::full({count, width}, std::numeric_limits<float>::quiet_NaN());
    if (micro.samples < rows.size()) {
        micro.offPolicy = torch::zeros({count}, torch::kBool);
        micro.offPolicy.slice(0, static_cast<std::int64_t>(micro.samples)).fill_(true);
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto& [prompt, index] = rows[row];
        const auto& answer = sampled[prompt].group.answers[index];
        const auto at = static_cast<std::int64_t>(row) * width;
        std::ranges::copy(answer.tokenIds, micro.answers.ids.data_ptr<std::int64_t>() + at);
        std::ranges::copy(answer.logProbs, micro.sampledLogProbs.data_ptr<float>() + at);
        if (micro.samplerLogProbs.defined())
            std::ranges::copy(sampled[prompt].samplerLogProbs[index],
                              micro.samplerLogProbs.data_ptr<float>() + at);
        micro.answers.lengths.push_back(static_cast<std::int64_t>(answer.tokenIds.size()));
        micro.answers.promptOf.push_back(static_cast<std::int64_t>(prompt - prompts.first));
        micro.places.push_back({prompt, index});
        micro.finished.push_back(answer.finished);
    }
    findDistinctAnswers(micro);
    return micro;
}

} // namespace viva
