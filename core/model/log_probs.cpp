// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/log_probs.h"

#include "core/base/error.h"
#include "core/nn/shape_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace viva {
namespace {

void checkAnswers(const PromptCache& prompts, const AnswerBatch& answers, AdapterState state,
                  double temperature) {
    const auto rows = static_cast<std::int64_t>(answers.lengths.size());
    if (answers.ids.dim() != 2 || answers.ids.scalar_type() != torch::kInt64 ||
        answers.ids.size(0) != rows || static_cast<std::int64_t>(answers.promptOf.size()) != rows)
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("answerLogProbs: ids {} (int64), {} lengths and {} prompts do not "
                                "make one row each",
                                shapeText(answers.ids.sizes()), rows, answers.promptOf.size()));
    for (std::size_t r = 0; r < answers.lengths.size(); ++r)
        if (answers.lengths[r] < 0 || answers.lengths[r] > answers.ids.size(1) ||
            answers.promptOf[r] < 0 || answers.promptOf[r] >= prompts.prompts())
            throw Error(
                ErrorCode::InvalidArgument,
                fmt::format("answerLogProbs: row {} has length {} of {} and prompt {} of {}", r,
                            answers.lengths[r], answers.ids.size(1), answers.promptOf[r],
                            prompts.prompts()));
    if (prompts.weights == nullptr || !(prompts.weights->state == state))
        throw Error(ErrorCode::InvalidArgument,
                    "answerLogProbs: the prompts were prefilled under another adapter state; "
                    "prefill them under this one");
    if (!(temperature > 0.0))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("answerLogProbs: temperature {} must be above 0", temperature));
}

/// Rows by prompt, padding left out; what is run, what is predicted, and where results belong.
struct PackedAnswers {
    TokenRows rows;                    ///< inputs: every token but a row's last
    std::vector<std::int64_t> inputs;  ///< ids of these
    std::vector<std::int64_t> sources; ///< per prediction: row of [prompts' last; inputs]
    std::vector<std::int64_t> targets; ///< per prediction: the token
    std::vector<std::int64_t> places;  ///< per prediction: index into the flat [rows, maxTokens]
};

PackedAnswers packAnswers(const AnswerBatch& answers, std::int64_t prompts) {
    std::vector<std::size_t> order(answers.lengths.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return answers.promptOf[a] < answers.promptOf[b];
    });
    const torch::Tensor dense = answers.ids.cpu().contiguous();
    const auto* ids = dense.const_data_ptr<std::int64_t>();
    const std::int64_t width = dense.size(1);
    PackedAnswers packed;
    for (const std::size_t r : order) {
        const std::int64_t length = answers.lengths[r];
        const std::int64_t start = static_cast<std::int64_t>(r) * width;
        if (length == 0)
            continue;
        for (std::int64_t t = 0; t < length; ++t) {
            packed.sources.push_back(t == 0 ? answers.promptOf[r]
                                            : prompts + packed.rows.tokens() + t - 1);
            packed.targets.push_back(ids[start + t]);
            packed.places.push_back(start + t);
            if (t + 1 < length)
                packed.inputs.push_back(ids[start + t]);
        }
        if (length == 1)
            continue; // the prompt alone predicts it
        packed.rows.append(length - 1);
        packed.rows.prefixOf.push_back(answers.promptOf[r]);
    }
    return packed;
}

/// Hidden states after the final norm of the packed inputs, [tokens, hidden].
torch::Tensor runAnswers(const Decoder& decoder, const PromptCache& prompts,
                         const PackedAnswers& packed) {
    const TextConfig& config = decoder->config();
    torch::Tensor x =
        decoder->embed(torch::tensor(packed.inputs, torch::kInt64)) * config.embeddingMultiplier;
    SharedPrefix prefix;
    prefix.lengths = prompts.lengths;
    for (std::size_t i = 0; i < prompts.weights->layers.size(); ++i) {
        prefix.keys = prompts.keys[i];
        prefix.values = prompts.values[i];
        const DecoderLayerCall call{packed.rows, config, decoder->rope(), &prefix, false, {}};
        x = runDecoderLayer(prompts.weights->layers[i], x, call).output;
    }
    return decoder->model->norm->forward(x);
}

torch::Tensor spread(const torch::Tensor& values, const torch::Tensor& places,
                     const AnswerBatch& answers) {
    return torch::zeros({answers.ids.numel()}, values.options())
        .index_copy(0, places, values)
        .view(answers.ids.sizes());
}

} // namespace

AnswerScores answerLogProbs(const Decoder& decoder, const PromptCache& prompts,
                            const AnswerBatch& answers, AdapterState state, double temperature,
                            const ScoreOptions& options) {
    checkAnswers(prompts, answers, state, temperature);
    const PackedAnswers packed = packAnswers(answers, prompts.prompts());
    const torch::Device device = prompts.lastHidden.device();
    torch::Tensor hidden = prompts.lastHidden;
    if (!packed.inputs.empty())
        hidden = torch::cat({hidden, runAnswers(decoder, prompts, packed)}, 0);
    hidden = hidden.index_select(0, torch::tensor(packed.sources, torch::kInt64).to(device));
    torch::Tensor entropy;
    const torch::Tensor logProbs =
        tokenLogProbs(hidden, decoder->headWeight(), torch::tensor(packed.targets, torch::kInt64),
                      1.0 / (decoder->config().logitsScaling * temperature), options.tokensPerChunk,
                      options.wantEntropy ? &entropy : nullptr, options.entropyGradient);
    const torch::Tensor places = torch::tensor(packed.places, torch::kInt64).to(device);
    AnswerScores scores;
    scores.logProbs = spread(logProbs, places, answers);
    if (options.wantEntropy)
        scores.entropy = spread(entropy, places, answers);
    return scores;
}

} // namespace viva
