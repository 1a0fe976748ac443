// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/data/utterance.h"
#include "core/soundcard/recorder.h"
#include "core/store/project_store.h"

#include <memory>

namespace viva {

/// `viva record`: a clip from the microphone into a project.
class RecordCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "record"; }
    [[nodiscard]] std::string help() const override {
        return "record a clip from the microphone into a project";
    }
    void declare(CLI::App& app) override;
    int run(Interrupt& interrupt) override;

private:
    [[nodiscard]] int listDevices() const;
    [[nodiscard]] int recover() const;
    [[nodiscard]] Utterance labels() const;
    [[nodiscard]] RecordedTake record(Interrupt& interrupt) const;
    [[nodiscard]] std::int64_t keep(const RecordedTake& take, const Utterance& wanted) const;
    void report(const RecordedTake& take, std::int64_t clip) const;

    std::string m_project;
    std::string m_device;
    std::string m_name;
    std::string m_task;
    std::string m_question;
    std::vector<std::string> m_references;
    std::string m_text;
    std::string m_speaker;
    std::string m_language;
    std::string m_split;
    std::vector<std::string> m_tags;
    double m_seconds = 0;
    bool m_list = false;
    bool m_recover = false;
    bool m_json = false;
    bool m_quiet = false;
    std::unique_ptr<ProjectStore> m_store; ///< open while the command runs
};

} // namespace viva
