// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/chat_template.h"

#include "core/base/atomic_file.h"
#include "core/base/json_reader.h"
#include "core/tokenizer/tokenizer.h"
#include "tests/support/error_code.h"
#include "tests/support/text_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

namespace fs = std::filesystem;

class GoldenTemplate : public testing::TestWithParam<const char*> {
protected:
    fs::path folder = fs::path(VIVA_GOLDEN_DIR) / "models" / GetParam();
    nlohmann::json expected = readJsonFile(folder / "expect.json");
};

TEST_P(GoldenTemplate, RendersEveryConversation) {
    const ChatTemplate chat = ChatTemplate::load(folder);
    ASSERT_GE(expected.at("chat_template").size(), 4u);
    for (const nlohmann::json& entry : expected["chat_template"]) {
        std::vector<ChatMessage> messages;
        for (const nlohmann::json& message : entry.at("messages"))
            messages.push_back({message.at("role"), message.at("content")});
        EXPECT_EQ(chat.render(messages, entry.at("add_generation_prompt")),
                  entry.at("text").get<std::string>());
    }
}

TEST_P(GoldenTemplate, BuildsThePromptsOfTheClips) {
    const ChatTemplate chat = ChatTemplate::load(folder);
    std::optional<std::string_view> system;
    if (chat.style() == PromptStyle::RoleTokens)
        system = "You are Viva, a small test model.";
    EXPECT_EQ(buildPrompt(chat.style(), system,
                          "<|audio|>can you transcribe the speech into a written format?"),
              expected.at("clips").at("chirp31").at("prompt").get<std::string>());
    EXPECT_EQ(buildPrompt(chat.style(), system, "where is the green book?"),
              expected.at("text_only").at("prompt").get<std::string>());
}

TEST_P(GoldenTemplate, TokenizesAsTheCheckpointDoes) {
    const auto tokenizer = Tokenizer::load(folder / "tokenizer.json");
    for (const nlohmann::json& entry : expected.at("tokenizer")) {
        const std::vector<std::int64_t> ids = entry.at("ids");
        EXPECT_EQ(tokenizer->encode(entry.at("text").get<std::string>()), ids) << entry;
        EXPECT_EQ(tokenizer->decode(ids, false), entry.at("decoded").get<std::string>());
        EXPECT_EQ(tokenizer->decode(ids, true),
                  entry.at("decoded_skip_special").get<std::string>());
    }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenTemplate,
                         testing::Values("g33-tied", "g33-sharded", "g41-untied", "plus"),
                         [](const auto& golden) {
                             std::string name = golden.param;
                             std::erase(name, '-');
                             return name;
                         });

TEST(ChatTemplate, WithoutSystemTurnThereIsNone) {
    EXPECT_EQ(buildPrompt(PromptStyle::RoleTokens, std::nullopt, "<|audio|>Where?"),
              "<|start_of_role|>user<|end_of_role|><|audio|>Where?<|end_of_text|>\n"
              "<|start_of_role|>assistant<|end_of_role|>");
}

TEST(ChatTemplate, TodaysDateBecomesTheFixedOne) {
    const ChatTemplate chat = ChatTemplate::fromText(
        "{%- set system_message = \"Today's Date: \" + strftime_now('%B %d, %Y') %}"
        "{{ '<|start_of_role|>system<|end_of_role|>' + system_message + '<|end_of_text|>\\n' }}",
        "test");
    ASSERT_TRUE(chat.defaultSystem().has_value());
    EXPECT_NE(chat.defaultSystem()->find("December 19, 2024"), std::string::npos);
}

TEST(ChatTemplate, EscapesInTheDefaultTurnAreResolved) {
    const ChatTemplate chat = ChatTemplate::fromText(
        "{{ '<|start_of_role|>system<|end_of_role|>Don\\'t\\nguess.<|end_of_text|>\\n' }}", "test");
    EXPECT_EQ(chat.defaultSystem().value_or(""), "Don't\nguess.");
}

TEST(ChatTemplate, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(codeOf([] { static_cast<void>(ChatTemplate::fromText("[INST] {{ m }}", "test")); }),
              ErrorCode::Format);
    const TempFolder folder;
    EXPECT_EQ(codeOf([&] { static_cast<void>(ChatTemplate::load(folder.path())); }),
              ErrorCode::NotFound);
    writeFileAtomically(folder.path() / "tokenizer_config.json", R"({"chat_template": 3})");
    EXPECT_EQ(codeOf([&] { static_cast<void>(ChatTemplate::load(folder.path())); }),
              ErrorCode::Format);
}

} // namespace
} // namespace viva
