// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/safetensors_view.h"

#include "core/base/error.h"
#include "core/base/safetensors_header.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>

static_assert(std::endian::native == std::endian::little, "tensors are read as they lie");

namespace viva {
namespace {

namespace fs = std::filesystem;

/// A read-only mapping that closes itself.
class MappedFile {
public:
    explicit MappedFile(const fs::path& path) {
        const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0)
            fail(path, errno);
        struct stat status {};
        const bool known = ::fstat(fd, &status) == 0;
        const int reason = errno;
        if (known && S_ISREG(status.st_mode)) {
            m_size = static_cast<std::size_t>(status.st_size);
            if (m_size > 0)
                m_data = ::mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, fd, 0);
        }
        const int mapReason = errno;
        ::close(fd);
        if (!known)
            fail(path, reason);
        if (!S_ISREG(status.st_mode))
            throw Error(ErrorCode::Io,
                        fmt::format("{} is {} where a safetensors file is expected", path.string(),
                                    S_ISDIR(status.st_mode) ? "a folder" : "not a plain file"));
        if (m_data == MAP_FAILED)
            fail(path, mapReason);
    }
    ~MappedFile() {
        if (m_data != nullptr && m_data != MAP_FAILED)
            ::munmap(m_data, m_size);
    }
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    [[nodiscard]] std::span<const std::byte> bytes() const {
        return {static_cast<const std::byte*>(m_data), m_size};
    }

private:
    [[noreturn]] static void fail(const fs::path& path, int reason) {
        if (reason == ENOENT || reason == ENOTDIR)
            throw Error(ErrorCode::NotFound, fmt::format("{} does not exist", path.string()));
        throw Error(ErrorCode::Io,
                    fmt::format("cannot read {}: {}{}", path.string(), std::strerror(reason),
                                reason == EACCES ? "; ask for the right to read it" : ""));
    }

    void* m_data = nullptr;
    std::size_t m_size = 0;
};

bool startsWith(std::span<const std::byte> bytes, std::string_view magic) {
    return bytes.size() >= magic.size() &&
           std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

/// What a file is instead, for the sentence; empty when nothing is recognised.
std::string_view foreignFormat(std::span<const std::byte> bytes) {
    if (startsWith(bytes, "PK\x03\x04"))
        return "is a zip archive, as PyTorch's .bin and .pt files are; save it as safetensors";
    if (bytes.size() >= 2 && bytes[0] == std::byte{0x80} && bytes[1] >= std::byte{2} &&
        bytes[1] <= std::byte{5} && (bytes.size() < 9 || bytes[8] != std::byte{'{'}))
        return "is a Python pickle, which could run code; save it as safetensors";
    if (startsWith(bytes, "GGUF"))
        return "is a GGUF file; get the safetensors files of this model";
    if (startsWith(bytes, "version https://git-lfs"))
        return "is a Git LFS pointer, not the weights; fetch the file itself (git lfs pull)";
    if (startsWith(bytes, "\x1f\x8b"))
        return "is a gzip file; unpack it first";
    return {};
}

std::string_view headerOf(std::span<const std::byte> bytes, const std::string& origin) {
    const auto fail = [&](const std::string& what) {
        throw Error(ErrorCode::Format, fmt::format("{} {}", origin, what));
    };
    if (bytes.empty())
        fail("is empty where a safetensors file is expected");
    if (const std::string_view other = foreignFormat(bytes); !other.empty())
        fail(std::string(other));
    if (bytes.size() < 8)
        fail(fmt::format("has {} bytes, fewer than the 8 every safetensors file starts with; it "
                         "was cut short, get it again",
                         bytes.size()));
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof(length));
    if (length > bytes.size() - 8)
        fail(fmt::format("says that its header has {} bytes, but the file has {}; it is not a "
                         "safetensors file or was cut short, get it again",
                         length, bytes.size()));
    if (length > SafetensorsView::kMaxHeaderBytes)
        fail(fmt::format("has a header of {} bytes; at most {} are read", length,
                         SafetensorsView::kMaxHeaderBytes));
    if (length == 0 || bytes[8] != std::byte{'{'})
        fail("is not a safetensors file: its header does not start with {");
    return {reinterpret_cast<const char*>(bytes.data()) + 8, static_cast<std::size_t>(length)};
}

float halfToFloat(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1Fu;
    const std::uint32_t fraction = half & 0x3FFu;
    if (exponent == 0) {
        const float magnitude = static_cast<float>(fraction) * 0x1.0p-24f;
        return sign ? -magnitude : magnitude;
    }
    const std::uint32_t wide = exponent == 31 ? 0xFFu : exponent + 112u;
    return std::bit_cast<float>(sign | (wide << 23) | (fraction << 13));
}

template<typename Stored, typename Convert>
std::vector<float> convertAll(const TensorView& tensor, Convert convert) {
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        Stored stored{};
        std::memcpy(&stored, tensor.bytes.data() + i * sizeof(Stored), sizeof(Stored));
        values[i] = convert(stored);
    }
    return values;
}

template<typename Stored>
std::vector<float> castAll(const TensorView& tensor) {
    return convertAll<Stored>(tensor, [](Stored value) { return static_cast<float>(value); });
}

} // namespace

std::string_view toString(TensorDtype dtype) noexcept {
    switch (dtype) {
    case TensorDtype::F64:
        return "F64";
    case TensorDtype::F32:
        return "F32";
    case TensorDtype::F16:
        return "F16";
    case TensorDtype::BF16:
        return "BF16";
    case TensorDtype::I64:
        return "I64";
    case TensorDtype::I32:
        return "I32";
    case TensorDtype::I16:
        return "I16";
    case TensorDtype::I8:
        return "I8";
    case TensorDtype::U8:
        return "U8";
    case TensorDtype::Bool:
        return "BOOL";
    }
    return "F32";
}

std::size_t bytesPerElement(TensorDtype dtype) noexcept {
    switch (dtype) {
    case TensorDtype::F64:
    case TensorDtype::I64:
        return 8;
    case TensorDtype::F32:
    case TensorDtype::I32:
        return 4;
    case TensorDtype::F16:
    case TensorDtype::BF16:
    case TensorDtype::I16:
        return 2;
    case TensorDtype::I8:
    case TensorDtype::U8:
    case TensorDtype::Bool:
        return 1;
    }
    return 1;
}

std::int64_t TensorView::elements() const noexcept {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

struct SafetensorsView::Impl {
    struct Named {
        std::string name;
        TensorView view;
    };

    explicit Impl(const fs::path& where) : path(where), file(where) {
        const std::string origin = path.string();
        const std::string_view json = headerOf(file.bytes(), origin);
        const std::span<const std::byte> data = file.bytes().subspan(8 + json.size());
        SafetensorsHeader header = parseSafetensorsHeader(json, origin);
        checkSafetensorsLayout(header.entries, data.size(), origin);
        metadata = std::move(header.metadata);
        tensors.reserve(header.entries.size());
        for (SafetensorsEntry& entry : header.entries)
            tensors.push_back({std::move(entry.name),
                               {entry.dtype, std::move(entry.shape),
                                data.subspan(entry.begin, entry.end - entry.begin)}});
    }

    fs::path path;
    MappedFile file;
    std::vector<Named> tensors; // sorted by name
    std::map<std::string, std::string> metadata;
};

SafetensorsView::SafetensorsView(const fs::path& path) : m_impl(std::make_unique<Impl>(path)) {}
SafetensorsView::~SafetensorsView() = default;
SafetensorsView::SafetensorsView(SafetensorsView&&) noexcept = default;
SafetensorsView& SafetensorsView::operator=(SafetensorsView&&) noexcept = default;

const fs::path& SafetensorsView::path() const noexcept {
    return m_impl->path;
}

std::vector<std::string> SafetensorsView::names() const {
    std::vector<std::string> names;
    names.reserve(m_impl->tensors.size());
    for (const Impl::Named& tensor : m_impl->tensors)
        names.push_back(tensor.name);
    return names;
}

std::size_t SafetensorsView::size() const noexcept {
    return m_impl->tensors.size();
}

const TensorView* SafetensorsView::find(std::string_view name) const noexcept {
    const auto& tensors = m_impl->tensors;
    const auto at = std::lower_bound(
        tensors.begin(), tensors.end(), name,
        [](const Impl::Named& tensor, std::string_view wanted) { return tensor.name < wanted; });
    return at == tensors.end() || at->name != name ? nullptr : &at->view;
}

const TensorView& SafetensorsView::get(std::string_view name) const {
    const TensorView* found = find(name);
    if (found == nullptr)
        throw Error(ErrorCode::NotFound, fmt::format("{} holds no tensor \"{}\" among its {}",
                                                     m_impl->path.string(), name, size()));
    return *found;
}

void SafetensorsView::release(const TensorView& tensor) const noexcept {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(tensor.bytes.data());
    const std::uintptr_t first = (begin + page - 1) / page * page;
    const std::uintptr_t last = (begin + tensor.bytes.size()) / page * page;
    if (first < last)
        ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

const std::map<std::string, std::string>& SafetensorsView::metadata() const noexcept {
    return m_impl->metadata;
}

std::vector<float> toFloats(const TensorView& tensor) {
    switch (tensor.dtype) {
    case TensorDtype::F64:
        return castAll<double>(tensor);
    case TensorDtype::F32:
        return castAll<float>(tensor);
    case TensorDtype::F16:
        return convertAll<std::uint16_t>(tensor, halfToFloat);
    case TensorDtype::BF16:
        return convertAll<std::uint16_t>(tensor, [](std::uint16_t value) {
            return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
        });
    case TensorDtype::I64:
        return castAll<std::int64_t>(tensor);
    case TensorDtype::I32:
        return castAll<std::int32_t>(tensor);
    case TensorDtype::I16:
        return castAll<std::int16_t>(tensor);
    case TensorDtype::I8:
        return castAll<std::int8_t>(tensor);
    case TensorDtype::U8:
    case TensorDtype::Bool:
        return castAll<std::uint8_t>(tensor);
    }
    return {};
}

} // namespace viva
