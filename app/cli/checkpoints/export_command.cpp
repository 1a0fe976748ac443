// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/checkpoints/export_command.h"

#include "core/base/error.h"
#include "core/checkpoint/export_adapter.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace viva {

void ExportCommand::declare(CLI::App& app) {
    auto* project = app.add_option("--project", m_project, "project whose run is exported")
                        ->type_name("NAME.viva");
    app.add_option("--run", m_run, "number of the run; left out: the newest with a checkpoint")
        ->needs(project);
    app.add_option("--adapter", m_adapter, "folder of an adapter, such as a checkpoint, instead")
        ->type_name("DIR")
        ->excludes(project);
    app.add_option("--out", m_output, "folder to make")->required()->type_name("DIR");
    app.add_option("--style", m_style,
                   "peft for PeftModel.from_pretrained; granite to lie beside the base model")
        ->check(CLI::IsMember({"peft", "granite"}));
    app.add_flag("--json", m_json, "one JSON object");
}

int ExportCommand::run(Interrupt& /*interrupt*/) {
    if (m_project.empty() && m_adapter.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "say what to export: --project NAME.viva or --adapter DIR");
    const std::filesystem::path adapter =
        m_adapter.empty() ? checkpointOf(m_project, m_run) : std::filesystem::path(m_adapter);
    const ExportResult result =
        exportAdapter(adapter, m_output,
                      m_style == "granite" ? AdapterFileStyle::Checkpoint : AdapterFileStyle::Peft);
    if (m_json)
        fmt::print("{}\n", nlohmann::ordered_json{{"folder", m_output},
                                                  {"from", adapter.string()},
                                                  {"tensors", result.tensors},
                                                  {"with_projector", result.withProjector}}
                               .dump());
    else
        fmt::print("{}: {} tensors{} from {}\n", m_output, result.tensors,
                   result.withProjector ? ", the projector among them," : "", adapter.string());
    return exit_code::kOk;
}

std::unique_ptr<Command> makeExportCommand() {
    return std::make_unique<ExportCommand>();
}

} // namespace viva
