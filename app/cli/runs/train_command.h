// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "app/cli/runs/train_options.h"

namespace viva {

/// `viva train`: a new run from a configuration, or an interrupted one to its end.
class TrainCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "train"; }
    [[nodiscard]] std::string help() const override {
        return "train a model, or go on with a run that was stopped or interrupted";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    TrainOptions m_options;
    std::string m_project;
    std::string m_resume; ///< the number of a run; empty = the newest that can be gone on with
    bool m_resumeAsked = false;
    bool m_json = false;
    bool m_quiet = false;
    bool m_printConfig = false;
    bool m_listOptions = false;
    bool m_listPresets = false;
};

} // namespace viva
