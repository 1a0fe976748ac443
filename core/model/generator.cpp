// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/generator.h"

#include "core/base/error.h"
#include "core/model/decode_step.h"
#include "core/nn/sampling.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

/// Answers while they grow, one vector a row.
struct Growing {
    std::vector<std::vector<std::int64_t>> ids;
    std::vector<std::vector<float>> logProbs, fullLogProbs;
    std::vector<bool> finished;

    explicit Growing(std::size_t rows)
        : ids(rows), logProbs(rows), fullLogProbs(rows), finished(rows, false) {}
};

void checkCall(const PromptCache& prompts, int answersPerPrompt, const GenerationConfig& config,
               std::span<Rng> streams, AdapterState state) {
    checkGenerationConfig(config);
    if (answersPerPrompt < 1)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("generate: {} answers a prompt; ask for 1 or more", answersPerPrompt));
    if (prompts.weights == nullptr || !(prompts.weights->state == state))
        throw Error(
            ErrorCode::InvalidArgument,
            "generate: the prompts were prefilled under another adapter state; prefill them "
            "under this one");
    const std::int64_t rows = prompts.prompts() * answersPerPrompt;
    if (!config.greedy && static_cast<std::int64_t>(streams.size()) != rows)
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("generate: {} random streams for {} rows", streams.size(), rows));
}

/// Samples one token for each running row and returns the rows (numbered among the running) that go
/// on.
std::vector<std::int64_t> sampleStep(const torch::Tensor& logits, const GenerationConfig& config,
                                     const std::vector<std::int64_t>& eos,
                                     const std::vector<std::int64_t>& running,
                                     std::span<Rng> streams, Growing& answers) {
    std::vector<double> uniforms;
    if (!config.greedy)
        for (const std::int64_t row : running)
            uniforms.push_back(streams[static_cast<std::size_t>(row)].uniform());
    const SampledTokens sampled = sampleTokens(logits, config, uniforms);
    const auto* ids = sampled.ids.const_data_ptr<std::int64_t>();
    std::vector<std::int64_t> goOn;
    for (std::size_t i = 0; i < running.size(); ++i) {
        const auto row = static_cast<std::size_t>(running[i]);
        answers.ids[row].push_back(ids[i]);
        answers.logProbs[row].push_back(sampled.logProbs.const_data_ptr<float>()[i]);
        answers.fullLogProbs[row].push_back(sampled.fullLogProbs.const_data_ptr<float>()[i]);
        answers.finished[row] = std::find(eos.begin(), eos.end(), ids[i]) != eos.end();
        const auto length = static_cast<int>(answers.ids[row].size());
        if (!answers.finished[row] && length < config.maxCompletionLength)
            goOn.push_back(static_cast<std::int64_t>(i));
    }
    return goOn;
}

Generated collect(const Growing& answers, std::int64_t padId) {
    Generated result;
    result.finished = answers.finished;
    std::size_t longest = 0;
    for (const std::vector<std::int64_t>& row : answers.ids) {
        result.lengths.push_back(static_cast<std::int64_t>(row.size()));
        longest = std::max(longest, row.size());
    }
    const auto rows = static_cast<std::int64_t>(answers.ids.size());
    const auto width = static_cast<std::int64_t>(longest);
    result.ids = torch::full({rows, width}, padId, torch::kInt64);
    result.logProbs = torch::zeros({rows, width});
    result.fullLogProbs = torch::zeros({rows, width});
    for (std::size_t r = 0; r < answers.ids.size(); ++r) {
        const auto at = static_cast<std::ptrdiff_t>(r * longest);
        std::copy(answers.ids[r].begin(), answers.ids[r].end(),
                  result.ids.mutable_data_ptr<std::int64_t>() + at);
        std::copy(answers.logProbs[r].begin(), answers.logProbs[r].end(),
                  result.logProbs.mutable_data_ptr<float>() + at);
        std::copy(answers.fullLogProbs[r].begin(), answers.fullLogProbs[r].end(),
                  result.fullLogProbs.mutable_data_ptr<float>() + at);
    }
    return result;
}

std::unique_ptr<DecodeStep> makeStep(const Decoder& decoder, const PromptCache& prompts,
                                     const DecodePlan& plan) {
    auto step = makeCpuDecodeStep(decoder, prompts, plan);
    return step != nullptr ? std::move(step) : makeTensorDecodeStep(decoder, prompts, plan);
}

} // namespace

Generated generate(const Decoder& decoder, const PromptCache& prompts, int answersPerPrompt,
                   const GenerationConfig& config, std::span<Rng> rowStreams, AdapterState state,
                   std::stop_token stop) {
    checkCall(prompts, answersPerPrompt, config, rowStreams, state);
    const torch::NoGradGuard guard;
    const std::vector<std::int64_t> eos =
        config.eosTokenIds.empty() ? decoder->config().eosTokenIds() : config.eosTokenIds;
    DecodePlan plan;
    plan.capacity = config.maxCompletionLength - 1;
    std::vector<std::int64_t> running;
    for (std::int64_t row = 0; row < prompts.prompts() * answersPerPrompt; ++row) {
        plan.promptOf.push_back(row / answersPerPrompt);
        running.push_back(row);
    }
    Growing answers(running.size());
    if (running.empty())
        return collect(answers, decoder->config().padTokenId);
    const std::unique_ptr<DecodeStep> step = makeStep(decoder, prompts, plan);
    torch::Tensor logits = step->first();
    bool stopped = false;
    while (true) {
        const std::vector<std::int64_t> goOn =
            sampleStep(logits, config, eos, running, rowStreams, answers);
        stopped = stop.stop_requested() && !goOn.empty();
        if (goOn.empty() || stopped)
            break;
        std::vector<std::int64_t> next, ids;
        for (const std::int64_t i : goOn) {
            next.push_back(running[static_cast<std::size_t>(i)]);
            ids.push_back(answers.ids[static_cast<std::size_t>(next.back())].back());
        }
        if (next.size() < running.size())
            step->keepRows(goOn);
        running = std::move(next);
        logits = step->next(ids);
    }
    Generated result = collect(answers, decoder->config().padTokenId);
    result.stopped = stopped;
    return result;
}

} // namespace viva
