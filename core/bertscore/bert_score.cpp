// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bertscore/bert_score.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/text/unicode.h"
#include "core/tokenizer/tokenizer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace viva {
namespace {

namespace fs = std::filesystem;

/// The tokenizer's own limit; transformers writes 1e30 where there is none.
std::int64_t tokenizerLimit(const fs::path& folder) {
    const fs::path file = folder / "tokenizer_config.json";
    if (!fs::exists(file))
        return std::numeric_limits<std::int64_t>::max();
    const nlohmann::json json = readJsonFile(file);
    const auto limit = json.is_object() ? json.find("model_max_length") : json.end();
    if (limit == json.end() || !limit->is_number() || limit->get<double>() > 1e15)
        return std::numeric_limits<std::int64_t>::max();
    const auto value = limit->get<std::int64_t>();
    if (value < 3)
        throw Error(ErrorCode::Format,
                    fmt::format("{}: model_max_length is {}; at least 3 tokens are needed",
                                file.string(), value));
    return value;
}

} // namespace

struct BertScorer::Text {
    std::unique_ptr<Tokenizer> tokenizer;
    std::int64_t longest = 0;
    bool prefixSpace = false;
    std::set<std::int64_t> ends; ///< of an empty text: what every text begins and ends with
};

double IdfWeights::of(std::int64_t id) const {
    const auto found = documents.find(id);
    const auto count = static_cast<double>(found == documents.end() ? 0 : found->second);
    return std::log((static_cast<double>(references) + 1) / (count + 1));
}

std::int64_t standardBertScoreLayer(const TextEncoderConfig& config) {
    if (config.layers == 12)
        return config.modelType == "roberta" || config.modelType == "camembert" ? 10 : 9;
    if (config.layers == 24)
        return config.modelType == "bert" ? 18 : 17;
    return std::max<std::int64_t>(1, (3 * config.layers + 2) / 4);
}

BertScorer::BertScorer(const fs::path& folder, const torch::Device& device, const Options& options)
    : m_text(std::make_unique<Text>()) {
    const TextEncoderConfig config = readTextEncoderConfig(folder / "config.json");
    if (options.layer < 0 || options.layer > config.layers)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("reward bertscore: layer {} is not in 1..{} of {}", options.layer,
                                config.layers, folder.string()));
    m_layer = options.layer > 0 ? options.layer : standardBertScoreLayer(config);
    m_text->tokenizer = Tokenizer::load(folder / "tokenizer.json");
    m_text->longest = std::min(config.longestText(), tokenizerLimit(folder));
    m_text->prefixSpace = options.prefixSpace && config.modelType == "roberta";
    const auto empty = m_text->tokenizer->encode("", true);
    if (empty.size() != 2)
        throw Error(ErrorCode::Format,
                    fmt::format("{}: an empty text has {} special tokens and BERTScore expects one "
                                "at each end; the post-processor is missing or of another kind",
                                (folder / "tokenizer.json").string(), empty.size()));
    m_text->ends.insert(empty.begin(), empty.end());
    m_encoder = TextEncoder::load(folder, device, m_layer);
}

BertScorer::~BertScorer() = default;

std::vector<std::int64_t> BertScorer::tokens(std::string_view text) const {
    const std::string_view stripped = strip(text);
    const bool prefix = m_text->prefixSpace && !stripped.empty();
    std::vector<std::int64_t> ids = m_text->tokenizer->encode(
        prefix ? " " + std::string(stripped) : std::string(stripped), true);
    if (static_cast<std::int64_t>(ids.size()) > m_text->longest) {
        const std::int64_t last = ids.back();
        ids.resize(static_cast<std::size_t>(m_text->longest));
        ids.back() = last;
    }
    return ids;
}

std::vector<EmbeddedText> BertScorer::embed(std::span<const std::string> texts,
                                            std::int64_t layer) const {
    std::vector<std::vector<std::int64_t>> ids;
    ids.reserve(texts.size());
    for (const std::string& text : texts)
        ids.push_back(tokens(text));
    const auto hidden = m_encoder->encode(ids, layer > 0 ? layer : m_layer);
    const torch::NoGradGuard noGrad;
    std::vector<EmbeddedText> out;
    out.reserve(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i)
        out.push_back({std::move(ids[i]), hidden[i] / hidden[i].square().sum(-1, true).sqrt()});
    return out;
}

IdfWeights BertScorer::idf(std::span<const std::string> references) const {
    IdfWeights out;
    out.references = static_cast<std::int64_t>(references.size());
    for (const std::string& reference : references) {
        const auto ids = tokens(reference);
        for (const std::int64_t id : std::set<std::int64_t>(ids.begin(), ids.end()))
            ++out.documents[id];
    }
    return out;
}

BertScoreValue BertScorer::match(const EmbeddedText& candidate, const EmbeddedText& reference,
                                 const IdfWeights& weights) const {
    BertScoreValue out;
    if (candidate.ids.size() == 2 || reference.ids.size() == 2) {
        out.precision = 0.0;
        out.recall = 0.0;
        return out;
    }
    const torch::NoGradGuard noGrad;
    const torch::Tensor similarity = candidate.unit.matmul(reference.unit.t());
    const auto mean = [&](const EmbeddedText& text, int along) -> std::optional<double> {
        const torch::Tensor best =
            std::get<0>(similarity.max(along)).to(torch::kCPU, torch::kFloat64).contiguous();
        const auto* const values = best.data_ptr<double>();
        double sum = 0;
        double total = 0;
        for (std::size_t i = 0; i < text.ids.size(); ++i) {
            const double weight = weights.references > 0               ? weights.of(text.ids[i])
                                  : m_text->ends.contains(text.ids[i]) ? 0.0
                                                                       : 1.0;
            sum += weight * values[i];
            total += weight;
            if (along == 1 && weight > 0 &&
                (out.weakestId < 0 || values[i] < out.weakestSimilarity)) {
                out.weakestId = text.ids[i];
                out.weakestSimilarity = values[i];
            }
        }
        if (total == 0)
            return std::nullopt;
        return sum / total;
    };
    out.precision = mean(candidate, 1);
    out.recall = mean(reference, 0);
    if (out.precision && out.recall && *out.precision + *out.recall != 0)
        out.f = 2 * *out.precision * *out.recall / (*out.precision + *out.recall);
    return out;
}

std::string BertScorer::tokenText(std::int64_t id) const {
    return m_text->tokenizer->displayText(id);
}

std::string BertScorer::description() const {
    const TextEncoderConfig& config = m_encoder->config();
    return fmt::format(
        "{}, layer {} of {}{}", config.modelType, m_layer, config.layers,
        config.modelType == "roberta" && !m_text->prefixSpace ? ", without prefix space" : "");
}

} // namespace viva
