// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bertscore/bert_score_reward.h"

#include "core/bertscore/bert_score.h"
#include "core/nn/device.h"
#include "core/nn/error_translation.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>

namespace viva {
namespace {

constexpr std::size_t kMostKept = 1024; // texts whose embeddings are remembered

class BertScoreReward final : public BatchReward {
public:
    BertScoreReward(const BertScoreOptions& options, const torch::Device& device)
        : m_scorer(options.model, device,
                   {.layer = options.layer, .prefixSpace = options.prefixSpace}),
          m_figure(options.figure), m_idf(options.idf) {}

    [[nodiscard]] std::string_view name() const override { return "bertscore"; }

    [[nodiscard]] std::vector<RewardBreakdown>
    scoreAll(std::span<const std::string> answers,
             std::span<const std::vector<std::string>> references) const override {
        requireSameCount(name(), answers, references);
        std::vector<std::string> texts(answers.begin(), answers.end());
        std::vector<std::string> allReferences;
        for (const auto& list : references) {
            requireReferences(name(), list);
            allReferences.insert(allReferences.end(), list.begin(), list.end());
        }
        texts.insert(texts.end(), allReferences.begin(), allReferences.end());
        return translated("scoring with BERTScore", [&] {
            const Embeddings embedded = embeddingsOf(texts);
            const IdfWeights weights = m_idf ? m_scorer.idf(allReferences) : IdfWeights{};
            std::vector<RewardBreakdown> out;
            for (std::size_t i = 0; i < answers.size(); ++i)
                out.push_back(best(embedded, answers[i], references[i], weights));
            return out;
        });
    }

private:
    using Embeddings = std::unordered_map<std::string, std::shared_ptr<const EmbeddedText>>;

    /// Of every text; what is not remembered goes through the network in one call.
    [[nodiscard]] Embeddings embeddingsOf(const std::vector<std::string>& texts) const {
        Embeddings out;
        std::vector<std::string> missing;
        {
            const std::lock_guard lock(m_mutex);
            for (const std::string& text : texts) {
                if (!out.try_emplace(text).second)
                    continue;
                const auto found = m_kept.find(text);
                if (found != m_kept.end())
                    out[text] = found->second;
                else
                    missing.push_back(text);
            }
        }
        if (missing.empty())
            return out;
        std::vector<EmbeddedText> embedded = m_scorer.embed(missing);
        const std::lock_guard lock(m_mutex);
        if (m_kept.size() + missing.size() > kMostKept)
            m_kept.clear();
        for (std::size_t i = 0; i < missing.size(); ++i) {
            auto one = std::make_shared<const EmbeddedText>(
                EmbeddedText{embedded[i].ids, embedded[i].unit.clone()});
            out[missing[i]] = one;
            if (m_kept.size() < kMostKept)
                m_kept[missing[i]] = std::move(one);
        }
        return out;
    }

    /// Precision, recall and F each from the reference that is best for it.
    [[nodiscard]] RewardBreakdown best(const Embeddings& embedded, const std::string& answer,
                                       const std::vector<std::string>& references,
                                       const IdfWeights& weights) const {
        BertScoreValue top;
        for (std::size_t i = 0; i < references.size(); ++i) {
            const BertScoreValue one =
                m_scorer.match(*embedded.at(answer), *embedded.at(references[i]), weights);
            if (i == 0) {
                top = one;
                continue;
            }
            if (one.f > top.f) {
                top.weakestId = one.weakestId;
                top.weakestSimilarity = one.weakestSimilarity;
            }
            top.f = std::max(top.f, one.f);
            top.precision = std::max(top.precision, one.precision);
            top.recall = std::max(top.recall, one.recall);
        }
        return breakdown(top);
    }

    [[nodiscard]] RewardBreakdown breakdown(const BertScoreValue& value) const {
        RewardBreakdown out;
        const double precision = value.precision.value_or(0.0);
        const double recall = value.recall.value_or(0.0);
        out.value = m_figure == BertScoreFigure::F           ? value.f
                    : m_figure == BertScoreFigure::Precision ? precision
                                                             : recall;
        out.value = std::clamp(out.value, -1.0, 1.0);
        out.reason = fmt::format("BERTScore ({}): precision {:.4f}, recall {:.4f}, F {:.4f}",
                                 m_scorer.description(), precision, recall, value.f);
        if (!value.precision || !value.recall)
            out.reason += "; every token is in every reference and weighs 0, so there is no score";
        else if (value.weakestId >= 0)
            out.reason += fmt::format("; farthest from the reference is \"{}\" ({:.2f})",
                                      m_scorer.tokenText(value.weakestId), value.weakestSimilarity);
        out.parts = {{"precision", precision}, {"recall", recall}, {"f", value.f}};
        return out;
    }

    // immutable
    BertScorer m_scorer;
    BertScoreFigure m_figure;
    bool m_idf;
    // shared, guarded
    mutable std::mutex m_mutex;
    mutable Embeddings m_kept;
};

} // namespace

std::unique_ptr<Reward> makeBertScoreReward(const BertScoreOptions& options, Device device) {
    return translated("opening the model of reward bertscore", [&]() -> std::unique_ptr<Reward> {
        return std::make_unique<BertScoreReward>(options, findDevice(device));
    });
}

RewardServices rewardServices(Device device, TokenCounter countTokens) {
    return {std::move(countTokens), [device](const BertScoreOptions& options) {
                return makeBertScoreReward(options, device);
            }};
}

} // namespace viva
