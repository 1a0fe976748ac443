// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/attention/attention_padded.h"
#include "tests/core/model/decoder_fixture.h"

#include <thread>

namespace viva::test {
namespace {

constexpr AdapterState kBoth{true, true};

/// Two prompts of different length, five answers in mixed order, lengths one and six among them.
struct Scene {
    explicit Scene(bool tied = true)
        : config(tinyConfig(tied)), decoder(randomDecoder(config)),
          bundled(randomAdapter(decoder, AdapterSlot::Bundled, 21)),
          trained(randomAdapter(decoder, AdapterSlot::Trained, 22)),
          prompts(randomPrompts(config, {5, 9})),
          answers(randomAnswers(config, {4, 1, 6, 3, 6}, {1, 0, 1, 0, 0})) {
        bundled.setTrainable(false);
    }

    /// A loss that weighs every token differently.
    static torch::Tensor weigh(const std::vector<torch::Tensor>& rows) {
        torch::Tensor loss = torch::zeros({});
        double weight = 0.3;
        for (const torch::Tensor& row : rows)
            for (std::int64_t t = 0; t < row.size(0); ++t, weight = weight * -0.9 + 0.2)
                loss = loss + row[t] * weight;
        return loss;
    }

    static std::vector<torch::Tensor> rowsOf(const AnswerScores& scores, const AnswerBatch& batch) {
        std::vector<torch::Tensor> rows;
        for (std::size_t r = 0; r < batch.lengths.size(); ++r)
            rows.push_back(
                scores.logProbs[static_cast<std::int64_t>(r)].narrow(0, 0, batch.lengths[r]));
        return rows;
    }

    TextConfig config;
    Decoder decoder;
    LoraAdapter bundled, trained;
    PromptBatch prompts;
    AnswerBatch answers;
};

double worst(const std::vector<torch::Tensor>& a, const std::vector<torch::Tensor>& b) {
    double most = 0.0;
    EXPECT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max(most,
                        maxDifference(a[i], b[i]) / std::max(b[i].abs().max().item<double>(), 1.0));
    return most;
}

class SharedPrompt : public testing::TestWithParam<MergeMode> {};

TEST_P(SharedPrompt, LogProbsEqualThoseOfWholeRows) {
    const torch::NoGradGuard guard;
    for (const bool tied : {true, false}) {
        const Scene s(tied);
        const PromptCache cache = s.decoder->prefill(s.prompts, kBoth, GetParam());
        const AnswerScores scores = answerLogProbs(s.decoder, cache, s.answers, kBoth, 0.7);
        EXPECT_LT(worst(Scene::rowsOf(scores, s.answers),
                        plainLogProbs(s.decoder, s.prompts, s.answers, kBoth, 0.7)),
                  2e-5);
        EXPECT_EQ(scores.logProbs[1].narrow(0, 1, 5).abs().max().item<float>(), 0.0F);
    }
}

TEST_P(SharedPrompt, GradientsEqualThoseOfWholeRows) {
    Scene s;
    s.prompts.embeddings.set_requires_grad(true);
    std::vector<torch::Tensor> inputs = s.trained.parameters();
    inputs.push_back(s.prompts.embeddings);
    const PromptCache cache = s.decoder->prefill(s.prompts, kBoth, GetParam());
    const AnswerScores scores = answerLogProbs(s.decoder, cache, s.answers, kBoth, 1.3);
    const auto shared =
        torch::autograd::grad({Scene::weigh(Scene::rowsOf(scores, s.answers))}, inputs);
    const auto plain = torch::autograd::grad(
        {Scene::weigh(plainLogProbs(s.decoder, s.prompts, s.answers, kBoth, 1.3))}, inputs);
    EXPECT_LT(worst(shared, plain), 3e-5);
    EXPECT_GT(plain.back().abs().max().item<double>(), 1e-3);
}

TEST_P(SharedPrompt, FullTrainingGradientsEqualThoseOfWholeRows) {
    Scene s(false);
    for (torch::Tensor& parameter : s.decoder->parameters())
        parameter.set_requires_grad(true);
    const std::vector<torch::Tensor> inputs = s.decoder->parameters();
    const PromptCache cache = s.decoder->prefill(s.prompts, kBoth, GetParam());
    const AnswerScores scores = answerLogProbs(s.decoder, cache, s.answers, kBoth, 1.0);
    const auto shared =
        torch::autograd::grad({Scene::weigh(Scene::rowsOf(scores, s.answers))}, inputs);
    const auto plain = torch::autograd::grad(
        {Scene::weigh(plainLogProbs(s.decoder, s.prompts, s.answers, kBoth, 1.0))}, inputs);
    EXPECT_LT(worst(shared, plain), 5e-5);
}

INSTANTIATE_TEST_SUITE_P(Modes, SharedPrompt,
                         testing::Values(MergeMode::Fold, MergeMode::Separate));

TEST(AnswerLogProbs, MicroBatchesAndOrderChangeNothing) {
    const Scene s;
    const torch::NoGradGuard guard;
    const PromptCache all = s.decoder->prefill(s.prompts, kBoth);
    const torch::Tensor whole = answerLogProbs(s.decoder, all, s.answers, kBoth, 1.0).logProbs;
    for (std::size_t r = 0; r < s.answers.lengths.size(); ++r) {
        const auto p = s.answers.promptOf[r];
        const std::int64_t length = s.prompts.lengths[static_cast<std::size_t>(p)];
        const PromptCache one = s.decoder->prefill(
            {s.prompts.embeddings.narrow(0, p, 1).narrow(1, 0, length), {length}}, kBoth);
        const AnswerBatch alone{
            s.answers.ids.narrow(0, static_cast<std::int64_t>(r), 1), {s.answers.lengths[r]}, {0}};
        const torch::Tensor single = answerLogProbs(s.decoder, one, alone, kBoth, 1.0).logProbs;
        EXPECT_LT(maxDifference(single[0], whole[static_cast<std::int64_t>(r)]), 1e-5) << r;
    }
}

TEST(AnswerLogProbs, GradientsOfMicroBatchesAddUp) {
    Scene s;
    const auto gradient = [&](const AnswerBatch& batch) {
        const PromptCache cache = s.decoder->prefill(s.prompts, kBoth);
        const AnswerScores scores = answerLogProbs(s.decoder, cache, batch, kBoth, 1.0);
        return torch::autograd::grad({scores.logProbs.sum()}, s.trained.parameters());
    };
    const auto whole = gradient(s.answers);
    auto sum = gradient({s.answers.ids.narrow(0, 0, 2), {4, 1}, {1, 0}});
    const auto rest = gradient({s.answers.ids.narrow(0, 2, 3), {6, 3, 6}, {1, 0, 0}});
    for (std::size_t i = 0; i < sum.size(); ++i)
        sum[i] = sum[i] + rest[i];
    EXPECT_LT(worst(sum, whole), 2e-5);
}

TEST(AnswerLogProbs, ChunksChangeNeitherValueNorGradientNorEntropy) {
    Scene s;
    const auto run = [&](std::int64_t chunk) {
        const PromptCache cache = s.decoder->prefill(s.prompts, kBoth);
        ScoreOptions options;
        options.tokensPerChunk = chunk;
        options.wantEntropy = true;
        const AnswerScores scores =
            answerLogProbs(s.decoder, cache, s.answers, kBoth, 0.8, options);
        auto result = torch::autograd::grad({scores.logProbs.sum()}, s.trained.parameters());
        result.push_back(scores.logProbs.detach());
        result.push_back(scores.entropy);
        return result;
    };
    EXPECT_LT(worst(run(3), run(0)), 1e-5);
}

TEST(AnswerLogProbs, EntropyIsThatOfTheDistribution) {
    const Scene s;
    const torch::NoGradGuard guard;
    const PromptCache cache = s.decoder->prefill(s.prompts, kBoth);
    ScoreOptions options;
    options.wantEntropy = true;
    const AnswerScores scores = answerLogProbs(s.decoder, cache, s.answers, kBoth, 0.5, options);
    const torch::Tensor logProbs =
        torch::log_softmax(s.decoder->logits(cache.lastHidden[1]) / 0.5, -1);
    const double wanted = -(logProbs.exp() * logProbs).sum().item<double>();
    EXPECT_NEAR(scores.entropy[0][0].item<double>(), wanted, 1e-5);
    EXPECT_EQ(scores.entropy[1][2].item<float>(), 0.0F);
}

TEST(AnswerLogProbs, TwoThreadsGiveTheGradientsOfOne) {
    Scene s;
    const auto gradient = [&] {
        const PromptCache cache = s.decoder->prefill(s.prompts, kBoth);
        const AnswerScores scores = answerLogProbs(s.decoder, cache, s.answers, kBoth, 1.0);
        return torch::autograd::grad({scores.logProbs.sum()}, s.trained.parameters());
    };
    const auto alone = gradient();
    std::vector<std::vector<torch::Tensor>> results(2);
    {
        std::vector<std::jthread> workers;
        for (std::size_t w = 0; w < 2; ++w)
            workers.emplace_back([&, w] {
                at::set_num_threads(1);
                for (int i = 0; i < 5; ++i)
                    results[w] = gradient();
            });
    }
    for (const auto& result : results)
        for (std::size_t i = 0; i < alone.size(); ++i)
            EXPECT_TRUE(torch::equal(result[i], alone[i]));
}

TEST(AnswerLogProbs, RefusesWhatDoesNotFit) {
    const Scene s;
    const PromptCache cache = s.decoder->prefill(s.prompts, kBoth);
    const auto code = [&](AnswerBatch batch, AdapterState state, double temperature) {
        try {
            (void)answerLogProbs(s.decoder, cache, batch, state, temperature);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    AnswerBatch batch = s.answers;
    EXPECT_EQ(code(batch, {true, false}, 1.0), ErrorCode::InvalidArgument);
    EXPECT_EQ(code(batch, kBoth, 0.0), ErrorCode::InvalidArgument);
    batch.promptOf[2] = 2;
    EXPECT_EQ(code(batch, kBoth, 1.0), ErrorCode::InvalidArgument);
    batch = s.answers;
    batch.lengths[0] = 7;
    EXPECT_EQ(code(batch, kBoth, 1.0), ErrorCode::InvalidArgument);
    batch.lengths.pop_back();
    EXPECT_EQ(code(batch, kBoth, 1.0), ErrorCode::ShapeMismatch);
}

/// Output and gradients of attention, by kernels or by tensor operators.
std::vector<torch::Tensor> attentionRun(bool padded, bool withPrefix) {
    Rng rng(9, "attention");
    const AttentionShape shape{4, 2, 6, 0.4};
    const RopeTable rope(6, 1e4, 64);
    TokenRows rows;
    for (const std::int64_t length : {3, 5, 1, 4})
        rows.append(length);
    torch::Tensor qkv = randomTensor({rows.tokens(), shape.qkvWidth()}, 1.0, rng);
    SharedPrefix prefix;
    prefix.keys = randomTensor({3, 2, 7, 6}, 1.0, rng);
    prefix.values = randomTensor({3, 2, 7, 6}, 1.0, rng);
    prefix.lengths = {7, 2, 4};
    if (withPrefix)
        rows.prefixOf = {0, 0, 2, 2};
    std::vector<torch::Tensor> leaves{qkv};
    if (withPrefix)
        leaves.insert(leaves.end(), {prefix.keys, prefix.values});
    for (torch::Tensor& leaf : leaves)
        leaf.set_requires_grad(true);
    const SharedPrefix* given = withPrefix ? &prefix : nullptr;
    const torch::Tensor fresh = qkv * 1.0; // the kernels consume it
    const AttentionResult result =
        padded ? paddedAttention(fresh, rows, shape, rope.upTo(40), given, true)
               : ropeAttention(fresh, rows, shape, rope, given, true);
    const torch::Tensor loss =
        (result.output * randomTensor(result.output.sizes().vec(), 1.0, rng)).sum() +
        (result.keys * randomTensor(result.keys.sizes().vec(), 1.0, rng)).sum() +
        (result.values * randomTensor(result.values.sizes().vec(), 1.0, rng)).sum();
    std::vector<torch::Tensor> all = torch::autograd::grad({loss}, leaves);
    all.insert(all.end(), {result.output, result.keys, result.values});
    return all;
}

TEST(RopeAttention, KernelsEqualTensorOperators) {
    EXPECT_LT(worst(attentionRun(false, false), attentionRun(true, false)), 1e-5);
    EXPECT_LT(worst(attentionRun(false, true), attentionRun(true, true)), 1e-5);
}

} // namespace
} // namespace viva::test
