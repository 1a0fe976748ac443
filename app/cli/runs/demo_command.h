// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/config/train_config.h"

#include <cstdint>

namespace viva {

/// `viva demo`: the built-in model learns by GRPO, and held-out clips are scored before and after.
/// With --compare it learns by SFT, GRPO, MP-GRPO and RL + SFT from several seeds; what a project
/// holds already of that is not done again.
class DemoCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "demo"; }
    [[nodiscard]] std::string help() const override {
        return "train the built-in model with GRPO and show held-out BLEU before and after";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    [[nodiscard]] TrainConfig config() const;
    int compare(Interrupt& interrupt);

    std::string m_project;
    std::uint64_t m_seed = 0;
    int m_seeds = 3;
    bool m_compare = false;
    int m_steps = 0;
    int m_threads = 0;
    Device m_device = Device::Auto;
    bool m_quick = false;
    bool m_json = false;
    bool m_quiet = false;
};

} // namespace viva
