// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// The characters a CTC head knows: label 0 is the blank, label k the k-th character of the set.
class CtcLabels {
public:
    /// @param characters each once, ASCII; capitals are read as small letters
    /// @throws Error(InvalidArgument) for a character that comes twice or is not printable ASCII
    explicit CtcLabels(std::string characters = " abcdefghijklmnopqrstuvwxyz");

    /// Labels with the blank.
    [[nodiscard]] std::int64_t count() const {
        return static_cast<std::int64_t>(m_characters.size()) + 1;
    }
    /// Small letters; unknown characters act as a space; no space at the ends, none twice.
    [[nodiscard]] std::string normalize(std::string_view text) const;
    [[nodiscard]] std::vector<std::int64_t> encode(std::string_view text) const;
    /// Greedy reading of logits [frames, labels]: the best label of each frame, repeats merged,
    /// blanks dropped. Labels beyond the set count as blanks.
    [[nodiscard]] std::string decode(const torch::Tensor& logits) const;
    [[nodiscard]] const std::string& characters() const { return m_characters; }

private:
    std::string m_characters;
};

} // namespace viva
