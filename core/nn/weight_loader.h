// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/weight_name.h"
#include "core/nn/safetensors.h"

#include <torch/torch.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// The weights of a checkpoint folder, found through its index or its single file, never by looking
/// for files; mapped, not read.
class CheckpointWeights {
public:
    /// `nameOf`: the canonical name of a stored one.
    /// @throws Error(NotFound) when the folder has no model.safetensors and no index,
    /// Error(Format) for an index that names files outside the folder, tensors their files lack, or
    /// two stored names of one weight.
    explicit CheckpointWeights(const std::filesystem::path& folder,
                               std::string (*nameOf)(std::string_view) = canonicalWeightName);

    [[nodiscard]] bool has(std::string_view name) const;
    /// Canonical names, sorted.
    [[nodiscard]] std::vector<std::string> names() const;
    /// As stored, pointing into the mapped file. @throws Error(NotFound).
    [[nodiscard]] torch::Tensor tensor(std::string_view name) const;
    /// Gives the memory back that reading the weight took. @throws Error(NotFound).
    void release(std::string_view name) const;
    /// Floating-point values in all weights together.
    [[nodiscard]] std::int64_t parameters() const;
    /// The name as the file has it. @throws Error(NotFound).
    [[nodiscard]] const std::string& storedName(std::string_view name) const;
    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
    /// What was unusual, in words.
    [[nodiscard]] const std::vector<std::string>& notes() const { return m_notes; }

private:
    struct Place {
        std::string storedName;
        std::shared_ptr<const SafetensorsFile> file;
    };

    void add(const std::string& stored, const std::string& name,
             std::shared_ptr<const SafetensorsFile> file);
    [[nodiscard]] const Place& place(std::string_view name) const;

    std::filesystem::path m_folder;
    std::map<std::string, Place, std::less<>> m_places;
    std::vector<std::string> m_notes;
};

/// A parameter or buffer that waits for its stored values.
struct WeightTarget {
    std::string name; ///< canonical
    torch::Tensor tensor;
    bool required = true;
};

/// Parameters and buffers of a module, each name with `prefix` before it. Counters of BatchNorm are
/// not required.
[[nodiscard]] std::vector<WeightTarget> weightTargets(const torch::nn::Module& module,
                                                      const std::string& prefix);

struct LoadHooks {
    std::function<void(std::int64_t done, std::int64_t total)> progress; ///< tensors; may be empty
    std::stop_token stop;
};

/// Copies stored values into the targets, converting the dtype tensor by tensor; the mapped pages
/// are given back as it goes, so that there is never a second copy of the model in memory.
///
/// Everything is compared before anything is copied. @return false when the stop token ended it.
/// @throws Error(Format), or Error(ShapeMismatch) when shapes alone are wrong: one message with all
/// missing, unexpected and mis-shaped names; Error(Format) for a value that is not a finite number.
bool loadWeights(const CheckpointWeights& weights, const std::vector<WeightTarget>& targets,
                 const LoadHooks& hooks = {});

} // namespace viva
