// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace viva {

/// `viva merge`: folds an adapter into a checkpoint folder of its own.
class MergeCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "merge"; }
    [[nodiscard]] std::string help() const override {
        return "fold an adapter into a full checkpoint that transformers opens";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    std::string m_model = "demo";
    std::string m_adapter;
    std::string m_output;
    std::string m_dtype;
    double m_shardGb = 5;
    bool m_bundled = false;
    bool m_json = false;
};

} // namespace viva
