// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/checkpoint/shape_bench.h"

namespace viva {

/// `viva bench --shape NAME`: a model of a published shape with random weights samples and trains
/// GRPO steps; time and peak memory, beside what was estimated.
class BenchCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "bench"; }
    [[nodiscard]] std::string help() const override {
        return "time and memory of a GRPO step at a published model's size";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    ShapeBenchRequest m_request;
    std::vector<std::string> m_settings; ///< key=value of any training option
    bool m_force = false;
    bool m_estimateOnly = false;
    bool m_json = false;
};

} // namespace viva
