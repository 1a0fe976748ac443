// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/safetensors_header.h"

#include "core/base/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace viva {
namespace {

constexpr std::size_t kMaxRank = 16;
constexpr std::size_t kMaxNameBytes = 1000;
constexpr std::size_t kMaxMetadata = 10'000;

constexpr std::pair<std::string_view, TensorDtype> kDtypes[] = {
    {"F64", TensorDtype::F64},   {"F32", TensorDtype::F32}, {"F16", TensorDtype::F16},
    {"BF16", TensorDtype::BF16}, {"I64", TensorDtype::I64}, {"I32", TensorDtype::I32},
    {"I16", TensorDtype::I16},   {"I8", TensorDtype::I8},   {"U8", TensorDtype::U8},
    {"BOOL", TensorDtype::Bool}};

/// Receives the parser's events; the only shapes it lets pass are those of the format.
class HeaderHandler : public nlohmann::json_sax<nlohmann::json> {
public:
    HeaderHandler(SafetensorsHeader& header, const std::string& origin)
        : m_header(header), m_origin(origin) {}

    bool start_object(std::size_t /*elements*/) override {
        if (m_depth == 0) {
            m_depth = 1;
            return true;
        }
        if (m_depth != 1)
            fail("holds an object where a value is expected");
        m_depth = 2;
        if (!m_inMetadata)
            startTensor();
        return true;
    }

    bool key(string_t& name) override {
        if (m_depth == 1) {
            m_name = name;
            m_inMetadata = name == "__metadata__";
            if (name.size() > kMaxNameBytes)
                failFile(fmt::format("has a tensor name of {} bytes; at most {} are read",
                                     name.size(), kMaxNameBytes));
        } else {
            m_key = name;
        }
        return true;
    }

    bool end_object() override {
        if (m_depth == 2 && !m_inMetadata)
            finishTensor();
        --m_depth;
        return true;
    }

    bool start_array(std::size_t /*elements*/) override {
        if (m_depth != 2 || m_inMetadata || (m_key != "shape" && m_key != "data_offsets"))
            fail("holds a list where none is expected");
        std::optional<std::vector<std::uint64_t>>& list = m_key == "shape" ? m_shape : m_offsets;
        if (list)
            fail(fmt::format("names {} twice", m_key));
        list.emplace();
        m_list = &*list;
        m_depth = 3;
        return true;
    }

    bool end_array() override {
        m_list = nullptr;
        m_depth = 2;
        return true;
    }

    bool number_unsigned(number_unsigned_t value) override {
        if (m_list == nullptr)
            fail(fmt::format("holds the number {} where none is expected", value));
        if (m_list->size() == kMaxRank)
            fail(fmt::format("has more than {} dimensions", kMaxRank));
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            fail(fmt::format("has {} in {}, which no file can hold", value, m_key));
        m_list->push_back(value);
        return true;
    }

    bool number_integer(number_integer_t value) override {
        fail(fmt::format("has the negative number {} in {}", value, m_key));
    }
    bool number_float(number_float_t /*value*/, const string_t& text) override {
        fail(fmt::format("has {} in {}, where a whole number is expected", text.substr(0, 40),
                         m_key));
    }
    bool null() override { fail("holds null where a value is expected"); }
    bool boolean(bool /*value*/) override { fail("holds true or false where none is expected"); }
    bool binary(binary_t& /*value*/) override { fail("holds binary data in its header"); }

    bool string(string_t& value) override {
        if (m_depth == 2 && m_inMetadata) {
            if (m_header.metadata.size() == kMaxMetadata)
                failFile(fmt::format("has more than {} metadata lines", kMaxMetadata));
            m_header.metadata[m_key] = value;
        } else if (m_depth == 2 && m_key == "dtype" && !m_dtype) {
            m_dtype = dtypeOf(value);
        } else {
            fail(fmt::format("holds the text \"{}\" where none is expected", value.substr(0, 40)));
        }
        return true;
    }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const nlohmann::json::exception& /*error*/) override {
        failFile(fmt::format("has a header that is not valid JSON at byte {}", position + 7));
    }

private:
    void startTensor() {
        if (m_header.entries.size() == SafetensorsView::kMaxTensors)
            failFile(
                fmt::format("lists more than {} tensors; split it", SafetensorsView::kMaxTensors));
        m_dtype.reset();
        m_shape.reset();
        m_offsets.reset();
        m_key.clear();
    }

    void finishTensor() {
        if (!m_dtype || !m_shape || !m_offsets)
            fail(fmt::format("lacks {}", !m_dtype ? "dtype" : !m_shape ? "shape" : "data_offsets"));
        if (m_offsets->size() != 2)
            fail(fmt::format("has {} data_offsets where 2 are expected", m_offsets->size()));
        m_header.entries.push_back({m_name, *m_dtype,
                                    std::vector<std::int64_t>(m_shape->begin(), m_shape->end()),
                                    (*m_offsets)[0], (*m_offsets)[1]});
    }

    [[nodiscard]] TensorDtype dtypeOf(std::string_view word) const {
        for (const auto& [name, dtype] : kDtypes)
            if (name == word)
                return dtype;
        fail(fmt::format("has the dtype \"{}\"; F64, F32, F16, BF16, I64, I32, I16, I8, U8 and "
                         "BOOL are read",
                         word.substr(0, 40)));
    }

    [[noreturn]] void fail(const std::string& what) const {
        if (m_depth == 0 || (m_depth == 1 && m_name.empty()))
            failFile("has a header that is not a JSON object of tensors");
        throw Error(ErrorCode::Format, fmt::format("{}: header entry \"{}\" {}", m_origin,
                                                   m_name.substr(0, 200), what));
    }
    [[noreturn]] void failFile(const std::string& what) const {
        throw Error(ErrorCode::Format, fmt::format("{} {}", m_origin, what));
    }

    SafetensorsHeader& m_header;
    const std::string& m_origin;
    int m_depth = 0;
    bool m_inMetadata = false;
    std::string m_name;
    std::string m_key;
    std::optional<TensorDtype> m_dtype;
    std::optional<std::vector<std::uint64_t>> m_shape;
    std::optional<std::vector<std::uint64_t>> m_offsets;
    std::vector<std::uint64_t>* m_list = nullptr;
};

/// The bytes a shape takes; nullopt when they do not fit 63 bits (zeros do not hide that).
std::optional<std::uint64_t> bytesOf(const SafetensorsEntry& entry) {
    constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
    std::uint64_t product = bytesPerElement(entry.dtype);
    bool empty = false;
    for (const std::int64_t extent : entry.shape) {
        if (extent == 0) {
            empty = true;
        } else {
            if (product > kMax / static_cast<std::uint64_t>(extent))
                return std::nullopt;
            product *= static_cast<std::uint64_t>(extent);
        }
    }
    return empty ? 0 : product;
}

void checkEntry(const SafetensorsEntry& entry, std::uint64_t dataBytes, const std::string& origin) {
    const auto fail = [&](const std::string& what) {
        throw Error(ErrorCode::Format,
                    fmt::format("{}: tensor \"{}\" {}", origin, entry.name, what));
    };
    if (entry.begin > entry.end)
        fail(fmt::format("starts at byte {} after its end {}", entry.begin, entry.end));
    if (entry.end > dataBytes)
        fail(fmt::format("ends at byte {}, but the file holds {} bytes of data; it was cut short, "
                         "get it again",
                         entry.end, dataBytes));
    const std::optional<std::uint64_t> wanted = bytesOf(entry);
    if (!wanted)
        fail(fmt::format("has the shape [{}], which no memory can hold",
                         fmt::join(entry.shape, ", ")));
    if (*wanted != entry.end - entry.begin)
        fail(fmt::format("has the shape [{}] of {}, which is {} bytes, but its offsets span {}",
                         fmt::join(entry.shape, ", "), toString(entry.dtype), *wanted,
                         entry.end - entry.begin));
}

} // namespace

SafetensorsHeader parseSafetensorsHeader(std::string_view json, const std::string& origin) {
    SafetensorsHeader header;
    HeaderHandler handler(header, origin);
    nlohmann::json::sax_parse(json.begin(), json.end(), &handler);
    auto& entries = header.entries;
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    const auto twin =
        std::adjacent_find(entries.begin(), entries.end(),
                           [](const auto& a, const auto& b) { return a.name == b.name; });
    if (twin != entries.end())
        throw Error(ErrorCode::Format,
                    fmt::format("{}: the header lists tensor \"{}\" twice", origin, twin->name));
    return header;
}

void checkSafetensorsLayout(const std::vector<SafetensorsEntry>& entries, std::uint64_t dataBytes,
                            const std::string& origin) {
    for (const SafetensorsEntry& entry : entries)
        checkEntry(entry, dataBytes, origin);
    std::vector<std::size_t> order(entries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(entries[a].begin, entries[a].end) <
               std::pair(entries[b].begin, entries[b].end);
    });
    std::uint64_t filled = 0;
    for (const std::size_t index : order) {
        const SafetensorsEntry& entry = entries[index];
        if (entry.begin != filled)
            throw Error(ErrorCode::Format,
                        fmt::format("{}: tensor \"{}\" starts at byte {}, {} byte {} where the one "
                                    "before it ends",
                                    origin, entry.name, entry.begin,
                                    entry.begin < filled ? "overlapping" : "leaving a gap after",
                                    filled));
        filled = entry.end;
    }
    if (filled != dataBytes)
        throw Error(ErrorCode::Format, fmt::format("{}: the tensors take {} bytes, but the file "
                                                   "holds {} bytes of data; get it again",
                                                   origin, filled, dataBytes));
}

} // namespace viva
