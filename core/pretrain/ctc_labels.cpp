// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pretrain/ctc_labels.h"

#include "core/base/error.h"
#include "core/nn/shape_check.h"

#include <algorithm>

namespace viva {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

CtcLabels::CtcLabels(std::string characters) : m_characters(std::move(characters)) {
    std::transform(m_characters.begin(), m_characters.end(), m_characters.begin(), lower);
    for (std::size_t i = 0; i < m_characters.size(); ++i)
        if (m_characters[i] < ' ' || m_characters[i] > '~' ||
            m_characters.find(m_characters[i], i + 1) != std::string::npos)
            throw Error(ErrorCode::InvalidArgument,
                        "CtcLabels: character " + std::to_string(i) +
                            " of the set comes twice or is not printable ASCII");
}

std::string CtcLabels::normalize(std::string_view text) const {
    std::string result;
    for (const char raw : text) {
        const char c = lower(raw);
        const bool known = c != ' ' && m_characters.find(c) != std::string::npos;
        if (known)
            result += c;
        else if (!result.empty() && result.back() != ' ')
            result += ' ';
    }
    while (!result.empty() && result.back() == ' ')
        result.pop_back();
    return result;
}

std::vector<std::int64_t> CtcLabels::encode(std::string_view text) const {
    std::vector<std::int64_t> labels;
    for (const char c : normalize(text)) {
        const auto at = m_characters.find(c);
        if (at != std::string::npos)
            labels.push_back(static_cast<std::int64_t>(at) + 1);
    }
    return labels;
}

std::string CtcLabels::decode(const torch::Tensor& logits) const {
    checkShape(logits, {"frames", "labels"}, "CtcLabels::decode: logits");
    const torch::Tensor best = logits.argmax(1).to(torch::kCPU).contiguous();
    const auto* labels = best.data_ptr<std::int64_t>();
    std::string text;
    std::int64_t previous = 0;
    for (std::int64_t frame = 0; frame < best.numel(); ++frame) {
        const std::int64_t label = labels[frame] < count() ? labels[frame] : 0;
        if (label != 0 && label != previous)
            text += m_characters[static_cast<std::size_t>(label - 1)];
        previous = label;
    }
    return text;
}

} // namespace viva
