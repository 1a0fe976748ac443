// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/corpus/text_corpus.h"

namespace viva {

/// `viva corpus RECIPE FOLDER`: speaks the corpus of a recipe.
class CorpusCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "corpus"; }
    [[nodiscard]] std::string help() const override {
        return "speak somebody's texts, or the corpus of a recipe: clips and manifest";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    [[nodiscard]] CorpusReport speakRecipe(const CorpusBuildOptions& options) const;
    [[nodiscard]] CorpusReport speakTexts(const CorpusBuildOptions& options) const;
    void tell(const CorpusReport& report) const;

    std::string m_source; ///< recipe.json, or texts
    std::string m_folder;
    std::string m_project;
    std::vector<std::string> m_voices;
    TextCorpusOptions m_texts;
    std::vector<std::string> m_parts;
    int m_threads = 2;
    bool m_json = false;
    bool m_quiet = false;
};

} // namespace viva
