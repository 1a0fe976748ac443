// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// Element types that are read; the names in the file are the same, in capitals.
enum class TensorDtype { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool };

[[nodiscard]] std::string_view toString(TensorDtype dtype) noexcept;
[[nodiscard]] std::size_t bytesPerElement(TensorDtype dtype) noexcept;

/// One tensor of a file: row-major, little-endian. `bytes` points into the mapped file and lives as
/// long as its SafetensorsView; it need not be aligned to the element size.
struct TensorView {
    TensorDtype dtype = TensorDtype::F32;
    std::vector<std::int64_t> shape; ///< empty for a scalar
    std::span<const std::byte> bytes;

    [[nodiscard]] std::int64_t elements() const noexcept;
};

/// A safetensors file, mapped read-only and checked completely before anything is handed out.
///
/// The layout: 8 bytes length N of the header (little-endian), N bytes of JSON
/// {name: {dtype, shape, data_offsets}}, then the data. Checked: N against the file, every offset
/// against the data, each size against shape and dtype (with overflow), that the tensors fill the
/// data without overlap or gap, and that no name comes twice. Copies nothing; several threads may
/// read at once.
class SafetensorsView {
public:
    static constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
    static constexpr std::size_t kMaxTensors = 200'000;

    /// @throws Error(NotFound) where there is no file, Error(Io) for a folder or no permission,
    /// Error(Format) naming the file, the tensor and both values for everything else.
    explicit SafetensorsView(const std::filesystem::path& path);
    ~SafetensorsView();
    SafetensorsView(SafetensorsView&&) noexcept;
    SafetensorsView& operator=(SafetensorsView&&) noexcept;
    SafetensorsView(const SafetensorsView&) = delete;
    SafetensorsView& operator=(const SafetensorsView&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept;
    /// All names, sorted.
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] std::size_t size() const noexcept;
    /// Null when the file has no such tensor.
    [[nodiscard]] const TensorView* find(std::string_view name) const noexcept;
    /// @throws Error(NotFound) naming the file and the tensor.
    [[nodiscard]] const TensorView& get(std::string_view name) const;
    /// Tells the system that a tensor's pages of the mapped file are not needed again soon, so that
    /// reading a large file through does not fill the memory; reading them anew still works.
    void release(const TensorView& tensor) const noexcept;
    /// The header's __metadata__ (text to text).
    [[nodiscard]] const std::map<std::string, std::string>& metadata() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// The values as float32; F64 is rounded, F16 and BF16 are widened, integers are converted.
[[nodiscard]] std::vector<float> toFloats(const TensorView& tensor);

} // namespace viva
