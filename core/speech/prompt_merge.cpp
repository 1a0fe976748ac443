// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/prompt_merge.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

/// All prompts one after the other: ids without placeholders, and where what goes.
struct FlatPrompts {
    std::vector<std::int64_t> ids;          ///< audio places hold 0
    std::vector<std::int64_t> audioPlaces;  ///< indices into ids
    std::vector<std::int64_t> paddedPlaces; ///< of each token in the [prompts * longest] result
    std::vector<std::int64_t> lengths;
    std::int64_t longest = 0;
};

FlatPrompts flatten(std::span<const std::vector<std::int64_t>> prompts, std::int64_t audioTokenId) {
    FlatPrompts flat;
    for (const auto& prompt : prompts) {
        flat.lengths.push_back(static_cast<std::int64_t>(prompt.size()));
        flat.longest = std::max(flat.longest, flat.lengths.back());
    }
    for (std::size_t i = 0; i < prompts.size(); ++i)
        for (std::size_t time = 0; time < prompts[i].size(); ++time) {
            const auto id = prompts[i][time];
            if (id == audioTokenId)
                flat.audioPlaces.push_back(static_cast<std::int64_t>(flat.ids.size()));
            flat.ids.push_back(id == audioTokenId ? 0 : id);
            flat.paddedPlaces.push_back(static_cast<std::int64_t>(i) * flat.longest +
                                        static_cast<std::int64_t>(time));
        }
    return flat;
}

} // namespace

std::vector<std::int64_t> expandAudioToken(std::span<const std::int64_t> promptIds,
                                           std::int64_t audioTokenId, std::int64_t audioTokens) {
    const auto places = std::ranges::count(promptIds, audioTokenId);
    if (places != 1)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("the prompt has {} audio places, there must be exactly one", places));
    std::vector<std::int64_t> result;
    result.reserve(promptIds.size() + static_cast<std::size_t>(audioTokens));
    for (const auto id : promptIds)
        result.insert(result.end(),
                      id == audioTokenId ? static_cast<std::size_t>(audioTokens) : std::size_t{1},
                      id);
    return result;
}

PromptBatch mergePrompts(const Decoder& decoder,
                         std::span<const std::vector<std::int64_t>> expandedIds,
                         const torch::Tensor& audio, std::int64_t audioTokenId) {
    const auto flat = flatten(expandedIds, audioTokenId);
    const auto audioRows = audio.defined() ? audio.size(0) : 0;
    const auto places = static_cast<std::int64_t>(flat.audioPlaces.size());
    if (audioRows != places)
        throw Error(
            ErrorCode::ShapeMismatch,
            fmt::format("mergePrompts: {} audio embeddings for {} audio places in the prompts",
                        audioRows, places));
    const auto device = decoder->headWeight().device();
    auto rows = decoder->embed(torch::tensor(flat.ids, torch::kInt64).to(device));
    if (places > 0)
        rows = rows.index_copy(0, torch::tensor(flat.audioPlaces, torch::kInt64).to(device),
                               audio.to(rows.scalar_type()));
    const auto prompts = static_cast<std::int64_t>(flat.lengths.size());
    const auto padded =
        torch::zeros({prompts * flat.longest, rows.size(1)}, rows.options())
            .index_copy(0, torch::tensor(flat.paddedPlaces, torch::kInt64).to(device), rows);
    return {padded.view({prompts, flat.longest, rows.size(1)}), flat.lengths};
}

} // namespace viva
