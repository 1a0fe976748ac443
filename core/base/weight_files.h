// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace viva {

/// A safetensors file of a checkpoint and the tensors in it that count.
struct WeightFile {
    std::filesystem::path path;
    bool everyTensor = false;       ///< the folder has no index: all of them count
    std::vector<std::string> names; ///< else those the index puts into this file, sorted
};

/// The weight files of a checkpoint folder, through its index or as its single file, never by
/// looking for files. Nothing is opened but the index.
/// @throws Error(NotFound) when the folder has neither, saying what it has instead, Error(Format)
/// for an index that is damaged or names files outside the folder.
[[nodiscard]] std::vector<WeightFile> findWeightFiles(const std::filesystem::path& folder);

} // namespace viva
