// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/tokenizer/tokenizer.h"
#include "tests/support/text_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <thread>

namespace viva {
namespace {

class DamagedTokenizer : public testing::Test {
protected:
    TempFolder folder;
    nlohmann::json file = readJsonFile(std::filesystem::path(VIVA_GOLDEN_DIR) / "tokenizers" /
                                       "granite33" / "tokenizer.json");

    /// The error that the text gives; it must name the file.
    ErrorInfo errorOf(const std::string& text) {
        const auto path = folder.path() / "tokenizer.json";
        writeFileAtomically(path, text);
        try {
            static_cast<void>(Tokenizer::load(path));
        } catch (const Error& error) {
            EXPECT_NE(error.info().text().find("tokenizer.json"), std::string::npos)
                << error.info().text();
            return error.info();
        }
        ADD_FAILURE() << "no error";
        return {};
    }
    void expectFormat(const std::string& part) {
        const ErrorInfo error = errorOf(file.dump());
        EXPECT_EQ(error.code, ErrorCode::Format);
        EXPECT_NE(error.text().find(part), std::string::npos) << error.text();
    }
};

TEST_F(DamagedTokenizer, MergeOfAMissingToken) {
    file["model"]["merges"][7] = "zq qz";
    expectFormat("merges[7]");
}

TEST_F(DamagedTokenizer, MergeThatIsNoPair) {
    file["model"]["merges"][3] = "alone";
    expectFormat("merges[3]");
    file["model"]["merges"][3] = {"a", 4};
    expectFormat("merges[3]");
}

TEST_F(DamagedTokenizer, UnknownKinds) {
    const nlohmann::json good = file;
    file["model"]["type"] = "Magic";
    expectFormat("Magic");
    file = good;
    file["pre_tokenizer"]["pretokenizers"][0]["type"] = "Scissors";
    expectFormat("pretokenizers[0]");
    file = good;
    file["normalizer"] = {{"type", "Polish"}};
    expectFormat("Polish");
    file = good;
    file["decoder"] = {{"type", "Enigma"}};
    expectFormat("Enigma");
    file = good;
    file["post_processor"] = {{"type", "Garnish"}};
    expectFormat("Garnish");
}

TEST_F(DamagedTokenizer, WrongJsonTypes) {
    const nlohmann::json good = file;
    file["model"] = "BPE";
    expectFormat("model");
    file = good;
    file["model"]["vocab"]["a"] = "seven";
    expectFormat("vocab");
    file = good;
    file["model"]["vocab"]["a"] = 99999999999;
    expectFormat("vocab");
    file = good;
    file["added_tokens"][1]["id"] = -4;
    expectFormat("added_tokens[1]");
    file = good;
    file["added_tokens"] = "none";
    expectFormat("added_tokens");
    file = good;
    file.erase("model");
    expectFormat("model");
}

TEST_F(DamagedTokenizer, BadRegularExpression) {
    file["pre_tokenizer"] = {
        {"type", "Split"}, {"pattern", {{"Regex", "(unclosed"}}}, {"behavior", "Isolated"}};
    expectFormat("unclosed");
}

TEST_F(DamagedTokenizer, CutOffOrEmptyOrMissing) {
    const std::string text = file.dump();
    EXPECT_EQ(errorOf(text.substr(0, text.size() / 2)).code, ErrorCode::Format);
    EXPECT_EQ(errorOf("").code, ErrorCode::Format);
    EXPECT_EQ(errorOf("[]").code, ErrorCode::Format);
    try {
        static_cast<void>(Tokenizer::load(folder.path() / "elsewhere.json"));
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
    }
    EXPECT_THROW(static_cast<void>(Tokenizer::load(folder.path())), Error);
}

TEST(DamagedCharacterMap, IsRefused) {
    const TempFolder folder;
    nlohmann::json file = readJsonFile(std::filesystem::path(VIVA_GOLDEN_DIR) / "tokenizers" /
                                       "xlmr" / "tokenizer.json");
    for (const char* map : {"!!!!", "AAAA/w==", ""}) {
        file["normalizer"]["precompiled_charsmap"] = map;
        writeFileAtomically(folder.path() / "tokenizer.json", file.dump());
        try {
            static_cast<void>(Tokenizer::load(folder.path() / "tokenizer.json"));
            ADD_FAILURE() << "no error for " << map;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::Format);
        }
    }
}

TEST(Tokenizer, IllFormedTextIsReadAsReplacementCharacters) {
    const auto tokenizer = Tokenizer::load(std::filesystem::path(VIVA_GOLDEN_DIR) / "tokenizers" /
                                           "granite33" / "tokenizer.json");
    const std::string broken = "a\xE6\x97"
                               "b\xFF";
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(broken)), "a\xEF\xBF\xBD"
                                                            "b\xEF\xBF\xBD");
}

TEST(Tokenizer, ThreadsGetTheSameIds) {
    const auto tokenizer = Tokenizer::load(std::filesystem::path(VIVA_GOLDEN_DIR) / "tokenizers" /
                                           "granite40" / "tokenizer.json");
    std::vector<std::string> texts;
    for (int i = 0; i < 200; ++i)
        texts.push_back("word" + std::to_string(i) + " and " + std::to_string(i * 7) + " more");
    std::vector<std::vector<std::vector<std::int64_t>>> results(4);
    {
        std::vector<std::jthread> threads;
        for (auto& result : results)
            threads.emplace_back([&] {
                for (const std::string& text : texts)
                    result.push_back(tokenizer->encode(text));
            });
    }
    for (const auto& result : results)
        EXPECT_EQ(result, results.front());
    EXPECT_EQ(tokenizer->decode(results.front().back()), texts.back());
}

} // namespace
} // namespace viva
