// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace viva {

/// `viva score HYPOTHESES REFERENCES...`: texts against references, a sentence a line.
class ScoreCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "score"; }
    [[nodiscard]] std::string help() const override {
        return "score a file of answers against one or more files of references";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    std::string m_hypotheses;
    std::vector<std::string> m_references;
    std::vector<std::string> m_rewards;
    std::string m_tokenize = "13a";
    std::string m_smoothing = "exp";
    bool m_lowercase = false;
    bool m_sentences = false;
    bool m_json = false;
};

} // namespace viva
