// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/decode_step.h"
#include "core/nn/attention/kv_cache.h"

#include <algorithm>
#include <limits>

namespace viva {
namespace {

/// Rows stand in [prompts, slots] places, so that a prompt's keys meet all its answers in one
/// product; a place whose row has ended runs along until half of the slots of every prompt are
/// free.
class TensorDecodeStep : public DecodeStep {
public:
    TensorDecodeStep(const Decoder& decoder, const PromptCache& prompts, const DecodePlan& plan)
        : m_decoder(decoder), m_prompts(prompts), m_config(decoder->config()),
          m_device(prompts.lastHidden.device()), m_promptOf(plan.promptOf),
          m_slots(widestGroup(plan.promptOf, prompts.prompts())),
          m_cache(static_cast<std::int64_t>(prompts.keys.size()), prompts.prompts() * m_slots,
                  m_config.numKeyValueHeads, std::max<std::int64_t>(plan.capacity, 1),
                  m_config.headDim, prompts.lastHidden.options()) {
        m_places = placesOf(m_promptOf, m_slots);
        const std::int64_t longest =
            *std::max_element(prompts.lengths.begin(), prompts.lengths.end());
        const auto [cos, sin] = decoder->rope().upTo(longest + plan.capacity + 1);
        m_cos = cos.to(m_device);
        m_sin = sin.to(m_device);
        m_lengths = index(prompts.lengths);
        const torch::Tensor columns =
            torch::arange(prompts.keys.empty() ? 0 : prompts.keys[0].size(2), m_lengths.options());
        m_mask = torch::zeros({m_lengths.size(0), columns.size(0)},
                              torch::TensorOptions(torch::kFloat32).device(m_device))
                     .masked_fill(columns.unsqueeze(0) >= m_lengths.unsqueeze(1),
                                  -std::numeric_limits<float>::infinity());
    }

    torch::Tensor first() override {
        return m_decoder->logits(m_prompts.lastHidden)
            .to(torch::kFloat32)
            .index_select(0, index(m_promptOf));
    }

    torch::Tensor next(const std::vector<std::int64_t>& ids) override {
        std::vector<std::int64_t> all(static_cast<std::size_t>(m_prompts.prompts() * m_slots), 0);
        for (std::size_t i = 0; i < ids.size(); ++i)
            all[static_cast<std::size_t>(m_places[i])] = ids[i];
        const torch::Tensor positions = (m_lengths + m_cache.length).repeat_interleave(m_slots, 0);
        const torch::Tensor cos = m_cos.index_select(0, positions);
        const torch::Tensor sin = m_sin.index_select(0, positions);
        torch::Tensor x = m_decoder->embed(index(all)) * m_config.embeddingMultiplier;
        for (std::size_t i = 0; i < m_prompts.weights->layers.size(); ++i)
            x = layer(i, x, cos, sin);
        ++m_cache.length;
        x = m_decoder->model->norm->forward(x.index_select(0, index(m_places)));
        return m_decoder->logits(x).to(torch::kFloat32);
    }

    void keepRows(const std::vector<std::int64_t>& rows) override {
        std::vector<std::int64_t> promptOf, places;
        for (const std::int64_t row : rows) {
            promptOf.push_back(m_promptOf[static_cast<std::size_t>(row)]);
            places.push_back(m_places[static_cast<std::size_t>(row)]);
        }
        m_promptOf = std::move(promptOf);
        m_places = std::move(places);
        const std::int64_t slots = widestGroup(m_promptOf, m_prompts.prompts());
        if (slots == 0 || slots * 2 > m_slots)
            return;
        const std::vector<std::int64_t> moved = placesOf(m_promptOf, slots);
        std::vector<std::int64_t> from(static_cast<std::size_t>(m_prompts.prompts() * slots), 0);
        for (std::size_t i = 0; i < moved.size(); ++i)
            from[static_cast<std::size_t>(moved[i])] = m_places[i];
        m_cache.keepRows(from);
        m_places = moved;
        m_slots = slots;
    }

private:
    static std::int64_t widestGroup(const std::vector<std::int64_t>& promptOf,
                                    std::int64_t prompts) {
        std::vector<std::int64_t> counts(static_cast<std::size_t>(prompts), 0);
        for (const std::int64_t prompt : promptOf)
            ++counts[static_cast<std::size_t>(prompt)];
        return *std::max_element(counts.begin(), counts.end());
    }

    static std::vector<std::int64_t> placesOf(const std::vector<std::int64_t>& promptOf,
                                              std::int64_t slots) {
        std::vector<std::int64_t> places;
        for (std::size_t i = 0; i < promptOf.size(); ++i) {
            const bool follows = i > 0 && promptOf[i] == promptOf[i - 1];
            places.push_back(follows ? places.back() + 1 : promptOf[i] * slots);
        }
        return places;
    }

    [[nodiscard]] torch::Tensor index(const std::vector<std::int64_t>& values) const {
        return torch::tensor(values, torch::kInt64).to(m_device);
    }

    torch::Tensor layer(std::size_t number, const torch::Tensor& x, const torch::Tensor& cos,
                        const torch::Tensor& sin) {
        const LayerWeights& weights = m_prompts.weights->layers[number];
        const torch::Tensor normed = rmsNorm(x, weights.inputNorm, m_config.rmsNormEps);
        const torch::Tensor attended = attend(number, projectParts(normed, weights.qkv), cos, sin);
        const torch::Tensor residual =
            projectOnto(x, attended, weights.out, m_config.residualMultiplier);
        const torch::Tensor inner =
            rmsNorm(residual, weights.postAttentionNorm, m_config.rmsNormEps);
        return projectOnto(residual, swiGlu(projectParts(inner, weights.gateUp)), weights.down,
                           m_config.residualMultiplier);
    }

    torch::Tensor attend(std::size_t number, const torch::Tensor& qkv, const torch::Tensor& cos,
                         const torch::Tensor& sin) {
        const std::int64_t heads = m_config.numAttentionHeads, kv = m_config.numKeyValueHeads;
        const std::int64_t repeat = heads / kv, hd = m_config.headDim;
        const std::int64_t prompts = m_prompts.prompts(), rows = prompts * m_slots;
        const torch::Tensor all = qkv.view({rows, heads + 2 * kv, hd});
        const torch::Tensor rotated = applyRope(all.narrow(1, 0, heads + kv), cos, sin);
        KvCache::Layer& own = m_cache.layers[number];
        own.keys.select(2, m_cache.length).copy_(rotated.narrow(1, heads, kv));
        own.values.select(2, m_cache.length).copy_(all.narrow(1, heads + kv, kv));
        const torch::Tensor q = rotated.narrow(1, 0, heads).reshape({rows, kv, repeat, hd});
        const torch::Tensor keys = own.keys.narrow(2, 0, m_cache.length + 1);
        const torch::Tensor values = own.values.narrow(2, 0, m_cache.length + 1);
        const std::int64_t time = m_mask.size(1);
        const torch::Tensor far =
            torch::matmul(grouped(q), m_prompts.keys[number].transpose(2, 3)).to(torch::kFloat32) *
                m_config.attentionMultiplier +
            m_mask.view({prompts, 1, 1, time});
        const torch::Tensor near = torch::matmul(q, keys.transpose(2, 3)).to(torch::kFloat32) *
                                   m_config.attentionMultiplier;
        const torch::Tensor p =
            torch::softmax(torch::cat({ungrouped(far), near}, -1), -1).to(qkv.scalar_type());
        const torch::Tensor fromPrompt =
            torch::matmul(grouped(p.narrow(-1, 0, time)), m_prompts.values[number]);
        const torch::Tensor fromOwn = torch::matmul(p.narrow(-1, time, m_cache.length + 1), values);
        return (ungrouped(fromPrompt) + fromOwn).reshape({rows, heads * hd});
    }

    /// [prompts * slots, kv, repeat, n] to [prompts, kv, slots * repeat, n].
    [[nodiscard]] torch::Tensor grouped(const torch::Tensor& x) const {
        return x.reshape({m_prompts.prompts(), m_slots, x.size(1), x.size(2), x.size(3)})
            .transpose(1, 2)
            .reshape({m_prompts.prompts(), x.size(1), m_slots * x.size(2), x.size(3)});
    }

    /// The way back.
    [[nodiscard]] torch::Tensor ungrouped(const torch::Tensor& x) const {
        const std::int64_t repeat = x.size(2) / m_slots;
        return x.reshape({x.size(0), x.size(1), m_slots, repeat, x.size(3)})
            .transpose(1, 2)
            .reshape({x.size(0) * m_slots, x.size(1), repeat, x.size(3)});
    }

    const Decoder& m_decoder;
    const PromptCache& m_prompts;
    const TextConfig& m_config;
    torch::Device m_device;
    std::vector<std::int64_t> m_promptOf; ///< of the running rows
    std::vector<std::int64_t> m_places;   ///< prompt * slots + slot, of the running rows
    std::int64_t m_slots;
    KvCache m_cache;
    torch::Tensor m_cos, m_sin, m_lengths, m_mask;
};

} // namespace

std::unique_ptr<DecodeStep> makeTensorDecodeStep(const Decoder& decoder, const PromptCache& prompts,
                                                 const DecodePlan& plan) {
    return std::make_unique<TensorDecodeStep>(decoder, prompts, plan);
}

} // namespace viva
