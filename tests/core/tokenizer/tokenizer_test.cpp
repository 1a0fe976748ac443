// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/tokenizer.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <sstream>
#include <thread>

namespace viva {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::int64_t>;

fs::path goldenFolder() {
    return fs::path(VIVA_GOLDEN_DIR) / "tokenizers";
}

std::vector<nlohmann::json> readLines(const fs::path& path) {
    std::istringstream in(readFile(path));
    std::vector<nlohmann::json> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(parseJson(line, path.string()));
    if (!lines.empty())
        lines.erase(lines.begin()); // provenance
    return lines;
}

class GoldenTokenizer : public testing::TestWithParam<const char*> {
protected:
    fs::path folder = goldenFolder() / GetParam();
    std::unique_ptr<Tokenizer> tokenizer = Tokenizer::load(folder / "tokenizer.json");
};

TEST_P(GoldenTokenizer, EncodesAndDecodesEveryCase) {
    const auto lines = readLines(folder / "cases.jsonl");
    ASSERT_GT(lines.size(), 400u);
    for (const nlohmann::json& line : lines) {
        const auto text = line.at("text").get<std::string>();
        const Ids ids = line.at("ids");
        const Ids special = line.contains("ids_special") ? line["ids_special"].get<Ids>() : ids;
        const std::string decoded = line.value("decoded", text);
        EXPECT_EQ(tokenizer->encode(text), ids) << line;
        EXPECT_EQ(tokenizer->encode(text, true), special) << line;
        EXPECT_EQ(tokenizer->decode(special, false), decoded) << line;
        EXPECT_EQ(tokenizer->decode(special, true), line.value("decoded_skip", decoded)) << line;
    }
}

TEST_P(GoldenTokenizer, DecodesIdsThatNoTextGives) {
    const auto lines = readLines(folder / "decode.jsonl");
    ASSERT_GT(lines.size(), 100u);
    for (const nlohmann::json& line : lines) {
        const Ids ids = line.at("ids");
        const std::string decoded = line.at("decoded");
        EXPECT_EQ(tokenizer->decode(ids, false), decoded) << line;
        EXPECT_EQ(tokenizer->decode(ids, true), line.value("decoded_skip", decoded)) << line;
    }
}

TEST_P(GoldenTokenizer, FollowsTransformersFiveWhenAsked) {
    TokenizerOptions options;
    options.gpt2Pattern = true;
    const auto other = Tokenizer::load(folder / "tokenizer.json", options);
    int differing = 0;
    for (const nlohmann::json& line : readLines(folder / "cases.jsonl")) {
        if (!line.contains("ids_gpt2class"))
            continue;
        ++differing;
        EXPECT_EQ(other->encode(line.at("text").get<std::string>()),
                  line["ids_gpt2class"].get<Ids>())
            << line;
    }
    const std::string name = GetParam();
    EXPECT_EQ(differing > 0, name == "granite33" || name == "granite40");
}

INSTANTIATE_TEST_SUITE_P(All, GoldenTokenizer,
                         testing::Values("granite33", "granite40", "granite41plus", "bpe_flags",
                                         "roberta", "bert_cased", "bert_uncased", "xlmr"),
                         [](const auto& golden) { return std::string(golden.param); });

} // namespace
} // namespace viva
