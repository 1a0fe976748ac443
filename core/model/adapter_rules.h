// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/model_config.h"
#include "core/config/train_config.h"
#include "core/text/pattern.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace viva {

/// What an adapter's configuration means for one linear layer of the decoder, named
/// "layers.N.self_attn.q_proj". The layer's full name depends on who wrote the configuration
/// ("language_model.model." or "model.language_model." before it), so both are tried.
/// @source PEFT 0.21.2, tuners/tuners_utils.py check_target_module_exists, utils/other.py
/// get_pattern_key
class AdapterRules {
public:
    /// @throws Error(InvalidArgument) for an expression that is none.
    explicit AdapterRules(const AdapterConfig& config);

    /// A name matches a list's entry as a whole or as its last parts; a regular expression must
    /// match all of it.
    [[nodiscard]] bool isTarget(const std::string& layer) const;
    [[nodiscard]] std::int64_t rankOf(const std::string& layer) const;
    /// What the product B A is multiplied by.
    [[nodiscard]] double scaleOf(const std::string& layer) const;

private:
    AdapterConfig m_config;
    std::optional<Pattern> m_targets;
    std::vector<std::pair<Pattern, std::int64_t>> m_ranks;
    std::vector<std::pair<Pattern, double>> m_alphas;
};

/// An expression for target_modules that matches these layers of the decoder and, unlike bare
/// names, nothing of the encoder. `layers` as AdapterRules takes them, none twice.
[[nodiscard]] std::string targetExpression(const std::vector<std::string>& layers);
/// The same for `modules` ("q_proj") of the layers that the expression `numbers` matches.
[[nodiscard]] std::string targetExpression(const std::string& numbers,
                                           const std::vector<std::string>& modules);

/// The adapter that a run asks for, on a decoder of `layers` layers.
[[nodiscard]] AdapterConfig adapterConfigFor(const LoraSpec& spec, std::int64_t layers);

} // namespace viva
