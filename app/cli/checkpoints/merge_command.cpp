// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/checkpoints/merge_command.h"

#include "app/cli/interrupt.h"
#include "app/cli/model_options.h"
#include "app/cli/progress_line.h"
#include "core/checkpoint/merge_model.h"
#include "core/config/memory_estimate.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {

void MergeCommand::declare(CLI::App& app) {
    app.add_option("--model", m_model, "checkpoint folder, or demo");
    app.add_option("--adapter", m_adapter, "folder of the adapter to fold in");
    app.add_option("--out", m_output, "folder to make")->required()->type_name("DIR");
    app.add_flag("--bundled", m_bundled,
                 "fold the checkpoint's own adapter in too; else it stays beside the weights");
    app.add_option("--dtype", m_dtype, "dtype of the files; left out: as they are")
        ->check(CLI::IsMember({"float32", "bfloat16", "float16"}));
    app.add_option("--shard-gb", m_shardGb, "largest weight file")->check(CLI::Range(0.001, 1e6));
    app.add_flag("--json", m_json, "one JSON object");
}

int MergeCommand::run(Interrupt& interrupt) {
    const Interrupt::Grace grace(interrupt);
    ModelOptions model;
    model.model = m_model;
    MergeRequest request;
    request.modelFolder = model.choice().modelFolder;
    request.adapterFolder = m_adapter;
    request.outputFolder = m_output;
    request.foldBundled = m_bundled;
    request.dtype = m_dtype;
    request.shardBytes = static_cast<std::uint64_t>(m_shardGb * 1e9);
    MergeResult result;
    {
        ProgressLine line("merging", m_json);
        result = mergeAdapter(
            request, [&](double share) { line.show(share); }, interrupt.token());
    }
    if (result.stopped)
        return interrupt.exitCode();
    if (m_json) {
        const nlohmann::ordered_json out{{"folder", m_output},
                                         {"folded_layers", result.foldedLayers},
                                         {"replaced_weights", result.replacedWeights},
                                         {"files", result.files},
                                         {"bytes", result.bytes}};
        fmt::print("{}\n", out.dump());
        return exit_code::kOk;
    }
    fmt::print("{}: {} layers folded, {} weights replaced, {} in {} file{}\n", m_output,
               result.foldedLayers, result.replacedWeights, bytesText(result.bytes),
               result.files.size(), result.files.size() == 1 ? "" : "s");
    return exit_code::kOk;
}

std::unique_ptr<Command> makeMergeCommand() {
    return std::make_unique<MergeCommand>();
}

} // namespace viva
