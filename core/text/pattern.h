// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/text_span.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// A compiled Unicode regular expression; \s means the property White_Space, as in tokenizer files.
/// Matching is const and safe from several threads.
class Pattern {
public:
    /// @throws Error(Format) naming `place`, the expression's fault and its offset.
    Pattern(std::string_view expression, std::string_view place);
    ~Pattern();
    Pattern(Pattern&&) noexcept;
    Pattern& operator=(Pattern&&) noexcept;
    Pattern(const Pattern&) = delete;
    Pattern& operator=(const Pattern&) = delete;

    /// All matches from left to right, none overlapping. `text` must be valid UTF-8.
    /// @throws Error(Format) when the expression needs more backtracking than is allowed.
    [[nodiscard]] std::vector<TextSpan> findAll(std::string_view text) const;

    /// Whether the expression matches all of `text`, not just a part. @throws Error as findAll.
    [[nodiscard]] bool matchesWhole(std::string_view text) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// The expression that matches `text` literally.
[[nodiscard]] std::string escapePattern(std::string_view text);

} // namespace viva
