// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/decode_step.h"
#include "core/model/generator.h"
#include "tests/core/model/decoder_fixture.h"

namespace viva::test {
namespace {

constexpr AdapterState kTrained{true, true};

struct SamplingScene {
    SamplingScene()
        : config(tinyConfig()), decoder(randomDecoder(config)),
          trained(randomAdapter(decoder, AdapterSlot::Trained, 31)),
          prompts(randomPrompts(config, {6, 3, 8})) {
        generation.maxCompletionLength = 9;
        generation.eosTokenIds = {1, 2, 3, 4, 5, 6, 7};
    }

    Generated run(const PromptBatch& batch, int answers, std::uint64_t firstStream,
                  MergeMode mode = MergeMode::Fold) const {
        std::vector<Rng> streams;
        for (std::size_t r = 0; r < batch.lengths.size() * static_cast<std::size_t>(answers); ++r)
            streams.push_back(Rng(77, "rollout").fork(firstStream + r));
        const torch::NoGradGuard guard;
        return generate(decoder, decoder->prefill(batch, kTrained, mode), answers, generation,
                        streams, kTrained);
    }

    TextConfig config;
    Decoder decoder;
    LoraAdapter trained;
    PromptBatch prompts;
    GenerationConfig generation;
};

std::vector<std::int64_t> rowIds(const Generated& generated, std::size_t row) {
    const torch::Tensor ids =
        generated.ids[static_cast<std::int64_t>(row)].narrow(0, 0, generated.lengths[row]);
    const auto* at = ids.const_data_ptr<std::int64_t>();
    return {at, at + ids.size(0)};
}

TEST(Generate, KeptLogProbsAreThoseOfTheUpdatesForward) {
    for (const double temperature : {1.0, 0.6}) {
        SamplingScene s;
        s.generation.temperature = temperature;
        const Generated g = s.run(s.prompts, 8, 0);
        AnswerBatch batch{g.ids, g.lengths, {}};
        for (std::int64_t r = 0; r < 24; ++r)
            batch.promptOf.push_back(r / 8);
        const PromptCache cache = s.decoder->prefill(s.prompts, kTrained, MergeMode::Separate);
        const AnswerScores scores = answerLogProbs(s.decoder, cache, batch, kTrained, temperature);
        EXPECT_LT(maxDifference(scores.logProbs.detach(), g.logProbs), 2e-5);
        EXPECT_TRUE(torch::equal(g.logProbs, g.fullLogProbs));
    }
}

TEST(Generate, SplittingPromptsBetweenWorkersChangesNothing) {
    const SamplingScene s;
    const Generated whole = s.run(s.prompts, 4, 0);
    for (std::int64_t p = 0; p < 3; ++p) {
        const std::int64_t length = s.prompts.lengths[static_cast<std::size_t>(p)];
        const PromptBatch one{s.prompts.embeddings.narrow(0, p, 1).narrow(1, 0, length), {length}};
        const Generated part = s.run(one, 4, static_cast<std::uint64_t>(p) * 4);
        for (std::size_t i = 0; i < 4; ++i) {
            const std::size_t row = static_cast<std::size_t>(p) * 4 + i;
            EXPECT_EQ(rowIds(part, i), rowIds(whole, row));
            const torch::Tensor a =
                part.logProbs[static_cast<std::int64_t>(i)].narrow(0, 0, part.lengths[i]);
            const torch::Tensor b =
                whole.logProbs[static_cast<std::int64_t>(row)].narrow(0, 0, part.lengths[i]);
            EXPECT_LT(maxDifference(a, b), 1e-5);
        }
    }
}

TEST(Generate, TensorOperatorsAndKernelsAgree) {
    const SamplingScene s;
    const Generated fast = s.run(s.prompts, 5, 3, MergeMode::Fold);
    const Generated general = s.run(s.prompts, 5, 3, MergeMode::Separate);
    EXPECT_EQ(fast.lengths, general.lengths);
    EXPECT_TRUE(torch::equal(fast.ids, general.ids));
    EXPECT_LT(maxDifference(fast.logProbs, general.logProbs), 2e-5);
    EXPECT_EQ(fast.finished, general.finished);
}

TEST(Generate, RowsEndAtEosAndAreCutAtTheLimit) {
    const SamplingScene s;
    const Generated g = s.run(s.prompts, 8, 5);
    int ended = 0, cut = 0;
    for (std::size_t r = 0; r < g.lengths.size(); ++r) {
        const std::vector<std::int64_t> ids = rowIds(g, r);
        for (std::size_t t = 0; t + 1 < ids.size(); ++t)
            EXPECT_FALSE(ids[t] >= 1 && ids[t] <= 7) << "went on after EOS";
        const bool isEos = ids.back() >= 1 && ids.back() <= 7;
        EXPECT_EQ(isEos, g.finished[r]);
        EXPECT_TRUE(isEos || ids.size() == 9U);
        (isEos ? ended : cut) += 1;
        for (std::int64_t t = g.lengths[r]; t < g.ids.size(1); ++t) {
            EXPECT_EQ(g.ids[static_cast<std::int64_t>(r)][t].item<std::int64_t>(), 0);
            EXPECT_EQ(g.logProbs[static_cast<std::int64_t>(r)][t].item<float>(), 0.0F);
        }
    }
    EXPECT_GT(ended, 0);
    EXPECT_GT(cut, 0);
}

TEST(Generate, DrawsOneNumberATokenFromTheRowsOwnStream) {
    const SamplingScene s;
    std::vector<Rng> streams(3, Rng(1, "x"));
    std::vector<Rng> copies = streams;
    const torch::NoGradGuard guard;
    const PromptCache cache = s.decoder->prefill(s.prompts, kTrained);
    const Generated g = generate(s.decoder, cache, 1, s.generation, streams, kTrained);
    for (std::size_t r = 0; r < 3; ++r) {
        for (std::int64_t t = 0; t < g.lengths[r]; ++t)
            (void)copies[r].next();
        EXPECT_EQ(streams[r].state(), copies[r].state());
    }
}

TEST(Generate, StopTokenEndsItWithWhatThereIs) {
    const SamplingScene s;
    std::vector<Rng> streams(3, Rng(1, "x"));
    std::stop_source source;
    source.request_stop();
    const torch::NoGradGuard guard;
    GenerationConfig config = s.generation;
    config.eosTokenIds = {52};
    const Generated g = generate(s.decoder, s.decoder->prefill(s.prompts, kTrained), 1, config,
                                 streams, kTrained, source.get_token());
    EXPECT_TRUE(g.stopped);
    EXPECT_EQ(g.ids.size(1), 1);
}

TEST(Generate, RefusesBadSettings) {
    const SamplingScene s;
    const PromptCache cache = s.decoder->prefill(s.prompts, kTrained);
    std::vector<Rng> streams(3, Rng(1, "x"));
    const auto code = [&](GenerationConfig config, int answers, AdapterState state) {
        try {
            (void)generate(s.decoder, cache, answers, config, streams, state);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    GenerationConfig config = s.generation;
    EXPECT_EQ(code(config, 2, kTrained), ErrorCode::ShapeMismatch);
    EXPECT_EQ(code(config, 0, kTrained), ErrorCode::InvalidArgument);
    EXPECT_EQ(code(config, 1, {false, false}), ErrorCode::InvalidArgument);
    config.temperature = 0.0;
    EXPECT_EQ(code(config, 1, kTrained), ErrorCode::InvalidArgument);
    config.temperature = 1.0;
    config.topP = 1.5;
    EXPECT_EQ(code(config, 1, kTrained), ErrorCode::InvalidArgument);
}

} // namespace
} // namespace viva::test
