// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/store/clip_records.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace viva {

class ClipStore;

/// `viva data WHAT --project P`: the clips of a project, listed, edited, split, checked, exported.
class DataCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "data"; }
    [[nodiscard]] std::string help() const override {
        return "list, edit, split, check and export the clips of a project";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    using Action = std::function<int(Interrupt&)>;
    CLI::App* add(CLI::App& app, const char* name, const char* help, Action action);
    void declareViews(CLI::App& app);
    void declareEdits(CLI::App& app);
    void declareFiles(CLI::App& app);
    void addFilter(CLI::App& app);

    int list() const;
    int show() const;
    int facets() const;
    int imports() const;
    int faults() const;
    int edit() const;
    int remove() const;
    int split() const;
    int step(bool backwards) const;
    int leaks(Interrupt& interrupt) const;
    int exportAll(Interrupt& interrupt) const;
    int check(Interrupt& interrupt) const;
    [[nodiscard]] ClipRecord changed(ClipRecord clip) const;
    void tellChange(const char* what, std::size_t clips) const;

    std::vector<std::pair<CLI::App*, Action>> m_actions;
    std::string m_project;
    ClipFilter m_filter;
    std::string m_order = "added";
    std::size_t m_limit = 50;
    std::vector<std::string> m_clips; ///< names or numbers
    std::int64_t m_import = 0;
    std::vector<std::string> m_fields; ///< "field=value"
    std::string m_task = "sqa";
    std::string m_question;
    std::vector<std::string> m_references;
    bool m_dropTasks = false;
    std::string m_by = "clip";
    std::vector<std::string> m_shares; ///< "split=share"
    std::string m_to;
    std::uint64_t m_seed = 0;
    bool m_keep = false;
    bool m_hash = false;
    std::string m_folder;
    bool m_json = false;
    bool m_quiet = false;
};

} // namespace viva
