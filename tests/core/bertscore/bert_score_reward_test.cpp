// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bertscore/bert_score_reward.h"

#include "core/base/atomic_file.h"
#include "core/rewards/reward_registry.h"
#include "core/verify/model/verify_bert_score.h"
#include "tests/support/error_code.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Texts = std::vector<std::string>;

const fs::path kMetrics = fs::path(VIVA_GOLDEN_DIR) / "metrics";

std::unique_ptr<Reward> makeFrom(const fs::path& folder, json options = json::object()) {
    options["model"] = folder.string();
    return makeRewardFromJson("bertscore", options, rewardServices(Device::Cpu));
}

class BertScoreFamily : public testing::TestWithParam<const char*> {};

TEST_P(BertScoreFamily, GoldenValuesAgree) {
    VerifySet set;
    verifyBertScoreFile(kMetrics / (std::string("bertscore_") + GetParam() + ".jsonl"), {}, set);
    ASSERT_EQ(set.lines.size(), 3u); // token ids, scores, hidden states
    for (const VerifyLine& line : set.lines) {
        EXPECT_TRUE(line.ok()) << line.quantity << ": " << line.worstCase << " " << line.worst;
        EXPECT_GT(line.cases, 10) << line.quantity;
    }
    EXPECT_TRUE(set.notes.empty());
}

INSTANTIATE_TEST_SUITE_P(All, BertScoreFamily, testing::Values("bert", "roberta", "xlmr"));

TEST(BertScoreReward, EqualTextsScoreOneAndTheReasonNamesTheModel) {
    const auto reward = makeFrom(kMetrics / "bertscore" / "bert");
    const RewardBreakdown out = reward->score("the same words", Texts{"the same words"});
    EXPECT_NEAR(out.value, 1.0, 1e-6);
    EXPECT_NE(out.reason.find("bert, layer 2 of 3"), std::string::npos) << out.reason;
    EXPECT_EQ(reward->score("", Texts{"a"}).value, 0.0);
}

TEST(BertScoreReward, BatchesAndRepeatsChangeNothing) {
    const auto together = makeFrom(kMetrics / "bertscore" / "roberta");
    const auto alone = makeFrom(kMetrics / "bertscore" / "roberta");
    const Texts answers{"short", "a longer answer of several words, indeed", "", "short"};
    const std::vector<Texts> references{
        {"short one"}, {"another", "a long answer"}, {"x"}, {"short one"}};
    const auto batch = together->scoreAll(answers, references);
    const auto again = together->scoreAll(answers, references);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        EXPECT_NEAR(batch[i].value, alone->score(answers[i], references[i]).value, 1e-5) << i;
        EXPECT_EQ(batch[i].value, again[i].value) << i;
    }
    EXPECT_EQ(batch[0].value, batch[3].value);
}

TEST(BertScoreReward, EachFigureTakesItsOwnBestReference) {
    const auto reward = makeFrom(kMetrics / "bertscore" / "bert");
    const RewardBreakdown first = reward->score("the cat sat", Texts{"a dog"});
    const RewardBreakdown second = reward->score("the cat sat", Texts{"the cat"});
    const RewardBreakdown both = reward->score("the cat sat", Texts{"a dog", "the cat"});
    for (std::size_t part = 0; part < 3; ++part)
        EXPECT_NEAR(both.parts[part].second,
                    std::max(first.parts[part].second, second.parts[part].second), 1e-5);
}

TEST(BertScoreReward, OptionsChangeTheScore) {
    const fs::path folder = kMetrics / "bertscore" / "roberta";
    const Texts refs{"the cat is on the mat"};
    const double standard = makeFrom(folder)->score("the dog is here", refs).value;
    EXPECT_NE(standard, makeFrom(folder, {{"layer", 1}})->score("the dog is here", refs).value);
    EXPECT_NE(standard,
              makeFrom(folder, {{"prefix_space", false}})->score("the dog is here", refs).value);
    // one reference: every token of it weighs log(2/2) = 0, and there is no recall
    const auto idf = makeFrom(folder, {{"idf", true}})->score("the dog is here", refs);
    EXPECT_EQ(idf.value, 0.0);
    EXPECT_NE(idf.reason.find("weighs 0"), std::string::npos) << idf.reason;
}

TEST(BertScoreReward, RefusesFoldersThatAreNoModel) {
    test::TempDir folder;
    EXPECT_EQ(codeOf([] { static_cast<void>(makeFrom("")); }), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf([&] { static_cast<void>(makeFrom(folder / "none")); }), ErrorCode::NotFound);
    EXPECT_EQ(codeOf([&] {
                  static_cast<void>(makeFrom(kMetrics / "bertscore" / "bert", {{"layer", 4}}));
              }),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf([&] {
                  static_cast<void>(makeFrom(kMetrics / "bertscore" / "bert", {{"layr", 1}}));
              }),
              ErrorCode::Format);
    const auto changed = [&](const char* key, const json& value) {
        fs::remove_all(folder / "model");
        fs::copy(kMetrics / "bertscore" / "bert", folder / "model");
        json config = json::parse(readFile(folder / "model" / "config.json"));
        config[key] = value;
        writeFileAtomically(folder / "model" / "config.json", config.dump());
        return codeOf([&] { static_cast<void>(makeFrom(folder / "model")); });
    };
    EXPECT_EQ(changed("model_type", "gpt2"), ErrorCode::InvalidArgument);
    EXPECT_EQ(changed("hidden_act", "swish"), ErrorCode::InvalidArgument);
    EXPECT_EQ(changed("hidden_size", 64), ErrorCode::ShapeMismatch);
    EXPECT_EQ(changed("num_attention_heads", 5), ErrorCode::Format);
    EXPECT_EQ(changed("vocab_size", -1), ErrorCode::Format);
    EXPECT_EQ(changed("num_hidden_layers", 9), ErrorCode::NotFound);
    EXPECT_EQ(changed("max_position_embeddings", "many"), ErrorCode::Format);
    fs::copy(kMetrics / "bertscore" / "bert", folder / "cut");
    writeFileAtomically(folder / "cut" / "model.safetensors", "short");
    EXPECT_EQ(codeOf([&] { static_cast<void>(makeFrom(folder / "cut")); }), ErrorCode::Format);
}

TEST(BertScoreReward, AMissingModelIsANoteOfVerify) {
    test::TempDir folder;
    writeFileAtomically(folder / "bertscore_x.jsonl", "{\"header\": {\"model\": \"nowhere\"}}\n");
    VerifySet set;
    verifyBertScoreFile(folder / "bertscore_x.jsonl", {}, set);
    EXPECT_EQ(set.notes.size(), 1u);
    EXPECT_TRUE(set.lines.empty());
}

} // namespace
} // namespace viva
