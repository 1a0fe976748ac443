// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/safetensors.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace viva {

namespace {

using Json = nlohmann::ordered_json;

bool isAligned(const TensorView& view) {
    const auto address = reinterpret_cast<std::uintptr_t>(view.bytes.data());
    return address % bytesPerElement(view.dtype) == 0;
}

/// A tensor on its way into a file.
struct Entry {
    std::string name;
    torch::Tensor tensor;
    torch::ScalarType dtype;

    [[nodiscard]] std::uint64_t bytes() const {
        return static_cast<std::uint64_t>(tensor.numel()) * torch::elementSize(dtype);
    }
};

std::vector<Entry> fileOrder(const NamedTensors& tensors,
                             std::optional<torch::ScalarType> floatingDtype) {
    std::vector<Entry> order;
    order.reserve(tensors.size());
    for (const auto& [name, tensor] : tensors) {
        const bool convert = floatingDtype && tensor.is_floating_point();
        order.push_back({name, tensor, convert ? *floatingDtype : tensor.scalar_type()});
    }
    std::sort(order.begin(), order.end(), [](const Entry& a, const Entry& b) {
        const auto sizeA = torch::elementSize(a.dtype);
        const auto sizeB = torch::elementSize(b.dtype);
        return sizeA != sizeB ? sizeA > sizeB : a.name < b.name;
    });
    return order;
}

std::string headerText(const std::vector<Entry>& order,
                       const std::map<std::string, std::string>& metadata) {
    Json header = Json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::uint64_t offset = 0;
    for (const Entry& entry : order) {
        const std::uint64_t end = offset + entry.bytes();
        if (header.contains(entry.name))
            throw Error(ErrorCode::InvalidArgument,
                        "saveSafetensors: the tensor name \"" + entry.name + "\" comes twice");
        header[entry.name] = Json{{"dtype", toString(toTensorDtype(entry.dtype))},
                                  {"shape", entry.tensor.sizes().vec()},
                                  {"data_offsets", {offset, end}}};
        offset = end;
    }
    std::string text = header.dump();
    // Spaces behind the JSON put the data on an eight-byte border.
    text.resize((text.size() + 7) / 8 * 8, ' ');
    return text;
}

} // namespace

torch::ScalarType toScalarType(TensorDtype dtype) {
    switch (dtype) {
    case TensorDtype::F64:
        return torch::kFloat64;
    case TensorDtype::F32:
        return torch::kFloat32;
    case TensorDtype::F16:
        return torch::kFloat16;
    case TensorDtype::BF16:
        return torch::kBFloat16;
    case TensorDtype::I64:
        return torch::kInt64;
    case TensorDtype::I32:
        return torch::kInt32;
    case TensorDtype::I16:
        return torch::kInt16;
    case TensorDtype::I8:
        return torch::kInt8;
    case TensorDtype::U8:
        return torch::kUInt8;
    case TensorDtype::Bool:
        return torch::kBool;
    }
    throw Error(ErrorCode::Internal, "toScalarType: unknown dtype");
}

TensorDtype toTensorDtype(torch::ScalarType type) {
    for (const auto dtype :
         {TensorDtype::F64, TensorDtype::F32, TensorDtype::F16, TensorDtype::BF16, TensorDtype::I64,
          TensorDtype::I32, TensorDtype::I16, TensorDtype::I8, TensorDtype::U8, TensorDtype::Bool})
        if (toScalarType(dtype) == type)
            return dtype;
    throw Error(ErrorCode::InvalidArgument, std::string("saveSafetensors: dtype ") +
                                                torch::toString(type) + " cannot be stored");
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : m_view(std::make_shared<SafetensorsView>(path)) {}

torch::Tensor SafetensorsFile::tensor(std::string_view name) const {
    const TensorView& view = m_view->get(name);
    const auto options = torch::TensorOptions().dtype(toScalarType(view.dtype));
    if (view.bytes.empty())
        return torch::empty(view.shape, options);
    if (!isAligned(view)) {
        torch::Tensor copy = torch::empty(view.shape, options);
        std::memcpy(copy.data_ptr(), view.bytes.data(), view.bytes.size());
        return copy;
    }
    // from_blob wants a mutable pointer; nobody writes through it (see the class comment).
    auto* data = const_cast<std::byte*>(view.bytes.data());
    return torch::from_blob(
        data, view.shape, [keep = m_view](void*) {}, options);
}

NamedTensors readSafetensors(const std::filesystem::path& path) {
    const SafetensorsFile file(path);
    NamedTensors tensors;
    for (const auto& name : file.names())
        tensors.emplace_back(name, file.tensor(name));
    return tensors;
}

void saveSafetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                     const std::map<std::string, std::string>& metadata,
                     std::optional<torch::ScalarType> floatingDtype) {
    const auto order = fileOrder(tensors, floatingDtype);
    const std::string header = headerText(order, metadata);
    writeFileAtomically(path, [&](std::ostream& out) {
        const std::uint64_t length = header.size();
        char bytes[8];
        for (int i = 0; i < 8; ++i)
            bytes[i] = static_cast<char>((length >> (8 * i)) & 0xff);
        out.write(bytes, sizeof(bytes));
        out.write(header.data(), static_cast<std::streamsize>(header.size()));
        for (const Entry& entry : order) {
            const torch::Tensor data =
                entry.tensor.detach().to(torch::kCPU, entry.dtype).contiguous();
            out.write(static_cast<const char*>(data.data_ptr()),
                      static_cast<std::streamsize>(data.nbytes()));
        }
    });
}

} // namespace viva
