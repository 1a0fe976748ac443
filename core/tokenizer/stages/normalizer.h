// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>

namespace viva {

/// One rewriting of the text before it is cut. Const use is thread-safe.
class Normalizer {
public:
    virtual ~Normalizer() = default;
    /// `text` is valid UTF-8, and so is the result.
    [[nodiscard]] virtual std::string apply(std::string text) const = 0;
};

/// Reads the `normalizer` entry of a tokenizer.json.
/// @throws Error(Format) naming `origin` (the file) and `place` (the path inside it).
[[nodiscard]] std::unique_ptr<Normalizer>
makeNormalizer(const nlohmann::json& spec, const std::string& origin, const std::string& place);

} // namespace viva
