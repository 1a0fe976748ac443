// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/bert_score_options.h"

#include "core/base/error.h"
#include "core/rewards/reward_option_reader.h"

#include <array>

namespace viva {
namespace {

using enum RewardOptionKind;

constexpr std::array kBertScore{
    RewardOption{"model", Folder, "", "a folder",
                 "A BERT, RoBERTa or XLM-R checkpoint in Hugging Face's format, such as "
                 "roberta-large for English or bert-base-multilingual-cased for German."},
    RewardOption{"layer", Whole, "", "1..layers",
                 "Whose embeddings are compared; empty: the one bert_score takes for the model."},
    RewardOption{"value", Choice, "f", "f|precision|recall",
                 "precision: the answer's words in the reference; recall: the reference's in the "
                 "answer; f: both."},
    RewardOption{"idf", Switch, "false", "", "Rare words of the references weigh more."},
    RewardOption{"prefix_space", Switch, "true", "",
                 "RoBERTa: a space before the first word, as with transformers 4; 5 has none."},
};

BertScoreOptions readOptions(RewardOptionReader& options) {
    BertScoreOptions out;
    options.read("model", out.model);
    options.read("layer", out.layer);
    const std::string value = options.text("value");
    out.figure = value == "f"           ? BertScoreFigure::F
                 : value == "precision" ? BertScoreFigure::Precision
                                        : BertScoreFigure::Recall;
    options.read("idf", out.idf);
    options.read("prefix_space", out.prefixSpace);
    if (out.model.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "reward bertscore: there is no model; give the folder of a BERT, RoBERTa or "
                    "XLM-R checkpoint, as \"model\": \"models/roberta-large\"");
    return out;
}

std::unique_ptr<Reward> bertScoreFrom(std::string_view, RewardOptionReader& options,
                                      const RewardServices& services) {
    if (!services.makeBertScore)
        throw Error(ErrorCode::InvalidArgument, "reward bertscore needs a network and this program "
                                                "runs none; use another reward");
    return services.makeBertScore(readOptions(options));
}

} // namespace

std::span<const RewardInfo> bertScoreRewards() {
    static constexpr std::array kRewards{
        RewardInfo{.name = "bertscore",
                   .description =
                       "BERTScore: words matched by their meaning in context, by a model on disk.",
                   .range = {-1.0, 1.0},
                   .needsOptions = true,
                   .options = kBertScore,
                   .make = bertScoreFrom},
    };
    return kRewards;
}

} // namespace viva
