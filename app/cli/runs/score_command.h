// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "app/cli/runs/score_rewards.h"
#include "core/rewards/metrics/bleu.h"

#include <cstdint>

namespace viva {

/// `viva score HYPOTHESES REFERENCES...`: texts against references, a sentence a line; or with
/// --project the stored groups of a run.
class ScoreCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "score"; }
    [[nodiscard]] std::string help() const override {
        return "score a file of answers, or the stored groups of a run, by any reward";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    [[nodiscard]] ScoreItems readItems() const;
    [[nodiscard]] BleuOptions bleuOptions() const;
    [[nodiscard]] RewardMix makeMix() const;
    void printSentences(const ScoreItems& items, const RewardMix& mix,
                        const ScoreResults& results) const;
    void printSummary(const ScoreItems& items, const RewardMix& mix,
                      const ScoreResults& results) const;

    std::string m_hypotheses;
    std::vector<std::string> m_references;
    std::vector<std::string> m_rewards;
    std::string m_project;
    std::int64_t m_run = 0;
    std::int64_t m_step = 0;
    std::size_t m_groupSize = 0;
    std::string m_tokenizer;
    Device m_device = Device::Auto;
    std::string m_tokenize = "13a";
    std::string m_smoothing = "exp";
    bool m_lowercase = false;
    bool m_sentences = false;
    bool m_list = false;
    bool m_json = false;
};

} // namespace viva
