// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/prompt_embeddings.h"

#include "core/base/error.h"
#include "core/nn/shape_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

torch::Tensor indices(const std::vector<std::int64_t>& values, const torch::Device& device) {
    return torch::tensor(values, torch::kInt64).to(device);
}

} // namespace

std::vector<std::int64_t> expandAudioToken(std::span<const std::int64_t> promptIds,
                                           std::int64_t audioTokenId, std::int64_t audioTokens) {
    const auto found = std::ranges::count(promptIds, audioTokenId);
    if (found != 1)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("the prompt has {} audio places, there must be exactly one", found));
    std::vector<std::int64_t> result;
    result.reserve(promptIds.size() + static_cast<std::size_t>(audioTokens));
    for (const auto id : promptIds)
        result.insert(result.end(),
                      id == audioTokenId ? static_cast<std::size_t>(audioTokens) : std::size_t{1},
                      id);
    return result;
}

torch::Tensor mergeAudio(const Decoder& decoder, std::span<const std::int64_t> ids,
                         const torch::Tensor& audio, std::int64_t audioTokenId) {
    std::vector<std::int64_t> lookup(ids.begin(), ids.end());
    std::vector<std::int64_t> placeholders;
    for (std::size_t i = 0; i < lookup.size(); ++i)
        if (lookup[i] == audioTokenId) {
            placeholders.push_back(static_cast<std::int64_t>(i));
            lookup[i] = 0;
        }
    const std::int64_t rows = audio.defined() ? audio.size(0) : 0;
    if (rows != static_cast<std::int64_t>(placeholders.size()))
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("mergeAudio: {} audio embeddings for {} audio placeholders in the "
                                "prompt",
                                rows, placeholders.size()));
    const torch::Device device = decoder->headWeight().device();
    const torch::Tensor text = decoder->embed(indices(lookup, device));
    if (placeholders.empty())
        return text;
    checkShape(audio, {rows, text.size(1)}, "mergeAudio: audio");
    return text.index_copy(0, indices(placeholders, device), audio.to(text.scalar_type()));
}

PromptBatch mergeAudio(const Decoder& decoder, std::span<const std::vector<std::int64_t>> prompts,
                       const torch::Tensor& audio, std::int64_t audioTokenId) {
    std::vector<std::int64_t> ids, lengths, padded;
    std::int64_t longest = 0;
    for (const auto& prompt : prompts) {
        lengths.push_back(static_cast<std::int64_t>(prompt.size()));
        longest = std::max(longest, lengths.back());
    }
    for (std::size_t i = 0; i < prompts.size(); ++i) {
        ids.insert(ids.end(), prompts[i].begin(), prompts[i].end());
        for (std::int64_t time = 0; time < lengths[i]; ++time)
            padded.push_back(static_cast<std::int64_t>(i) * longest + time);
    }
    const torch::Tensor rows = mergeAudio(decoder, ids, audio, audioTokenId);
    const auto count = static_cast<std::int64_t>(prompts.size());
    const torch::Tensor batch = torch::zeros({count * longest, rows.size(1)}, rows.options())
                                    .index_copy(0, indices(padded, rows.device()), rows);
    return {batch.view({count, longest, rows.size(1)}), lengths};
}

} // namespace viva
