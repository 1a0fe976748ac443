// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/pattern.h"

#include "core/base/error.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

namespace viva {
namespace {

// White_Space of Unicode; PCRE2's own \s has U+180E besides.
constexpr std::string_view kWhiteSpace =
    "\\x09-\\x0d\\x20\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}"
    "\\x{3000}";

/// Spells \s and \S out; \S inside brackets stays PCRE2's.
std::string withWhiteSpaceProperty(std::string_view expression) {
    std::string out;
    bool inClass = false;
    for (std::size_t i = 0; i < expression.size(); ++i) {
        const char c = expression[i];
        if (c == '\\' && i + 1 < expression.size()) {
            const char next = expression[++i];
            if (next == 's')
                out += inClass ? std::string(kWhiteSpace) : fmt::format("[{}]", kWhiteSpace);
            else if (next == 'S' && !inClass)
                out += fmt::format("[^{}]", kWhiteSpace);
            else
                out.append({c, next});
            continue;
        }
        if (c == '[')
            inClass = true;
        else if (c == ']')
            inClass = false;
        out.push_back(c);
    }
    return out;
}

std::string describe(int error) {
    std::array<PCRE2_UCHAR, 200> text{};
    pcre2_get_error_message(error, text.data(), text.size());
    return reinterpret_cast<const char*>(text.data());
}

} // namespace

struct Pattern::Impl {
    std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code{nullptr, &pcre2_code_free};
    std::string expression;
};

Pattern::Pattern(std::string_view expression, std::string_view place)
    : m_impl(std::make_unique<Impl>()) {
    m_impl->expression = std::string(expression);
    const std::string full = withWhiteSpaceProperty(expression);
    int error = 0;
    PCRE2_SIZE offset = 0;
    m_impl->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(full.data()), full.size(),
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error,
                                     &offset, nullptr));
    if (!m_impl->code)
        throw Error(ErrorCode::Format,
                    fmt::format("{}: the regular expression \"{}\" is not valid: {} (near \"{}\")",
                                place, expression, describe(error), full.substr(offset, 12)));
    pcre2_jit_compile(m_impl->code.get(), PCRE2_JIT_COMPLETE);
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

std::vector<TextSpan> Pattern::findAll(std::string_view text) const {
    std::vector<TextSpan> out;
    const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
        pcre2_match_data_create(1, nullptr), &pcre2_match_data_free);
    std::size_t at = 0;
    std::uint32_t options = PCRE2_NO_UTF_CHECK;
    const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.empty() ? "" : text.data());
    while (at <= text.size()) {
        int found =
            pcre2_match(m_impl->code.get(), subject, text.size(), at, options, data.get(), nullptr);
        if (found == PCRE2_ERROR_JIT_STACKLIMIT)
            found = pcre2_match(m_impl->code.get(), subject, text.size(), at,
                                options | PCRE2_NO_JIT, data.get(), nullptr);
        if (found == PCRE2_ERROR_NOMATCH)
            break;
        if (found < 0)
            throw Error(ErrorCode::Format,
                        fmt::format("regular expression \"{}\" gave up at byte {}: {}; split the "
                                    "text into shorter parts",
                                    m_impl->expression, at, describe(found)));
        const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data.get());
        out.push_back({ends[0], ends[1]});
        at = ends[1];
        if (ends[0] == ends[1]) {
            if (at >= text.size())
                break;
            at += decodeUtf8(text, at).length;
        }
    }
    return out;
}

bool Pattern::matchesWhole(std::string_view text) const {
    const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
        pcre2_match_data_create(1, nullptr), &pcre2_match_data_free);
    const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.empty() ? "" : text.data());
    const int found = pcre2_match(m_impl->code.get(), subject, text.size(), 0,
                                  PCRE2_ANCHORED | PCRE2_ENDANCHORED, data.get(), nullptr);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH)
        throw Error(ErrorCode::Format, fmt::format("regular expression \"{}\" gave up: {}",
                                                   m_impl->expression, describe(found)));
    return found >= 0;
}

std::string escapePattern(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x80 &&
            std::isalnum(static_cast<unsigned char>(c)) == 0)
            out.push_back('\\');
        out.push_back(c);
    }
    return out;
}

} // namespace viva
