// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/bert_normalizer.h"

#include "core/base/json_reader.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <array>
#include <utility>

namespace viva {
namespace {

constexpr std::array<std::pair<char32_t, char32_t>, 8> kChinese{{{0x4E00, 0x9FFF},
                                                                 {0x3400, 0x4DBF},
                                                                 {0x20000, 0x2A6DF},
                                                                 {0x2A700, 0x2B73F},
                                                                 {0x2B740, 0x2B81F},
                                                                 {0x2B920, 0x2CEAF},
                                                                 {0xF900, 0xFAFF},
                                                                 {0x2F800, 0x2FA1F}}};

bool isChinese(char32_t c) {
    return std::any_of(kChinese.begin(), kChinese.end(),
                       [c](const auto& range) { return c >= range.first && c <= range.second; });
}

struct BertOptions {
    bool cleanText = true;
    bool handleChinese = true;
    bool stripAccents = false;
    bool lowercase = true;
};

class BertNormalizer final : public Normalizer {
public:
    explicit BertNormalizer(BertOptions options) : m_options(options) {}

    [[nodiscard]] std::string apply(std::string text) const override {
        if (m_options.cleanText)
            text = clean(text);
        if (m_options.handleChinese)
            text = separateChinese(text);
        if (m_options.stripAccents)
            text = withoutAccents(text);
        if (m_options.lowercase)
            text = lowerCaseEach(text);
        return text;
    }

private:
    static std::string clean(std::string_view text) {
        std::string out;
        forEachCodePoint(text, [&out](char32_t c, std::string_view bytes) {
            if (c == '\t' || c == '\n' || c == '\r')
                out.push_back(' ');
            else if (c == 0 || c == 0xFFFD || isOther(c))
                return;
            else if (isWhiteSpace(c))
                out.push_back(' ');
            else
                out += bytes;
        });
        return out;
    }

    static std::string separateChinese(std::string_view text) {
        std::string out;
        forEachCodePoint(text, [&out](char32_t c, std::string_view bytes) {
            if (isChinese(c))
                out.append(" ").append(bytes).append(" ");
            else
                out += bytes;
        });
        return out;
    }

    static std::string withoutAccents(std::string_view text) {
        std::string out;
        forEachCodePoint(normalizeText(text, NormalForm::Nfd),
                         [&out](char32_t c, std::string_view bytes) {
                             if (!isNonSpacingMark(c))
                                 out += bytes;
                         });
        return out;
    }

    BertOptions m_options;
};

} // namespace

std::unique_ptr<Normalizer> makeBertNormalizer(JsonReader& reader) {
    BertOptions options;
    reader.optional("clean_text", options.cleanText);
    reader.optional("handle_chinese_chars", options.handleChinese);
    reader.optional("lowercase", options.lowercase);
    options.stripAccents = options.lowercase;
    reader.optional("strip_accents", options.stripAccents);
    return std::make_unique<BertNormalizer>(options);
}

} // namespace viva
