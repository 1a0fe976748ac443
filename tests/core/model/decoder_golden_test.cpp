// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/generator.h"
#include "tests/core/model/decoder_fixture.h"

#include <memory>

namespace viva::test {
namespace {

struct GoldenCase {
    std::string model;
    MergeMode mode;
};

void PrintTo(const GoldenCase& value, std::ostream* out) {
    *out << value.model << (value.mode == MergeMode::Fold ? "/fold" : "/separate");
}

/// One checkpoint with its adapters attached, against the numbers stored beside it.
class DecoderGolden : public testing::TestWithParam<GoldenCase> {
protected:
    DecoderGolden()
        : m_decoder(goldenDecoder(GetParam().model)), m_json(goldenJson(GetParam().model)),
          m_expect(goldenModel(GetParam().model) / "expect.safetensors") {
        const auto folder = goldenModel(GetParam().model);
        if (std::filesystem::exists(folder / "adapter_config.json"))
            m_bundled =
                std::make_unique<LoraAdapter>(loadAdapter(m_decoder, folder, AdapterSlot::Bundled));
        m_peft = std::make_unique<LoraAdapter>(
            loadAdapter(m_decoder, folder / "peft-adapter", AdapterSlot::Trained));
    }

    torch::Tensor expect(const std::string& name) const { return m_expect.tensor(name); }

    /// States whose adapters this checkpoint has.
    std::vector<std::string> states() const {
        return m_bundled != nullptr ? std::vector<std::string>{"off", "on", "peft", "on+peft"}
                                    : std::vector<std::string>{"off", "peft"};
    }

    nlohmann::json clip(const std::string& name) const {
        return name == "text" ? m_json["text_only"] : m_json["clips"][name];
    }

    PromptCache prefill(const std::string& name, const std::string& state) const {
        const auto length = static_cast<std::int64_t>(clip(name)["prompt_ids"].size());
        return m_decoder->prefill(
            {expect(name + "/merged").narrow(0, 0, length).unsqueeze(0), {length}},
            stateFromName(state), GetParam().mode);
    }

    AnswerBatch answer(const std::string& name) const {
        const auto ids = clip(name)["answer_ids"].get<std::vector<std::int64_t>>();
        return {torch::tensor(ids, torch::kInt64).unsqueeze(0),
                {static_cast<std::int64_t>(ids.size())},
                {0}};
    }

    Decoder m_decoder;
    nlohmann::json m_json;
    SafetensorsFile m_expect;
    std::unique_ptr<LoraAdapter> m_bundled, m_peft;
};

double relativeToRms(const torch::Tensor& a, const torch::Tensor& b) {
    return maxDifference(a, b) / b.square().mean().sqrt().item<double>();
}

TEST_P(DecoderGolden, LayersAndNormEqualTheReference) {
    const torch::NoGradGuard guard;
    int compared = 0;
    for (const std::string clip : {"chirp31", "cards", "text"})
        for (const std::string& state : states()) {
            if (!m_expect.has(clip + "/lm/" + state + "/norm"))
                continue;
            const torch::Tensor merged = expect(clip + "/merged").unsqueeze(0);
            std::vector<torch::Tensor> layers;
            const torch::Tensor norm = m_decoder->hidden(
                merged, {merged.size(1)}, stateFromName(state), &layers, GetParam().mode);
            for (std::size_t i = 0; i < layers.size(); ++i, ++compared)
                EXPECT_LT(relativeToRms(layers[i][0], expect(clip + "/lm/" + state + "/layer" +
                                                             std::to_string(i))),
                          1e-4)
                    << clip << ' ' << state << " layer " << i;
            EXPECT_LT(relativeToRms(norm[0], expect(clip + "/lm/" + state + "/norm")), 1e-4);
        }
    EXPECT_GE(compared, 4);
}

TEST_P(DecoderGolden, LogitsEqualTheReference) {
    const torch::NoGradGuard guard;
    int compared = 0;
    for (const std::string clip : {"chirp31", "cards", "text"})
        for (const std::string& state : states()) {
            const std::string name = clip + "/logits/" + state;
            if (!m_expect.has(name))
                continue;
            const torch::Tensor merged = expect(clip + "/merged").unsqueeze(0);
            const torch::Tensor hidden = m_decoder->hidden(
                merged, {merged.size(1)}, stateFromName(state), nullptr, GetParam().mode);
            const torch::Tensor wanted = expect(name);
            const torch::Tensor logits = m_decoder->logits(hidden[0]).narrow(
                0, merged.size(1) - wanted.size(0), wanted.size(0));
            EXPECT_LT(maxDifference(logits, wanted), 1e-4) << clip << ' ' << state;
            ++compared;
        }
    EXPECT_GE(compared, 3);
}

TEST_P(DecoderGolden, SharedPromptLogProbsEqualTheReference) {
    const torch::NoGradGuard guard;
    int compared = 0;
    for (const std::string clip : {"chirp31", "cards", "text"})
        for (const std::string& state : states()) {
            const std::string name = clip + "/nll/" + state;
            if (!m_expect.has(name))
                continue;
            const AnswerScores scores = answerLogProbs(m_decoder, prefill(clip, state),
                                                       answer(clip), stateFromName(state), 1.0);
            EXPECT_LT(maxDifference(-scores.logProbs[0], expect(name)), 5e-5) << name;
            ++compared;
        }
    EXPECT_GE(compared, 3);
}

TEST_P(DecoderGolden, AdapterGradientsEqualTheReference) {
    int compared = 0;
    for (const std::string state : {"on", "peft", "on+peft"}) {
        if (!m_json["gradients"].contains(state))
            continue;
        LoraAdapter& adapter = state == std::string("on") ? *m_bundled : *m_peft;
        adapter.setTrainable(true);
        const AnswerScores scores = answerLogProbs(m_decoder, prefill("chirp31", state),
                                                   answer("chirp31"), stateFromName(state), 1.0);
        const torch::Tensor loss = -scores.logProbs.mean();
        EXPECT_NEAR(loss.item<double>(), m_json["gradients"][state]["loss"].get<double>(), 1e-5);
        const auto gradients = torch::autograd::grad({loss}, adapter.parameters());
        for (std::size_t i = 0; i < gradients.size(); ++i) {
            // stored as lora_A/layers.N.self_attn.q_proj
            const std::string& own = adapter.names()[i];
            const std::string key = "grad/" + state + "/" + own.substr(own.size() - 6) + "/" +
                                    own.substr(0, own.size() - 7);
            const torch::Tensor wanted = expect(key);
            EXPECT_LT(maxDifference(gradients[i], wanted) / wanted.abs().max().item<double>(),
                      1.5e-4)
                << key;
            ++compared;
        }
        adapter.setTrainable(false);
    }
    EXPECT_GE(compared, 8);
}

TEST_P(DecoderGolden, GreedyAnswersEqualTheReference) {
    GenerationConfig config;
    config.greedy = true;
    config.maxCompletionLength = 20;
    int compared = 0;
    for (const std::string clip : {"chirp31", "cards"})
        for (const std::string& state : states()) {
            const auto wanted = this->clip(clip)["greedy"][state].get<std::vector<std::int64_t>>();
            const torch::NoGradGuard guard;
            const Generated generated =
                generate(m_decoder, prefill(clip, state), 3, config, {}, stateFromName(state));
            for (std::int64_t row = 0; row < 3; ++row) {
                std::vector<std::int64_t> ids;
                for (std::size_t t = 0; t < wanted.size(); ++t)
                    ids.push_back(
                        generated.ids[row][static_cast<std::int64_t>(t)].item<std::int64_t>());
                EXPECT_EQ(ids, wanted) << clip << ' ' << state;
            }
            ++compared;
        }
    EXPECT_GE(compared, 4);
}

TEST_P(DecoderGolden, ParameterNamesAreTheCheckpoints) {
    const CheckpointWeights weights(goldenModel(GetParam().model));
    std::size_t stored = 0;
    for (const std::string& name : weights.names())
        stored += name.starts_with("language_model.") ? 1 : 0;
    EXPECT_EQ(m_decoder->named_parameters().size(), stored);
    for (const auto& parameter : m_decoder->named_parameters())
        EXPECT_TRUE(weights.has("language_model." + parameter.key())) << parameter.key();
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, DecoderGolden,
                         testing::Values(GoldenCase{"g33-tied", MergeMode::Fold},
                                         GoldenCase{"g33-tied", MergeMode::Separate},
                                         GoldenCase{"g33-sharded", MergeMode::Fold},
                                         GoldenCase{"g33-sharded", MergeMode::Separate},
                                         GoldenCase{"g41-untied", MergeMode::Fold},
                                         GoldenCase{"g41-untied", MergeMode::Separate},
                                         GoldenCase{"plus", MergeMode::Fold},
                                         GoldenCase{"plus", MergeMode::Separate}));

} // namespace
} // namespace viva::test
