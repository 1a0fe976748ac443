// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/decode_step.h"

#include "core/nn/cpu_kernels.h"

#include <algorithm>

namespace viva {
namespace {

/// BLAS rounds products of one to three rows differently from those of more. Never running fewer
/// keeps a row's result the same whatever stands beside it.
constexpr std::int64_t kLeastRows = 4;

const float* dataOf(const torch::Tensor& tensor) {
    return tensor.const_data_ptr<float>();
}

bool plainPart(const std::vector<LinearPart>& parts) {
    return parts.size() == 1 && (parts[0].folded || parts[0].adapters.empty()) &&
           !parts[0].bias.defined() && parts[0].weight.is_contiguous() &&
           parts[0].weight.scalar_type() == torch::kFloat32;
}

bool plainLayer(const LayerWeights& layer) {
    return plainPart(layer.qkv) && plainPart({layer.out}) && plainPart(layer.gateUp) &&
           plainPart({layer.down}) && layer.inputNorm.scalar_type() == torch::kFloat32;
}

class CpuDecodeStep : public DecodeStep {
public:
    CpuDecodeStep(const Decoder& decoder, const PromptCache& prompts, const DecodePlan& plan)
        : m_decoder(decoder), m_prompts(prompts), m_config(decoder->config()),
          m_promptOf(plan.promptOf), m_capacity(std::max<std::int64_t>(plan.capacity, 1)) {
        const auto rows = static_cast<std::int64_t>(m_promptOf.size());
        for (std::int64_t r = 0; r < rows; ++r)
            m_slots.push_back(r);
        const std::int64_t longest =
            *std::max_element(prompts.lengths.begin(), prompts.lengths.end());
        std::tie(m_cos, m_sin) = decoder->rope().upTo(longest + m_capacity);
        const std::int64_t width = std::max(rows, kLeastRows);
        const std::int64_t heads = m_config.numAttentionHeads, kv = m_config.numKeyValueHeads;
        const std::int64_t hd = m_config.headDim;
        m_x = torch::zeros({width, m_config.hiddenSize});
        m_normed = torch::zeros({width, m_config.hiddenSize});
        m_rstd = torch::zeros({width});
        m_qkv = torch::zeros({width, (heads + 2 * kv) * hd});
        m_attended = torch::zeros({width, heads * hd});
        m_gateUp = torch::zeros({width, 2 * m_config.intermediateSize});
        m_inner = torch::zeros({width, m_config.intermediateSize});
        m_scores = torch::zeros({longest + m_capacity});
        for (std::size_t i = 0; i < prompts.keys.size(); ++i) {
            m_promptKeysT.push_back(prompts.keys[i].transpose(2, 3).contiguous());
            m_promptValues.push_back(prompts.values[i].contiguous());
            m_ownKeysT.push_back(torch::empty({rows, kv, hd, m_capacity}));
            m_ownValues.push_back(torch::empty({rows, kv, m_capacity, hd}));
        }
    }

    torch::Tensor first() override {
        const torch::Tensor last = m_prompts.lastHidden.contiguous();
        std::copy_n(dataOf(last), std::min(last.numel(), m_normed.numel()),
                    m_normed.mutable_data_ptr<float>());
        const torch::Tensor logits = head(last.size(0));
        return logits.index_select(0, torch::tensor(m_promptOf, torch::kInt64));
    }

    torch::Tensor next(const std::vector<std::int64_t>& ids) override {
        embed(ids);
        for (std::size_t i = 0; i < m_prompts.weights->layers.size(); ++i)
            layer(i);
        ++m_length;
        norm(m_decoder->model->norm->weight);
        return head(rows());
    }

    void keepRows(const std::vector<std::int64_t>& rows) override {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            m_slots[i] = m_slots[static_cast<std::size_t>(rows[i])];
            m_promptOf[i] = m_promptOf[static_cast<std::size_t>(rows[i])];
        }
        m_slots.resize(rows.size());
        m_promptOf.resize(rows.size());
    }

private:
    [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(m_slots.size()); }

    void embed(const std::vector<std::int64_t>& ids) {
        const std::int64_t hidden = m_config.hiddenSize;
        const float* table = dataOf(m_decoder->model->embed_tokens->weight);
        const auto factor = static_cast<float>(m_config.embeddingMultiplier);
        auto* x = m_x.mutable_data_ptr<float>();
        for (const std::int64_t id : ids)
            for (std::int64_t d = 0; d < hidden; ++d)
                *x++ = table[id * hidden + d] * factor;
    }

    void norm(const torch::Tensor& weight) {
        kernels::rmsNorm(dataOf(m_x), dataOf(weight), m_normed.mutable_data_ptr<float>(),
                         m_rstd.mutable_data_ptr<float>(), rows(), m_config.hiddenSize,
                         static_cast<float>(m_config.rmsNormEps));
    }

    /// out = factor * in weight^T (+ out).
    void multiply(const torch::Tensor& in, const torch::Tensor& weight, float factor, float keep,
                  torch::Tensor& out) const {
        const std::int64_t inWidth = weight.size(1), outWidth = weight.size(0);
        kernels::gemm(std::max(rows(), kLeastRows), outWidth, inWidth, factor,
                      {dataOf(in), inWidth}, {dataOf(weight), inWidth, true}, keep,
                      out.mutable_data_ptr<float>(), outWidth);
    }

    void layer(std::size_t index) {
        const LayerWeights& weights = m_prompts.weights->layers[index];
        const auto factor = static_cast<float>(m_config.residualMultiplier);
        norm(weights.inputNorm);
        multiply(m_normed, weights.qkv[0].weight, 1.0F, 0.0F, m_qkv);
        attend(index);
        multiply(m_attended, weights.out.weight, factor, 1.0F, m_x);
        norm(weights.postAttentionNorm);
        multiply(m_normed, weights.gateUp[0].weight, 1.0F, 0.0F, m_gateUp);
        kernels::swiGlu(dataOf(m_gateUp), m_inner.mutable_data_ptr<float>(), rows(),
                        m_config.intermediateSize);
        multiply(m_inner, weights.down.weight, factor, 1.0F, m_x);
    }

    void attend(std::size_t index) {
        const std::int64_t half = m_config.headDim / 2;
        auto* qkv = m_qkv.mutable_data_ptr<float>();
        for (std::int64_t r = 0; r < rows(); ++r) {
            const auto prompt = static_cast<std::size_t>(m_promptOf[static_cast<std::size_t>(r)]);
            const std::int64_t position = m_prompts.lengths[prompt] + m_length;
            kernels::rotate(qkv + r * m_qkv.size(1),
                            m_config.numAttentionHeads + m_config.numKeyValueHeads,
                            m_config.headDim, dataOf(m_cos) + position * half,
                            dataOf(m_sin) + position * half, 1.0F);
        }
        kernels::DecodeAttention task;
        task.rows = rows();
        task.heads = m_config.numAttentionHeads;
        task.kvHeads = m_config.numKeyValueHeads;
        task.headDim = m_config.headDim;
        task.scale = static_cast<float>(m_config.attentionMultiplier);
        task.qkv = qkv;
        task.promptKeysT = dataOf(m_promptKeysT[index]);
        task.promptValues = dataOf(m_promptValues[index]);
        task.promptTime = m_promptValues[index].size(2);
        task.promptLengths = m_prompts.lengths.data();
        task.promptOf = m_promptOf.data();
        task.slotOf = m_slots.data();
        task.ownKeysT = m_ownKeysT[index].mutable_data_ptr<float>();
        task.ownValues = m_ownValues[index].mutable_data_ptr<float>();
        task.capacity = m_capacity;
        task.length = m_length;
        task.scores = m_scores.mutable_data_ptr<float>();
        task.output = m_attended.mutable_data_ptr<float>();
        kernels::decodeAttention(task);
    }

    /// Logits of the first `count` rows of m_normed.
    torch::Tensor head(std::int64_t count) const {
        const torch::Tensor& weight = m_decoder->headWeight();
        torch::Tensor logits = torch::empty({std::max(count, kLeastRows), m_config.vocabSize});
        kernels::gemm(logits.size(0), m_config.vocabSize, m_config.hiddenSize,
                      static_cast<float>(1.0 / m_config.logitsScaling),
                      {dataOf(m_normed), m_config.hiddenSize},
                      {dataOf(weight), m_config.hiddenSize, true}, 0.0F,
                      logits.mutable_data_ptr<float>(), m_config.vocabSize);
        return logits.narrow(0, 0, count);
    }

    const Decoder& m_decoder;
    const PromptCache& m_prompts;
    const TextConfig& m_config;
    std::vector<std::int64_t> m_promptOf; ///< of the running rows
    std::vector<std::int64_t> m_slots;    ///< where a running row's own keys lie: they never move
    std::int64_t m_capacity;
    std::int64_t m_length = 0; ///< tokens fed back so far
    torch::Tensor m_cos, m_sin;
    torch::Tensor m_x, m_normed, m_rstd, m_qkv, m_attended, m_gateUp, m_inner, m_scores;
    std::vector<torch::Tensor> m_promptKeysT, m_promptValues, m_ownKeysT, m_ownValues;
};

} // namespace

std::unique_ptr<DecodeStep> makeCpuDecodeStep(const Decoder& decoder, const PromptCache& prompts,
                                              const DecodePlan& plan) {
    const torch::Tensor& embedding = decoder->model->embed_tokens->weight;
    const bool fits =
        embedding.device().is_cpu() && embedding.is_contiguous() &&
        embedding.scalar_type() == torch::kFloat32 && decoder->headWeight().is_contiguous() &&
        prompts.weights->merged && prompts.lastHidden.scalar_type() == torch::kFloat32 &&
        std::all_of(prompts.weights->layers.begin(), prompts.weights->layers.end(), plainLayer);
    if (!fits)
        return nullptr;
    return std::make_unique<CpuDecodeStep>(decoder, prompts, plan);
}

} // namespace viva
