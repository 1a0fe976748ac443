// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "app/cli/model_options.h"

#include <cstdint>

namespace viva {

/// `viva answer CLIP QUESTION`: what the model says, once or several times.
class AnswerCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "answer"; }
    [[nodiscard]] std::string help() const override {
        return "ask a model a question about a clip";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    ModelOptions m_model;
    SamplingOptions m_sampling;
    std::string m_clip;
    std::string m_question;
    int m_count = 1;
    std::uint64_t m_seed = 0;
    bool m_sample = false;
    bool m_json = false;
};

} // namespace viva
