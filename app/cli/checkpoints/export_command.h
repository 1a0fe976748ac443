// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

#include <cstdint>
#include <optional>

namespace viva {

/// `viva export`: the adapter of a run, or of a folder, for other programs.
class ExportCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "export"; }
    [[nodiscard]] std::string help() const override {
        return "write a trained adapter for transformers and PEFT";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    std::string m_project;
    std::string m_adapter;
    std::string m_output;
    std::string m_style = "peft";
    std::optional<std::int64_t> m_run;
    bool m_json = false;
};

} // namespace viva
