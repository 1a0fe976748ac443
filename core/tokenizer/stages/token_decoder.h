// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace viva {

/// One step from tokens back to text; what is left in the end is joined. Const use is thread-safe.
class TokenDecoder {
public:
    virtual ~TokenDecoder() = default;
    virtual void apply(std::vector<std::string>& tokens) const = 0;
};

/// Reads the `decoder` entry of a tokenizer.json: ByteLevel, WordPiece, Metaspace, BPEDecoder,
/// ByteFallback, Fuse, Strip, Replace, Sequence.
/// @throws Error(Format) naming `origin` (the file) and `place` (the path inside it).
[[nodiscard]] std::unique_ptr<TokenDecoder>
makeTokenDecoder(const nlohmann::json& spec, const std::string& origin, const std::string& place);

} // namespace viva
