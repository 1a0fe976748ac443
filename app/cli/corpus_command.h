// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace viva {

/// `viva corpus RECIPE FOLDER`: speaks the corpus of a recipe.
class CorpusCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "corpus"; }
    [[nodiscard]] std::string help() const override {
        return "speak the corpus of a recipe: clips and manifest";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    std::string m_recipe;
    std::string m_folder;
    std::vector<std::string> m_parts;
    int m_threads = 2;
    bool m_json = false;
    bool m_quiet = false;
};

} // namespace viva
