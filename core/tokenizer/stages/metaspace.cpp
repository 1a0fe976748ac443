// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/metaspace.h"

#include "core/base/json_reader.h"
#include "core/text/pattern.h"
#include "core/tokenizer/stages/split_pre_tokenizer.h"

namespace viva {
namespace {

class MetaspacePreTokenizer final : public PreTokenizer {
public:
    explicit MetaspacePreTokenizer(MetaspaceOptions options) : m_options(std::move(options)) {}

    void apply(TextPieces& pieces) const override {
        for (TextPiece& piece : pieces)
            mark(piece);
        if (m_options.split)
            splitPieces(pieces, SplitBehavior::MergedWithNext, false,
                        [this](std::string_view text) { return findMarks(text); });
    }

private:
    void mark(TextPiece& piece) const {
        std::string out;
        for (const char c : piece.text) {
            if (c == ' ')
                out += m_options.replacement;
            else
                out.push_back(c);
        }
        const bool wanted = m_options.prepend == PrependScheme::Always ||
                            (m_options.prepend == PrependScheme::First && piece.atStart);
        if (wanted && !out.starts_with(m_options.replacement))
            out.insert(0, m_options.replacement);
        piece.text = std::move(out);
    }

    [[nodiscard]] std::vector<TextSpan> findMarks(std::string_view text) const {
        std::vector<TextSpan> out;
        const std::string& needle = m_options.replacement;
        for (std::size_t at = text.find(needle); at != std::string_view::npos;
             at = text.find(needle, at + needle.size()))
            out.push_back({at, at + needle.size()});
        return out;
    }

    MetaspaceOptions m_options;
};

} // namespace

MetaspaceOptions readMetaspace(JsonReader& reader) {
    MetaspaceOptions options;
    reader.optional("replacement", options.replacement);
    if (options.replacement.empty())
        reader.fail("replacement", "one character is expected, found an empty string");
    bool addPrefixSpace = true;
    reader.optional("add_prefix_space", addPrefixSpace);
    std::string scheme = addPrefixSpace ? "always" : "never";
    reader.optionalChoice("prepend_scheme", scheme, {"always", "first", "never"});
    if (scheme != "always")
        options.prepend = scheme == "first" ? PrependScheme::First : PrependScheme::Never;
    reader.optional("split", options.split);
    return options;
}

std::unique_ptr<PreTokenizer> makeMetaspacePreTokenizer(JsonReader& reader) {
    return std::make_unique<MetaspacePreTokenizer>(readMetaspace(reader));
}

} // namespace viva
