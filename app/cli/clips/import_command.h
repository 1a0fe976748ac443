// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/project/clip_import.h"

#include <cstddef>

namespace viva {

/// `viva import PATH --project P`: a data set, a table or a folder of sounds into a project.
class ImportCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "import"; }
    [[nodiscard]] std::string help() const override {
        return "bring a data set, a table or a folder of sounds into a project";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    [[nodiscard]] ClipImportRequest request() const;
    [[nodiscard]] std::optional<ColumnMapping> mapping(const ClipImportRequest& request) const;
    int preview(const ClipImportRequest& request) const;
    int import(const ClipImportRequest& request, Interrupt& interrupt) const;
    [[nodiscard]] ImportReport rehearse(const ClipImportRequest& request, Interrupt& interrupt,
                                        const ImportListener& told) const;
    [[nodiscard]] ImportReport bring(const ClipImportRequest& request, Interrupt& interrupt,
                                     const ImportListener& told) const;
    void tell(const ImportReport& report) const;

    std::string m_path;
    std::string m_project;
    std::string m_format;
    std::string m_audio;
    std::string m_split;
    std::string m_task;
    std::string m_question;
    std::string m_language;
    std::string m_target;
    std::string m_mappingName;
    std::string m_saveMapping;
    std::vector<std::string> m_columns; ///< "field=column"
    std::vector<std::string> m_fixed;   ///< "field=value"
    std::string m_separator;
    std::string m_delimiter;
    std::size_t m_previewRows = 0;
    std::size_t m_shownFaults = 20;
    bool m_copy = false;
    bool m_check = false;
    bool m_dryRun = false;
    bool m_formats = false;
    bool m_json = false;
    bool m_quiet = false;
};

} // namespace viva
