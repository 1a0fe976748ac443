// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/nn/safetensors.h"
#include "core/train/optimizer.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace viva {

/// Parameters with the optimizer's memory of them.
struct Moments {
    std::vector<std::string> names;
    std::vector<torch::Tensor> values; ///< empty when the values are kept elsewhere
    AdamWState optimizer;
    NamedTensors buffers{}; ///< a module's running statistics; empty where it has none
};

/// What a file of moments held.
struct StoredMoments {
    Moments moments;
    std::map<std::string, std::string> facts;
    std::string origin;

    /// A fact as a whole number. @throws Error(Format) when it is missing or none.
    [[nodiscard]] std::int64_t number(const std::string& fact) const;
};

/// One safetensors file: "value/<name>", "exp_avg/<name>", "exp_avg_sq/<name>", "buffer/<name>",
/// the number of updates and `facts` in its metadata. All or nothing. @throws Error(Io)
void saveMoments(const std::filesystem::path& file, const Moments& moments,
                 const std::map<std::string, std::string>& facts);

/// Reads it back in the order of `names`, as copies. @throws Error(NotFound | Format) naming file
/// and tensor.
[[nodiscard]] StoredMoments loadMoments(const std::filesystem::path& file,
                                        const std::vector<std::string>& names,
                                        const std::vector<std::string>& bufferNames = {});

/// Puts a training back where saveMoments() found it: values and optimizer by the optimizer's
/// parameters, buffers by name. Nothing has changed when it throws.
/// @throws Error(Format | ShapeMismatch) naming file, tensor and both shapes.
void restoreMoments(const StoredMoments& stored, AdamW& optimizer,
                    const NamedTensors& buffers = {});

} // namespace viva
