// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "app/cli/model_options.h"
#include "core/data/dataset.h"

#include <cstdint>
#include <optional>

namespace viva {

/// `viva evaluate`: a split, greedy and sampled, with corpus BLEU over several seeds.
class EvaluateCommand final : public Command {
public:
    EvaluateCommand();
    [[nodiscard]] std::string name() const override { return "evaluate"; }
    [[nodiscard]] std::string help() const override {
        return "answer the held-out clips of a data set and score the answers";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    [[nodiscard]] Dataset dataset() const;
    [[nodiscard]] std::vector<EvalItem> items() const;
    /// nullopt when it was interrupted.
    [[nodiscard]] std::optional<EvaluationReport> report(InferenceSession& session,
                                                         const std::vector<EvalItem>& items,
                                                         bool greedy, Interrupt& interrupt) const;

    ModelOptions m_model;
    SamplingOptions m_sampling;
    std::string m_data = "demo";
    std::string m_project;
    std::vector<std::string> m_splits{"validation", "test"};
    std::vector<std::string> m_tasks;
    std::string m_decoding = "both";
    int m_passes = 1;
    int m_maxItems = 0;
    std::uint64_t m_seed = 0;
    bool m_byVoice = false;
    bool m_lowercase = false;
    bool m_withAnswers = false;
    bool m_json = false;
    bool m_quiet = false;
};

} // namespace viva
