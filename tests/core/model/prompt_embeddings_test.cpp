// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/prompt_embeddings.h"

#include "core/base/error.h"
#include "tests/core/model/decoder_fixture.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

constexpr std::int64_t kMark = 23;

TEST(PromptEmbeddings, RepeatsTheAudioPlaceholder) {
    const std::vector<std::int64_t> ids{4, kMark, 5};
    EXPECT_EQ(expandAudioToken(ids, kMark, 3), (std::vector<std::int64_t>{4, 23, 23, 23, 5}));
    const std::vector<std::int64_t> none{4, 5};
    EXPECT_THROW((void)expandAudioToken(none, kMark, 3), Error);
}

TEST(PromptEmbeddings, PutsSoundAndTextWhereTheyBelong) {
    const auto decoder = test::randomDecoder(test::tinyConfig());
    const auto audio = torch::randn({3, 24}).requires_grad_();
    const std::vector<std::vector<std::int64_t>> ids{{kMark, 2, 3}, {4, kMark, kMark, 5, 6}};
    const auto batch = mergeAudio(decoder, ids, audio, kMark);
    EXPECT_EQ(batch.lengths, (std::vector<std::int64_t>{3, 5}));
    ASSERT_EQ(batch.embeddings.sizes(), (torch::IntArrayRef{2, 5, 24}));
    const auto table = decoder->headWeight();
    EXPECT_TRUE(torch::equal(batch.embeddings[0][0], audio[0]));
    EXPECT_TRUE(torch::equal(batch.embeddings[0][2], table[3]));
    EXPECT_TRUE(torch::equal(batch.embeddings[1][1], audio[1]));
    EXPECT_TRUE(torch::equal(batch.embeddings[1][2], audio[2]));
    EXPECT_TRUE(torch::equal(batch.embeddings[1][4], table[6]));
    EXPECT_EQ(batch.embeddings[0][4].abs().max().item<double>(), 0.0);
    (batch.embeddings[1] * 2).sum().backward();
    EXPECT_EQ(audio.grad()[0].sum().item<double>(), 0.0);
    EXPECT_EQ(audio.grad()[2].sum().item<double>(), 48.0);
}

TEST(PromptEmbeddings, OnePromptIsTheSameAloneAndInABatch) {
    const auto decoder = test::randomDecoder(test::tinyConfig());
    const auto audio = torch::randn({3, 24});
    const std::vector<std::vector<std::int64_t>> ids{{kMark, 2, 3}, {4, kMark, kMark, 5, 6}};
    const auto batch = mergeAudio(decoder, ids, audio, kMark);
    EXPECT_TRUE(torch::equal(mergeAudio(decoder, ids[0], audio.narrow(0, 0, 1), kMark),
                             batch.embeddings[0].narrow(0, 0, 3)));
    EXPECT_TRUE(torch::equal(mergeAudio(decoder, ids[1], audio.narrow(0, 1, 2), kMark),
                             batch.embeddings[1]));
    const std::vector<std::int64_t> text{2, 3};
    EXPECT_TRUE(
        torch::equal(mergeAudio(decoder, text, {}, kMark), decoder->headWeight().narrow(0, 2, 2)));
}

TEST(PromptEmbeddings, RefusesAnotherNumberOfAudioEmbeddings) {
    const auto decoder = test::randomDecoder(test::tinyConfig());
    const std::vector<std::vector<std::int64_t>> ids{{kMark, 2}};
    try {
        (void)mergeAudio(decoder, ids, torch::zeros({2, 24}), kMark);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::ShapeMismatch);
    }
}

} // namespace
} // namespace viva
