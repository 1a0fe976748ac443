// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace viva {

/// `viva pretrain`: makes a small base model from a corpus, from random weights.
class PretrainCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "pretrain"; }
    [[nodiscard]] std::string help() const override {
        return "make a small base model from a corpus: tokenizer, encoder, language model";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    std::string m_recipe;
    std::string m_manifest;
    std::string m_model;
    std::string m_work;
    int m_threads = 0;
    bool m_json = false;
    bool m_quiet = false;
};

} // namespace viva
