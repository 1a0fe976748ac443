// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace viva {

/// How the tensors of an adapter are called in its file.
enum class AdapterFileStyle {
    Peft,      ///< for PeftModel.from_pretrained and load_adapter
    Checkpoint ///< as a checkpoint keeps its own adapter beside its weights
};

struct ExportResult {
    std::int64_t tensors = 0;
    bool withProjector = false;
};

/// The newest checkpoint of a run, or of the newest run that has one.
/// @throws Error(NotFound) when there is none.
[[nodiscard]] std::filesystem::path checkpointOf(const std::filesystem::path& project,
                                                 std::optional<std::int64_t> run);

/// Writes an adapter of either style into a folder of its own in the other or the same style:
/// adapter_config.json and adapter_model.safetensors, values unchanged.
/// @throws Error naming file and cure; Error(InvalidArgument) when the output is not empty or whole
/// weights were trained, which no adapter holds.
ExportResult exportAdapter(const std::filesystem::path& adapter,
                           const std::filesystem::path& output, AdapterFileStyle style);

} // namespace viva
