// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/token_decoder.h"

#include "core/base/json_reader.h"
#include "core/text/pattern.h"
#include "core/text/utf8.h"
#include "core/tokenizer/stages/byte_level.h"
#include "core/tokenizer/stages/metaspace.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <functional>
#include <optional>
#include <utility>

namespace viva {
namespace {

using Tokens = std::vector<std::string>;

class FunctionDecoder final : public TokenDecoder {
public:
    explicit FunctionDecoder(std::function<void(Tokens&)> function)
        : m_function(std::move(function)) {}
    void apply(Tokens& tokens) const override { m_function(tokens); }

private:
    std::function<void(Tokens&)> m_function;
};

std::unique_ptr<TokenDecoder> fromFunction(std::function<void(Tokens&)> function) {
    return std::make_unique<FunctionDecoder>(std::move(function));
}

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
    if (from.empty() || text.find(from) == std::string::npos)
        return;
    std::string out;
    std::size_t done = 0;
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, done)) {
        out.append(text, done, at - done).append(to);
        requireReasonableSize(out.size());
        done = at + from.size();
    }
    text = out.append(text, done);
}

void decodeByteLevel(Tokens& tokens) {
    std::string bytes;
    for (const std::string& token : tokens)
        appendTokenBytes(bytes, token);
    tokens = {repairUtf8(bytes)};
}

/// English spacing as the WordPiece decoder mends it.
void cleanUp(std::string& text) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kRules{
        {{" .", "."},
         {" ?", "?"},
         {" !", "!"},
         {" ,", ","},
         {" ' ", "'"},
         {" n't", "n't"},
         {" 'm", "'m"},
         {" do not", " don't"},
         {" 's", "'s"},
         {" 've", "'ve"},
         {" 're", "'re"}}};
    for (const auto& [from, to] : kRules)
        replaceAll(text, from, to);
}

std::unique_ptr<TokenDecoder> makeWordPiece(JsonReader& reader) {
    std::string prefix = "##";
    bool cleanup = true;
    reader.optional("prefix", prefix);
    reader.optional("cleanup", cleanup);
    return fromFunction([prefix, cleanup](Tokens& tokens) {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            std::string& token = tokens[i];
            if (i > 0 && token.starts_with(prefix))
                token.erase(0, prefix.size());
            else if (i > 0)
                token.insert(token.begin(), ' ');
            if (cleanup)
                cleanUp(token);
        }
    });
}

std::unique_ptr<TokenDecoder> makeMetaspace(JsonReader& reader) {
    const MetaspaceOptions options = readMetaspace(reader);
    return fromFunction([options](Tokens& tokens) {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const bool drop = i == 0 && options.prepend != PrependScheme::Never;
            replaceAll(tokens[i], options.replacement, drop ? "" : " ");
        }
    });
}

std::unique_ptr<TokenDecoder> makeBpeSuffix(JsonReader& reader) {
    std::string suffix = "</w>";
    reader.optional("suffix", suffix);
    return fromFunction([suffix](Tokens& tokens) {
        for (std::size_t i = 0; i < tokens.size(); ++i)
            replaceAll(tokens[i], suffix, i + 1 == tokens.size() ? "" : " ");
    });
}

/// The byte of "<0x0A>".
std::optional<char> fallbackByte(std::string_view token) {
    if (token.size() != 6 || !token.starts_with("<0x") || !token.ends_with('>'))
        return std::nullopt;
    unsigned value = 0;
    const char* end = token.data() + 5;
    const auto result = std::from_chars(token.data() + 3, end, value, 16);
    if (result.ec != std::errc() || result.ptr != end)
        return std::nullopt;
    return static_cast<char>(value);
}

/// Runs of byte tokens become text; a run that is not UTF-8 becomes one U+FFFD a byte.
void decodeByteFallback(Tokens& tokens) {
    Tokens out;
    std::string run;
    const auto close = [&] {
        if (run.empty())
            return;
        if (isValidUtf8(run))
            out.push_back(run);
        else
            out.insert(out.end(), run.size(), "\xEF\xBF\xBD");
        run.clear();
    };
    for (std::string& token : tokens) {
        if (const auto byte = fallbackByte(token)) {
            run.push_back(*byte);
            continue;
        }
        close();
        out.push_back(std::move(token));
    }
    close();
    tokens = std::move(out);
}

void fuse(Tokens& tokens) {
    std::string all;
    for (const std::string& token : tokens)
        all += token;
    tokens = {std::move(all)};
}

std::unique_ptr<TokenDecoder> makeStrip(JsonReader& reader) {
    std::string content = " ";
    int start = 0;
    int stop = 0;
    reader.optional("content", content);
    reader.optional("start", start);
    reader.optional("stop", stop);
    return fromFunction([content, start, stop](Tokens& tokens) {
        if (content.empty())
            return;
        for (std::string& token : tokens) {
            for (int i = 0; i < start && token.starts_with(content); ++i)
                token.erase(0, content.size());
            for (int i = 0; i < stop && token.ends_with(content); ++i)
                token.erase(token.size() - content.size());
        }
    });
}

std::unique_ptr<TokenDecoder> makeReplace(JsonReader& reader) {
    std::optional<JsonReader> pattern = reader.object("pattern");
    if (!pattern || !pattern->has("String"))
        reader.fail("pattern", "an object with \"String\" is expected");
    std::string from;
    std::string to;
    pattern->required("String", from);
    reader.required("content", to);
    return fromFunction([from, to](Tokens& tokens) {
        for (std::string& token : tokens)
            replaceAll(token, from, to);
    });
}

std::unique_ptr<TokenDecoder> makeSequence(JsonReader& reader, const std::string& origin,
                                           const std::string& place) {
    const nlohmann::json* list = reader.raw("decoders");
    if (list == nullptr || !list->is_array())
        reader.fail("decoders", "a list of decoders is expected");
    auto steps = std::make_shared<std::vector<std::unique_ptr<TokenDecoder>>>();
    for (std::size_t i = 0; i < list->size(); ++i)
        steps->push_back(
            makeTokenDecoder((*list)[i], origin, fmt::format("{}.decoders[{}]", place, i)));
    return fromFunction([steps](Tokens& tokens) {
        for (const auto& step : *steps)
            step->apply(tokens);
    });
}

} // namespace

std::unique_ptr<TokenDecoder>
makeTokenDecoder(const nlohmann::json& spec, const std::string& origin, const std::string& place) {
    JsonReader reader(spec, origin, place);
    std::string type;
    reader.required("type", type);
    if (type == "ByteLevel")
        return fromFunction(decodeByteLevel);
    if (type == "WordPiece")
        return makeWordPiece(reader);
    if (type == "Metaspace")
        return makeMetaspace(reader);
    if (type == "BPEDecoder")
        return makeBpeSuffix(reader);
    if (type == "ByteFallback")
        return fromFunction(decodeByteFallback);
    if (type == "Fuse")
        return fromFunction(fuse);
    if (type == "Strip")
        return makeStrip(reader);
    if (type == "Replace")
        return makeReplace(reader);
    if (type == "Sequence")
        return makeSequence(reader, origin, place);
    reader.fail("type", fmt::format("decoder \"{}\" is not known; known are ByteLevel, WordPiece, "
                                    "Metaspace, BPEDecoder, ByteFallback, Fuse, Strip, Replace, "
                                    "Sequence",
                                    type));
}

} // namespace viva
