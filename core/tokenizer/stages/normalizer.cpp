// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/normalizer.h"

#include "core/base/json_reader.h"
#include "core/text/pattern.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"
#include "core/tokenizer/stages/bert_normalizer.h"
#include "core/tokenizer/stages/byte_level.h"
#include "core/tokenizer/stages/precompiled_map.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace viva {
namespace {

class FunctionNormalizer final : public Normalizer {
public:
    using Function = std::function<std::string(std::string)>;
    explicit FunctionNormalizer(Function function) : m_function(std::move(function)) {}
    [[nodiscard]] std::string apply(std::string text) const override {
        return m_function(std::move(text));
    }

private:
    Function m_function;
};

std::unique_ptr<Normalizer> fromFunction(FunctionNormalizer::Function function) {
    return std::make_unique<FunctionNormalizer>(std::move(function));
}

class SequenceNormalizer final : public Normalizer {
public:
    explicit SequenceNormalizer(std::vector<std::unique_ptr<Normalizer>> steps)
        : m_steps(std::move(steps)) {}
    [[nodiscard]] std::string apply(std::string text) const override {
        for (const auto& step : m_steps)
            requireReasonableSize((text = step->apply(std::move(text))).size());
        return text;
    }

private:
    std::vector<std::unique_ptr<Normalizer>> m_steps;
};

std::unique_ptr<Normalizer> makeSequence(JsonReader& reader, const std::string& origin,
                                         const std::string& place) {
    const nlohmann::json* list = reader.raw("normalizers");
    if (list == nullptr || !list->is_array())
        reader.fail("normalizers", "a list of normalizers is expected");
    std::vector<std::unique_ptr<Normalizer>> steps;
    for (std::size_t i = 0; i < list->size(); ++i)
        steps.push_back(
            makeNormalizer((*list)[i], origin, fmt::format("{}.normalizers[{}]", place, i)));
    return std::make_unique<SequenceNormalizer>(std::move(steps));
}

std::string stripWhiteSpace(std::string_view text, bool left, bool right) {
    const std::u32string points = toUtf32(text);
    std::size_t begin = 0;
    std::size_t end = points.size();
    while (left && begin < end && isWhiteSpace(points[begin]))
        ++begin;
    while (right && end > begin && isWhiteSpace(points[end - 1]))
        --end;
    return toUtf8(std::u32string_view(points).substr(begin, end - begin));
}

std::string withoutMarks(std::string_view text) {
    std::string out;
    forEachCodePoint(text, [&out](char32_t value, std::string_view bytes) {
        if (!isNonSpacingMark(value))
            out += bytes;
    });
    return out;
}

std::unique_ptr<Normalizer> makeReplace(JsonReader& reader, const std::string& place) {
    std::optional<JsonReader> spec = reader.object("pattern");
    if (!spec)
        reader.fail("pattern", "an object with \"Regex\" or \"String\" is expected");
    std::string expression;
    if (spec->has("Regex")) {
        spec->required("Regex", expression);
    } else {
        spec->required("String", expression);
        expression = escapePattern(expression);
    }
    std::string content;
    reader.required("content", content);
    auto pattern = std::make_shared<const Pattern>(expression, place + ".pattern");
    return fromFunction([pattern, content](const std::string& text) {
        std::string out;
        std::size_t at = 0;
        for (const TextSpan& match : pattern->findAll(text)) {
            out.append(text, at, match.begin - at);
            out += content;
            requireReasonableSize(out.size());
            at = match.end;
        }
        return out.append(text, at);
    });
}

std::unique_ptr<Normalizer> makeUnicodeForm(const std::string& type) {
    const auto form = [](NormalForm which) {
        return fromFunction(
            [which](const std::string& text) { return normalizeText(text, which); });
    };
    if (type == "NFC")
        return form(NormalForm::Nfc);
    if (type == "NFD")
        return form(NormalForm::Nfd);
    if (type == "NFKC")
        return form(NormalForm::Nfkc);
    return type == "NFKD" ? form(NormalForm::Nfkd) : nullptr;
}

std::unique_ptr<Normalizer> makeSimple(const std::string& type, JsonReader& reader,
                                       const std::string& place) {
    if (type == "Lowercase")
        return fromFunction([](const std::string& text) { return lowerCaseEach(text); });
    if (type == "StripAccents")
        return fromFunction([](const std::string& text) { return withoutMarks(text); });
    if (type == "ByteLevel")
        return fromFunction([](const std::string& text) { return bytesToCharacters(text); });
    if (type == "Strip") {
        bool left = true;
        bool right = true;
        reader.optional("strip_left", left);
        reader.optional("strip_right", right);
        return fromFunction(
            [left, right](const std::string& text) { return stripWhiteSpace(text, left, right); });
    }
    if (type == "Prepend") {
        std::string prefix;
        reader.required("prepend", prefix);
        return fromFunction(
            [prefix](const std::string& text) { return text.empty() ? text : prefix + text; });
    }
    return type == "Replace" ? makeReplace(reader, place) : nullptr;
}

} // namespace

std::unique_ptr<Normalizer> makeNormalizer(const nlohmann::json& spec, const std::string& origin,
                                           const std::string& place) {
    JsonReader reader(spec, origin, place);
    std::string type;
    reader.required("type", type);
    if (type == "Sequence")
        return makeSequence(reader, origin, place);
    if (type == "BertNormalizer")
        return makeBertNormalizer(reader);
    if (type == "Precompiled")
        return makePrecompiledNormalizer(reader);
    if (auto form = makeUnicodeForm(type))
        return form;
    if (auto simple = makeSimple(type, reader, origin + ": " + place))
        return simple;
    reader.fail("type",
                fmt::format("normalizer \"{}\" is not known; known are Sequence, NFC, NFD, NFKC, "
                            "NFKD, Lowercase, Strip, StripAccents, Prepend, Replace, ByteLevel, "
                            "BertNormalizer, Precompiled",
                            type));
}

} // namespace viva
