// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/reward_option_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace viva {
namespace {

constexpr auto kChoice = RewardOptionKind::Choice;
constexpr auto kSwitch = RewardOptionKind::Switch;
constexpr auto kWhole = RewardOptionKind::Whole;
constexpr auto kReal = RewardOptionKind::Real;
constexpr auto kText = RewardOptionKind::Text;
constexpr auto kFolder = RewardOptionKind::Folder;
constexpr auto kObject = RewardOptionKind::Object;

constexpr std::array kBleu{
    RewardOption{"tokenize", kChoice, "13a", "13a|intl|char|none",
                 "How a text is cut into words: 13a as in published scores, intl by Unicode's "
                 "punctuation, char into characters (Chinese, Japanese), none at white space."},
    RewardOption{"smoothing", kChoice, "exp", "exp|floor|add-k|none",
                 "What stands in for an order of word sequences without a match: without smoothing "
                 "such an answer scores 0."},
    RewardOption{"smooth_value", kReal, "", "at least 0",
                 "The amount of floor (0.1) and add-k (1)."},
    RewardOption{"lowercase", kSwitch, "false", "", "Capital letters make no difference."},
    RewardOption{"effective_order", kSwitch, "true", "",
                 "Answers of fewer than four words are scored by the orders that they have."},
};
constexpr std::array kHfBleu{
    RewardOption{"smoothing", kChoice, "all", "all|orders_2_4|none",
                 "Adds one to the counts of all orders, of word pairs and longer, or of none."},
};
constexpr RewardOption kCharOrder{"char_order", kWhole, "6", "1..8",
                                  "Longest run of characters that is compared."};
constexpr std::string_view kWordOrderEffect = "Longest run of words that is compared besides.";
constexpr RewardOption kChrfBeta{"beta", kReal, "2", "above 0",
                                 "How many times recall counts as much as precision."};
constexpr RewardOption kLowercase{"lowercase", kSwitch, "false", "",
                                  "Capital letters make no difference."};
constexpr RewardOption kWhitespace{"whitespace", kSwitch, "false", "",
                                   "White space belongs to the runs of characters."};
constexpr RewardOption kEpsSmoothing{"eps_smoothing", kSwitch, "false", "",
                                     "Takes the mean over all orders, as chrF++.py does."};
constexpr std::array kChrf{
    kCharOrder,  RewardOption{"word_order", kWhole, "0", "0..8", kWordOrderEffect},
    kChrfBeta,   kLowercase,
    kWhitespace, kEpsSmoothing};
constexpr std::array kChrfpp{
    kCharOrder,  RewardOption{"word_order", kWhole, "2", "0..8", kWordOrderEffect},
    kChrfBeta,   kLowercase,
    kWhitespace, kEpsSmoothing};
constexpr std::array kRouge{
    RewardOption{"use_stemmer", kSwitch, "false", "",
                 "Compares English words by their stems: running meets runs."},
    RewardOption{"value", kChoice, "f", "f|precision|recall",
                 "precision: the share of the answer that is right; recall: the share of the "
                 "reference that is found; f: both."},
};
constexpr std::array kTer{
    RewardOption{"normalized", kSwitch, "false", "", "Sets punctuation marks apart from words."},
    RewardOption{"no_punct", kSwitch, "false", "", "Drops punctuation marks."},
    RewardOption{"asian_support", kSwitch, "false", "",
                 "Cuts Chinese and Japanese into characters; with normalized or no_punct."},
    RewardOption{"case_sensitive", kSwitch, "false", "", "Capital letters make a difference."},
};
constexpr std::array kMeteor{
    RewardOption{"alpha", kReal, "0.9", "0..1",
                 "Weight of precision in the divisor: near 1, recall decides."},
    RewardOption{"beta", kReal, "3", "0..100", "How sharply the penalty for disorder sets in."},
    RewardOption{"gamma", kReal, "0.5", "0..1", "The largest penalty for disorder."},
    RewardOption{"tokenize", kChoice, "nltk", "nltk|treebank|split",
                 "How a text is cut into words: as NLTK does, one sentence at a time or as a whole "
                 "(treebank), or at white space."},
    RewardOption{"wordnet", kFolder, "auto", "folder, auto or none",
                 "WordNet 3.0 for synonyms; auto looks where systems keep it, none does without."},
    RewardOption{"punkt", kFolder, "auto", "folder, auto or none",
                 "NLTK's list of abbreviations for the cut into sentences."},
};
constexpr RewardOption kIgnorePunctuation{"ignore_punctuation", kSwitch, "false", "",
                                          "Punctuation marks make no difference."};
constexpr std::array kComparison{kLowercase, kIgnorePunctuation};
constexpr std::array kContains{
    RewardOption{"mode", kChoice, "any", "any|all|share",
                 "Whether any reference is enough, all must occur, or their share counts."},
    RewardOption{"whole_words", kSwitch, "true", "", "\"art\" does not occur in \"start\"."},
    RewardOption{"lowercase", kSwitch, "true", "", "Capital letters make no difference."},
    RewardOption{"ignore_punctuation", kSwitch, "true", "",
                 "Punctuation marks make no difference."},
};
constexpr std::array kNumberMatch{
    RewardOption{"mode", kChoice, "f1", "f1|all|last",
                 "f1: how many numbers agree; all: one only if all do; last: the last number "
                 "decides, as in worked answers."},
    RewardOption{"decimal", kChoice, "point", "point|comma",
                 "Which mark divides: with comma, 3,5 is three and a half."},
    RewardOption{"tolerance", kReal, "0", "0..1",
                 "Numbers that differ by this share of the reference's are still equal."},
};
constexpr std::array kLength{
    RewardOption{"unit", kChoice, "words", "words|characters|tokens", "What is counted."},
    RewardOption{"min", kWhole, "", "at least 0", "Shorter loses; empty: the reference's length."},
    RewardOption{"max", kWhole, "", "at least min",
                 "Longer loses; empty: the reference's length, or no bound where min is given."},
    RewardOption{"slack", kWhole, "0", "at least 0",
                 "Outside the band the value falls to 0 over so many units."},
};
constexpr std::array kOverLength{
    RewardOption{"unit", kChoice, "tokens", "tokens|words|characters",
                 "What is counted; words where there is no tokenizer."},
    RewardOption{"max_length", kWhole, "200", "at least 1", "Longer answers cost 1."},
    RewardOption{"cache", kWhole, "40", "0..max_length",
                 "The cost grows from 0 to 1 over the last so many before the limit."},
};
constexpr std::array kRepetition{
    RewardOption{"ngram", kWhole, "3", "1..8", "How many words a repeated sequence has."},
    RewardOption{"max_penalty", kReal, "-1", "-100..0", "What an answer that only repeats gets."},
};
constexpr std::array kFormat{
    RewardOption{"pattern", kText, "", "a PCRE2 expression",
                 "The regular expression, such as [A-D] or (?s)<think>.*</think>.*; (?i) in front "
                 "ignores case."},
    RewardOption{"where", kChoice, "whole", "whole|part",
                 "Whether the answer as a whole must match or a part of it is enough."},
    RewardOption{"strip", kSwitch, "true", "", "White space at the ends does not count."},
};
constexpr std::array kBertScore{
    RewardOption{"model", kFolder, "", "a folder",
                 "A BERT, RoBERTa or XLM-R checkpoint in Hugging Face's format, such as "
                 "roberta-large for English or bert-base-multilingual-cased for German."},
    RewardOption{"layer", kWhole, "", "1..layers",
                 "Whose embeddings are compared; empty: the one bert_score takes for the model."},
    RewardOption{"value", kChoice, "f", "f|precision|recall",
                 "precision: the answer's words in the reference; recall: the reference's in the "
                 "answer; f: both."},
    RewardOption{"idf", kSwitch, "false", "", "Rare words of the references weigh more."},
    RewardOption{"prefix_space", kSwitch, "true", "",
                 "RoBERTa: a space before the first word, as with transformers 4; 5 has none."},
};
constexpr std::array kExpression{
    RewardOption{"expression", kText, "", "a formula",
                 "Scores, lengths, comparisons and functions, such as 0.8*bleu + 0.2*(words <= "
                 "20)."},
    RewardOption{"outside", kChoice, "clamp", "clamp|refuse",
                 "Values beyond 0 and 1 are cut, or a formula that can reach them is refused."},
    RewardOption{"scores", kObject, "", "{\"name\": {\"reward\": ..., \"options\": {...}}}",
                 "Names for rewards with options of their own, such as {\"stems\": {\"reward\": "
                 "\"rougeL\", \"options\": {\"use_stemmer\": true}}}."},
};

struct Entry {
    std::string_view reward;
    std::span<const RewardOption> options;
};

constexpr std::array kEntries{
    Entry{"bleu", kBleu},
    Entry{"bleu_hf", kHfBleu},
    Entry{"chrf", kChrf},
    Entry{"chrfpp", kChrfpp},
    Entry{"rouge1", kRouge},
    Entry{"rouge2", kRouge},
    Entry{"rougeL", kRouge},
    Entry{"rougeLsum", kRouge},
    Entry{"ter", kTer},
    Entry{"meteor", kMeteor},
    Entry{"wer", kComparison},
    Entry{"cer", kComparison},
    Entry{"exact_match", kComparison},
    Entry{"contains", kContains},
    Entry{"number_match", kNumberMatch},
    Entry{"length", kLength},
    Entry{"over_length", kOverLength},
    Entry{"repetition", kRepetition},
    Entry{"format", kFormat},
    Entry{"bertscore", kBertScore},
    Entry{"expression", kExpression},
};

} // namespace

std::span<const RewardOption> rewardOptions(std::string_view reward) noexcept {
    for (const Entry& entry : kEntries)
        if (entry.reward == reward)
            return entry.options;
    return {};
}

std::string rewardOptionValues(const RewardOption& option) {
    if (option.kind == RewardOptionKind::Switch)
        return "true | false";
    std::string out;
    for (const char c : option.values)
        out += c == '|' && option.kind == RewardOptionKind::Choice ? " | " : std::string(1, c);
    return out;
}

std::string rewardOptionsText(std::string_view reward) {
    std::string out;
    for (const RewardOption& option : rewardOptions(reward)) {
        out += fmt::format("{}{}: {}", out.empty() ? "" : "; ", option.key,
                           rewardOptionValues(option));
        if (!option.standard.empty())
            out += fmt::format(" ({})", option.standard);
    }
    return out;
}

} // namespace viva
