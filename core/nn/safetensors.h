// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/safetensors_view.h"

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace viva {

/// Tensors with their names, in the order of the file.
using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

[[nodiscard]] torch::ScalarType toScalarType(TensorDtype dtype);
/// @throws Error(InvalidArgument) for types that safetensors files of ours do not hold.
[[nodiscard]] TensorDtype toTensorDtype(torch::ScalarType type);

/// A safetensors file as torch tensors that point into the mapped file.
///
/// The tensors keep the mapping alive and outlive this object. The mapping is read-only: copy a
/// tensor before writing to it. Several threads may read at once.
class SafetensorsFile {
public:
    /// @throws Error as SafetensorsView does.
    explicit SafetensorsFile(const std::filesystem::path& path);

    [[nodiscard]] std::vector<std::string> names() const { return m_view->names(); }
    [[nodiscard]] bool has(std::string_view name) const { return m_view->find(name) != nullptr; }
    /// On the CPU, in the stored dtype. @throws Error(NotFound) naming the file and the tensor.
    [[nodiscard]] torch::Tensor tensor(std::string_view name) const;
    /// Gives the memory back that reading the tensor took; its values stay readable.
    void release(std::string_view name) const { m_view->release(m_view->get(name)); }
    [[nodiscard]] const std::map<std::string, std::string>& metadata() const {
        return m_view->metadata();
    }

private:
    std::shared_ptr<const SafetensorsView> m_view;
};

/// Every tensor of a file, as SafetensorsFile::tensor gives it.
[[nodiscard]] NamedTensors readSafetensors(const std::filesystem::path& path);

/// Writes a safetensors file all or nothing; tensors are taken one at a time to the CPU.
///
/// The data are ordered by element size, then name, so that every tensor is aligned; the same
/// tensors give the same bytes. With `floatingDtype`, floating tensors are converted while they are
/// written.
/// @throws Error(InvalidArgument) for a name that comes twice or a dtype that cannot be stored,
/// Error(Io) as writeFileAtomically does.
void saveSafetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                     const std::map<std::string, std::string>& metadata = {{"format", "pt"}},
                     std::optional<torch::ScalarType> floatingDtype = {});

} // namespace viva
