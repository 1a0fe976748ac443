// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/prompt_merge.h"

#include "core/base/error.h"
#include "tests/core/train/tiny_run.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

constexpr std::int64_t kMark = 23;

TEST(PromptMerge, RepeatsTheAudioPlaceholder) {
    const std::vector<std::int64_t> ids{4, kMark, 5};
    EXPECT_EQ(expandAudioToken(ids, kMark, 3), (std::vector<std::int64_t>{4, 23, 23, 23, 5}));
    const std::vector<std::int64_t> none{4, 5};
    EXPECT_THROW((void)expandAudioToken(none, kMark, 3), Error);
}

TEST(PromptMerge, PutsSoundAndTextWhereTheyBelong) {
    const auto decoder = testing_support::tinyDecoder(testing_support::tinyTextConfig(), 1);
    const auto audio = torch::randn({3, 16}).requires_grad_();
    const std::vector<std::vector<std::int64_t>> ids{{kMark, 2, 3}, {4, kMark, kMark, 5, 6}};
    const auto batch = mergePrompts(decoder, ids, audio, kMark);
    EXPECT_EQ(batch.lengths, (std::vector<std::int64_t>{3, 5}));
    ASSERT_EQ(batch.embeddings.sizes(), (torch::IntArrayRef{2, 5, 16}));
    const auto table = decoder->headWeight();
    EXPECT_TRUE(torch::equal(batch.embeddings[0][0], audio[0]));
    EXPECT_TRUE(torch::equal(batch.embeddings[0][2], table[3]));
    EXPECT_TRUE(torch::equal(batch.embeddings[1][1], audio[1]));
    EXPECT_TRUE(torch::equal(batch.embeddings[1][2], audio[2]));
    EXPECT_TRUE(torch::equal(batch.embeddings[1][4], table[6]));
    EXPECT_EQ(batch.embeddings[0][4].abs().max().item<double>(), 0.0);
    (batch.embeddings[1] * 2).sum().backward();
    EXPECT_EQ(audio.grad()[0].sum().item<double>(), 0.0);
    EXPECT_EQ(audio.grad()[2].sum().item<double>(), 32.0);
}

TEST(PromptMerge, RefusesAnotherNumberOfAudioEmbeddings) {
    const auto decoder = testing_support::tinyDecoder(testing_support::tinyTextConfig(), 1);
    const std::vector<std::vector<std::int64_t>> ids{{kMark, 2}};
    try {
        (void)mergePrompts(decoder, ids, torch::zeros({2, 16}), kMark);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::ShapeMismatch);
    }
}

} // namespace
} // namespace viva
