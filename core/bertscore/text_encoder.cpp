// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bertscore/text_encoder.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/nn/shape_check.h"
#include "core/nn/weight_loader.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kTokensAtOnce = 8192; // a batch, padding included

void requirePositive(const fs::path& file, std::string_view key, std::int64_t value) {
    if (value < 1 || value > (std::int64_t{1} << 28))
        throw Error(ErrorCode::Format, fmt::format("{}: {} is {}; it must be a number above 0",
                                                   file.string(), key, value));
}

/// Weight and bias of a linear layer or a normalisation.
struct Pair {
    torch::Tensor weight;
    torch::Tensor bias;
};

struct Layer {
    Pair query, key, value, attentionOut, attentionNorm, up, down, outputNorm;
};

/// Reads tensors by their names below the model's prefix, checked against their shapes.
class Weights {
public:
    Weights(const fs::path& folder, const torch::Device& device)
        : m_weights(folder), m_device(device) {
        for (const std::string_view prefix : {"", "bert.", "roberta.", "model."})
            if (m_weights.has(std::string(prefix) + kWords)) {
                m_prefix = prefix;
                return;
            }
        throw Error(ErrorCode::Format,
                    fmt::format("{} has no tensor {}, with or without bert. or roberta. before it; "
                                "this is no BERT, RoBERTa or XLM-R model",
                                folder.string(), kWords));
    }

    torch::Tensor tensor(const std::string& name, std::initializer_list<ExpectedDim> shape) const {
        const torch::Tensor stored = m_weights.tensor(m_prefix + name);
        checkShape(stored, shape, fmt::format("{}: {}", m_weights.folder().string(), name));
        // a copy of our own: the mapped file may vanish
        return stored.to(m_device, torch::kFloat32, false, true);
    }
    Pair linear(const std::string& name, std::int64_t out, std::int64_t in) const {
        return {tensor(name + ".weight", {out, in}), tensor(name + ".bias", {out})};
    }
    Pair norm(const std::string& name, std::int64_t size) const {
        return {tensor(name + ".weight", {size}), tensor(name + ".bias", {size})};
    }

    static constexpr const char* kWords = "embeddings.word_embeddings.weight";

private:
    CheckpointWeights m_weights;
    torch::Device m_device;
    std::string m_prefix;
};

torch::Tensor apply(const Pair& linear, const torch::Tensor& x) {
    return torch::linear(x, linear.weight, linear.bias);
}

} // namespace

TextEncoderConfig readTextEncoderConfig(const fs::path& file) {
    const nlohmann::json json = readJsonFile(file);
    JsonReader reader(json, file.string());
    TextEncoderConfig out;
    std::string positions = "absolute";
    bool decoder = false;
    std::int64_t pad = 0;
    reader.required("model_type", out.modelType);
    const bool roberta = out.modelType == "roberta" || out.modelType == "xlm-roberta" ||
                         out.modelType == "camembert";
    if (!roberta && out.modelType != "bert")
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{}: model_type \"{}\" is not computed; known are bert, roberta, "
                                "xlm-roberta, camembert",
                                file.string(), out.modelType));
    reader.required("hidden_size", out.hiddenSize);
    reader.required("num_hidden_layers", out.layers);
    reader.required("num_attention_heads", out.heads);
    reader.required("intermediate_size", out.intermediateSize);
    reader.required("vocab_size", out.vocabSize);
    reader.required("max_position_embeddings", out.maxPositions);
    reader.required("type_vocab_size", out.typeVocabSize);
    reader.optional("pad_token_id", pad);
    reader.optional("layer_norm_eps", out.layerNormEps);
    reader.optional("hidden_act", out.activation);
    reader.optional("position_embedding_type", positions);
    reader.optional("is_decoder", decoder);
    for (const auto& [key, value] :
         {std::pair("hidden_size", out.hiddenSize), std::pair("num_hidden_layers", out.layers),
          std::pair("num_attention_heads", out.heads),
          std::pair("intermediate_size", out.intermediateSize),
          std::pair("vocab_size", out.vocabSize),
          std::pair("max_position_embeddings", out.maxPositions),
          std::pair("type_vocab_size", out.typeVocabSize)})
        requirePositive(file, key, value);
    out.firstPosition = roberta ? pad + 1 : 0;
    if (out.hiddenSize % out.heads != 0 || out.firstPosition < 0 || out.longestText() < 3)
        throw Error(ErrorCode::Format,
                    fmt::format("{}: hidden_size {}, num_attention_heads {}, pad_token_id {} and "
                                "max_position_embeddings {} do not go together",
                                file.string(), out.hiddenSize, out.heads, pad, out.maxPositions));
    if (positions != "absolute" || decoder ||
        (out.activation != "gelu" && out.activation != "gelu_new" && out.activation != "relu"))
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("{}: position_embedding_type \"{}\", hidden_act \"{}\" or a decoder "
                        "is not computed; known are absolute, and gelu, gelu_new, relu",
                        file.string(), positions, out.activation));
    return out;
}

struct TextEncoder::Impl {
    TextEncoderConfig config;
    torch::Device device = torch::kCPU;
    torch::Tensor words;
    torch::Tensor positions;
    torch::Tensor type; ///< [hidden], of type 0
    Pair norm;
    std::vector<Layer> layers;

    [[nodiscard]] torch::Tensor normalized(const torch::Tensor& x, const Pair& pair) const {
        return torch::layer_norm(x, {config.hiddenSize}, pair.weight, pair.bias,
                                 config.layerNormEps);
    }
    [[nodiscard]] torch::Tensor activated(const torch::Tensor& x) const {
        if (config.activation == "relu")
            return torch::relu(x);
        return torch::gelu(x, config.activation == "gelu" ? "none" : "tanh");
    }
    /// [batch, time, hidden] to [batch, heads, time, dim].
    [[nodiscard]] torch::Tensor inHeads(const torch::Tensor& x) const {
        return x.view({x.size(0), x.size(1), config.heads, -1}).transpose(1, 2);
    }
    /// @param mask [batch, 1, 1, time] bool, true for tokens; undefined when nothing is padded
    [[nodiscard]] torch::Tensor through(const Layer& layer, const torch::Tensor& x,
                                        const torch::Tensor& mask) const {
        std::optional<torch::Tensor> allowed;
        if (mask.defined())
            allowed = mask;
        const torch::Tensor mixed =
            torch::scaled_dot_product_attention(inHeads(apply(layer.query, x)),
                                                inHeads(apply(layer.key, x)),
                                                inHeads(apply(layer.value, x)), allowed)
                .transpose(1, 2)
                .reshape(x.sizes());
        const torch::Tensor attended =
            normalized(x + apply(layer.attentionOut, mixed), layer.attentionNorm);
        const torch::Tensor inner = activated(apply(layer.up, attended));
        return normalized(attended + apply(layer.down, inner), layer.outputNorm);
    }
    /// @param ids [batch, time] int64, lengths their true lengths
    [[nodiscard]] torch::Tensor run(const torch::Tensor& ids, const torch::Tensor& mask,
                                    std::int64_t layer) const {
        const std::int64_t time = ids.size(1);
        torch::Tensor x = torch::embedding(words, ids) +
                          positions.slice(0, config.firstPosition, config.firstPosition + time) +
                          type;
        x = normalized(x, norm);
        for (std::int64_t i = 0; i < layer; ++i)
            x = through(layers[static_cast<std::size_t>(i)], x, mask);
        return x;
    }
};

TextEncoder::TextEncoder(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
TextEncoder::~TextEncoder() = default;

std::unique_ptr<TextEncoder> TextEncoder::load(const fs::path& folder, const torch::Device& device,
                                               std::int64_t layers) {
    auto impl = std::make_unique<Impl>();
    impl->config = readTextEncoderConfig(folder / "config.json");
    impl->device = device;
    const TextEncoderConfig& config = impl->config;
    if (layers < 0 || layers > config.layers)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{}: layer {} is asked for and the model has {}", folder.string(),
                                layers, config.layers));
    const torch::NoGradGuard noGrad;
    const Weights weights(folder, device);
    const std::int64_t size = config.hiddenSize;
    impl->words = weights.tensor(Weights::kWords, {config.vocabSize, size});
    impl->positions =
        weights.tensor("embeddings.position_embeddings.weight", {config.maxPositions, size});
    impl->type =
        weights.tensor("embeddings.token_type_embeddings.weight", {config.typeVocabSize, size})[0];
    impl->norm = weights.norm("embeddings.LayerNorm", size);
    for (std::int64_t i = 0; i < (layers == 0 ? config.layers : layers); ++i) {
        const std::string at = fmt::format("encoder.layer.{}.", i);
        Layer layer;
        layer.query = weights.linear(at + "attention.self.query", size, size);
        layer.key = weights.linear(at + "attention.self.key", size, size);
        layer.value = weights.linear(at + "attention.self.value", size, size);
        layer.attentionOut = weights.linear(at + "attention.output.dense", size, size);
        layer.attentionNorm = weights.norm(at + "attention.output.LayerNorm", size);
        layer.up = weights.linear(at + "intermediate.dense", config.intermediateSize, size);
        layer.down = weights.linear(at + "output.dense", size, config.intermediateSize);
        layer.outputNorm = weights.norm(at + "output.LayerNorm", size);
        impl->layers.push_back(std::move(layer));
    }
    return std::unique_ptr<TextEncoder>(new TextEncoder(std::move(impl)));
}

std::vector<torch::Tensor> TextEncoder::encode(const std::vector<std::vector<std::int64_t>>& ids,
                                               std::int64_t layer) const {
    const TextEncoderConfig& config = m_impl->config;
    if (layer < 0 || layer > loadedLayers())
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("TextEncoder: layer {} was not loaded, only 0..{}", layer, loadedLayers()));
    for (const auto& text : ids) {
        const auto length = static_cast<std::int64_t>(text.size());
        if (length < 1 || length > config.longestText())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("TextEncoder: a text of {} tokens; 1..{} are possible", length,
                                    config.longestText()));
        for (const std::int64_t id : text)
            if (id < 0 || id >= config.vocabSize)
                throw Error(ErrorCode::InvalidArgument,
                            fmt::format("TextEncoder: the token id {} is not in 0..{}; the "
                                        "tokenizer belongs to another model",
                                        id, config.vocabSize - 1));
    }
    const torch::NoGradGuard noGrad;
    // texts of like length go together, so that little is padded
    std::vector<std::size_t> order(ids.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&ids](std::size_t a, std::size_t b) {
        return ids[a].size() > ids[b].size();
    });
    std::vector<torch::Tensor> out(ids.size());
    for (std::size_t first = 0; first < order.size();) {
        const auto width = static_cast<std::int64_t>(ids[order[first]].size());
        const auto rows = std::min<std::int64_t>(std::max<std::int64_t>(1, kTokensAtOnce / width),
                                                 static_cast<std::int64_t>(order.size() - first));
        torch::Tensor batch = torch::zeros({rows, width}, torch::kInt64);
        torch::Tensor mask = torch::zeros({rows, 1, 1, width}, torch::kBool);
        bool padded = false;
        for (std::int64_t row = 0; row < rows; ++row) {
            const auto& text = ids[order[first + static_cast<std::size_t>(row)]];
            const auto length = static_cast<std::int64_t>(text.size());
            std::copy(text.begin(), text.end(), batch.data_ptr<std::int64_t>() + row * width);
            mask[row][0][0].slice(0, 0, length).fill_(true);
            padded = padded || length < width;
        }
        const torch::Tensor hidden = m_impl->run(
            batch.to(m_impl->device), padded ? mask.to(m_impl->device) : torch::Tensor(), layer);
        for (std::int64_t row = 0; row < rows; ++row) {
            const std::size_t at = order[first + static_cast<std::size_t>(row)];
            out[at] = hidden[row].slice(0, 0, static_cast<std::int64_t>(ids[at].size()));
        }
        first += static_cast<std::size_t>(rows);
    }
    return out;
}

const TextEncoderConfig& TextEncoder::config() const {
    return m_impl->config;
}

std::int64_t TextEncoder::loadedLayers() const {
    return static_cast<std::int64_t>(m_impl->layers.size());
}

} // namespace viva
