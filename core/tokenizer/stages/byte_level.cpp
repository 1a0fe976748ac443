// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/byte_level.h"

#include "core/base/json_reader.h"
#include "core/text/pattern.h"
#include "core/text/utf8.h"
#include "core/tokenizer/stages/split_pre_tokenizer.h"

#include <array>

namespace viva {
namespace {

constexpr std::uint16_t kNoByte = 256;

struct ByteTable {
    std::array<char32_t, 256> character{};
    std::array<std::uint16_t, 512> byte{};
};

constexpr bool standsForItself(unsigned byte) {
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

constexpr ByteTable makeTable() {
    ByteTable table;
    for (auto& entry : table.byte)
        entry = kNoByte;
    char32_t next = 256;
    for (unsigned byte = 0; byte < 256; ++byte) {
        const char32_t character = standsForItself(byte) ? byte : next++;
        table.character[byte] = character;
        table.byte[character] = static_cast<std::uint16_t>(byte);
    }
    return table;
}

constexpr ByteTable kTable = makeTable();

class ByteLevelPreTokenizer final : public PreTokenizer {
public:
    ByteLevelPreTokenizer(bool addPrefixSpace, bool useExpression)
        : m_addPrefixSpace(addPrefixSpace) {
        if (useExpression)
            m_pattern.emplace(gpt2Expression(), "the GPT-2 word pattern");
    }

    void apply(TextPieces& pieces) const override {
        if (m_addPrefixSpace)
            for (TextPiece& piece : pieces)
                if (!piece.text.starts_with(' '))
                    piece.text.insert(piece.text.begin(), ' ');
        if (m_pattern)
            splitPieces(pieces, SplitBehavior::Isolated, false,
                        [this](std::string_view text) { return m_pattern->findAll(text); });
        for (TextPiece& piece : pieces)
            piece.text = bytesToCharacters(piece.text);
    }

private:
    bool m_addPrefixSpace;
    std::optional<Pattern> m_pattern;
};

} // namespace

char32_t byteToCharacter(std::uint8_t byte) noexcept {
    return kTable.character[byte];
}

std::optional<std::uint8_t> characterToByte(char32_t character) noexcept {
    if (character >= kTable.byte.size() || kTable.byte[character] == kNoByte)
        return std::nullopt;
    return static_cast<std::uint8_t>(kTable.byte[character]);
}

std::string bytesToCharacters(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + 4);
    for (const char byte : bytes)
        appendUtf8(out, byteToCharacter(static_cast<std::uint8_t>(byte)));
    return out;
}

void appendTokenBytes(std::string& bytes, std::string_view token) {
    const std::size_t before = bytes.size();
    for (std::size_t at = 0; at < token.size();) {
        const CodePoint point = decodeUtf8(token, at);
        const auto byte = characterToByte(point.value);
        if (!byte || !point.valid) {
            bytes.resize(before);
            bytes.append(token);
            return;
        }
        bytes.push_back(static_cast<char>(*byte));
        at += point.length;
    }
}

std::string_view gpt2Expression() noexcept {
    return R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
}

std::unique_ptr<PreTokenizer> makeByteLevelPreTokenizer(JsonReader& reader) {
    bool addPrefixSpace = true;
    bool useExpression = true;
    reader.optional("add_prefix_space", addPrefixSpace);
    reader.optional("use_regex", useExpression);
    return makeByteLevelPreTokenizer(addPrefixSpace, useExpression);
}

std::unique_ptr<PreTokenizer> makeByteLevelPreTokenizer(bool addPrefixSpace, bool useExpression) {
    return std::make_unique<ByteLevelPreTokenizer>(addPrefixSpace, useExpression);
}

} // namespace viva
