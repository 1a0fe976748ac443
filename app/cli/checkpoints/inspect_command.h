// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "app/cli/model_options.h"
#include "core/modelcard/model_card.h"

namespace viva {

/// `viva inspect DIR`: what a checkpoint folder holds and what a run on it would need; with a clip
/// or a prompt, every stage of one pass into a file.
class InspectCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "inspect"; }
    [[nodiscard]] std::string help() const override {
        return "say what a model folder holds; write what it computes";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    int tellCard(const ModelCard& card) const;
    int tellWeights(const ModelCard& card) const;
    int dump(Interrupt& interrupt) const;

    ModelOptions m_model;
    std::string m_clip;
    std::string m_prompt;
    std::string m_system;
    std::string m_dump;
    std::string m_weights;
    double m_clipSec = 10;
    bool m_withoutBundled = false;
    bool m_json = false;
};

} // namespace viva
