// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace viva {

/// `viva verify FOLDER...`: compares what this program computes with golden sets.
class VerifyCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "verify"; }
    [[nodiscard]] std::string help() const override {
        return "compare features, tokenizers, metrics and models with golden sets";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    std::vector<std::string> m_folders;
    std::string m_bertScoreModel;
    bool m_json = false;
};

} // namespace viva
