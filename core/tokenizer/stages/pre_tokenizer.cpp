// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/pre_tokenizer.h"

#include "core/base/json_reader.h"
#include "core/tokenizer/stages/byte_level.h"
#include "core/tokenizer/stages/metaspace.h"
#include "core/tokenizer/stages/split_pre_tokenizer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

class SequencePreTokenizer final : public PreTokenizer {
public:
    explicit SequencePreTokenizer(std::vector<std::unique_ptr<PreTokenizer>> steps)
        : m_steps(std::move(steps)) {}

    void apply(TextPieces& pieces) const override {
        for (const auto& step : m_steps)
            step->apply(pieces);
    }

private:
    std::vector<std::unique_ptr<PreTokenizer>> m_steps;
};

std::unique_ptr<PreTokenizer> makeSequence(JsonReader& reader, const std::string& origin,
                                           const std::string& place) {
    const nlohmann::json* list = reader.raw("pretokenizers");
    if (list == nullptr || !list->is_array())
        reader.fail("pretokenizers", "a list of pre-tokenizers is expected");
    std::vector<std::unique_ptr<PreTokenizer>> steps;
    for (std::size_t i = 0; i < list->size(); ++i)
        steps.push_back(
            makePreTokenizer((*list)[i], origin, fmt::format("{}.pretokenizers[{}]", place, i)));
    return std::make_unique<SequencePreTokenizer>(std::move(steps));
}

} // namespace

std::unique_ptr<PreTokenizer>
makePreTokenizer(const nlohmann::json& spec, const std::string& origin, const std::string& place) {
    JsonReader reader(spec, origin, place);
    std::string type;
    reader.required("type", type);
    if (type == "Sequence")
        return makeSequence(reader, origin, place);
    if (type == "ByteLevel")
        return makeByteLevelPreTokenizer(reader);
    if (type == "Metaspace")
        return makeMetaspacePreTokenizer(reader);
    if (auto split = makeSplitPreTokenizer(type, reader, origin + ": " + place))
        return split;
    reader.fail("type", fmt::format("pre-tokenizer \"{}\" is not known; known are Sequence, "
                                    "ByteLevel, Metaspace, {}",
                                    type, splitPreTokenizerNames()));
}

} // namespace viva
