// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/bpe_trainer.h"

#include "core/base/error.h"
#include "core/tokenizer/tokenizer.h"
#include "tests/support/text_folder.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace viva {
namespace {

std::vector<std::string> corpus() {
    std::vector<std::string> out;
    for (const char* who : {"The baker", "Die Lehrerin", "A doctor", "Der Schüler"})
        for (const char* what : {"opens", "verkauft", "counts 12", "trägt"})
            for (const char* object : {"the green umbrella.", "die rote Lampe.", "a suitcase?"})
                out.push_back(std::string(who) + " " + what + " " + object);
    return out;
}

BpeTrainerOptions sized(std::int64_t size) {
    BpeTrainerOptions options;
    options.vocabSize = size;
    return options;
}

TEST(BpeTrainer, MergesTheMostFrequentPairFirst) {
    const std::vector<std::string> texts{"abab abab", "ab cd cd"};
    BpeTrainerOptions options = sized(260 + 2);
    const TrainedBpe bpe = trainBpe(texts, options);
    ASSERT_EQ(bpe.merges.size(), 2u);
    EXPECT_EQ(bpe.merges[0], (std::pair<std::string, std::string>{"a", "b"})); // 5 times
    // then "ab"+"ab", "c"+"d" and "Ġ"+"c" twice each: the first in byte order
    EXPECT_EQ(bpe.merges[1], (std::pair<std::string, std::string>{"ab", "ab"}));
    EXPECT_EQ(bpe.tokens.front(), "<|end_of_text|>");
    EXPECT_EQ(bpe.tokens.back(), "<|audio|>");
    EXPECT_EQ(bpe.tokens.size(), 262u);
}

TEST(BpeTrainer, WrittenFilesReadBackAndRoundTrip) {
    const TempFolder folder;
    const auto texts = corpus();
    writeTokenizerFiles(folder.path(), trainBpe(texts, sized(340)));
    const auto tokenizer = Tokenizer::load(folder.path() / "tokenizer.json");
    EXPECT_EQ(tokenizer->vocabSize(), 340);
    EXPECT_EQ(tokenizer->idOf("<|audio|>"), 339);
    EXPECT_EQ(tokenizer->idOf("<|end_of_text|>"), 0);
    EXPECT_TRUE(tokenizer->isSpecial(339));
    EXPECT_EQ(tokenizer->encode("12").size(), 2u) << "digits stand alone";
    EXPECT_LT(tokenizer->encode("The baker opens").size(), 8u);
    EXPECT_EQ(ChatTemplate::load(folder.path()).defaultSystem(), std::nullopt);
    EXPECT_TRUE(rc::check("any text comes back", [&] {
        const auto text = *rc::gen::container<std::string>(
            rc::gen::element<char>('a', 'T', 'h', 'e', ' ', '1', '\n', '.', '\'', 's'));
        RC_ASSERT(tokenizer->decode(tokenizer->encode(text)) == text);
    }));
}

TEST(BpeTrainer, TheSameTextsGiveTheSameFiles) {
    const auto texts = corpus();
    EXPECT_EQ(tokenizerJsonText(trainBpe(texts, sized(320))),
              tokenizerJsonText(trainBpe(texts, sized(320))));
}

TEST(BpeTrainer, RefusesWhatCannotBe) {
    const auto codeOf = [](const std::vector<std::string>& texts,
                           const BpeTrainerOptions& options) {
        try {
            static_cast<void>(trainBpe(texts, options));
        } catch (const Error& error) {
            return error.code();
        }
        ADD_FAILURE() << "no error";
        return ErrorCode::Internal;
    };
    EXPECT_EQ(codeOf(corpus(), sized(259)), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf({"a b"}, sized(512)), ErrorCode::InvalidArgument);
    BpeTrainerOptions twice = sized(300);
    twice.trailingTokens.push_back("<|audio|>");
    EXPECT_EQ(codeOf(corpus(), twice), ErrorCode::InvalidArgument);
}

} // namespace
} // namespace viva
