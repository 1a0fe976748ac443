// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace viva {

/// The special tokens that stand around one encoded text.
struct SpecialFrame {
    std::vector<std::int64_t> before;
    std::vector<std::int64_t> after;
};

/// Reads the `post_processor` entry: ByteLevel (nothing), TemplateProcessing, RobertaProcessing,
/// BertProcessing, Sequence. @throws Error(Format) naming `origin` (the file) and `place`.
[[nodiscard]] SpecialFrame readSpecialFrame(const nlohmann::json& spec, const std::string& origin,
                                            const std::string& place);

} // namespace viva
