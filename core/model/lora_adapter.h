// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"
#include "core/config/model_config.h"
#include "core/model/decoder.h"
#include "core/nn/safetensors.h"

#include <torch/torch.h>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace viva {

/// How adapter tensors are named in a file.
enum class AdapterKeyStyle {
    Checkpoint, ///< language_model.model.layers.N.self_attn.q_proj.lora_A.weight
    Peft        ///< base_model.model.model.language_model.layers.N.self_attn.q_proj.lora_A.weight
};

/// A LoRA over linear layers of one decoder: which layers, their factors, and their files.
///
/// Layers are in a stable order: by layer number, then q, k, v, o, gate, up, down. The adapter sits
/// in a slot of the decoder's LoraLinears; this object keeps the same tensors, so an optimizer step
/// on parameters() is seen by the next forward. The decoder must outlive it.
class LoraAdapter {
public:
    /// Attaches a fresh adapter: A uniform in +-1/sqrt(in) (Kaiming with a = sqrt(5)) drawn from
    /// `rng`, B zero.
    /// @throws Error(InvalidArgument) when no layer matches or a setting is out of range.
    static LoraAdapter attach(Decoder& decoder, const AdapterConfig& config, AdapterSlot slot,
                              Rng rng);

    /// Attaches factors read from a file: keys in either style (see AdapterKeyStyle), with or
    /// without
    /// ".default"; the layers are those the keys name.
    /// @throws Error(Format | ShapeMismatch) naming the key: unknown, missing its partner, wrong
    /// shape.
    static LoraAdapter attach(Decoder& decoder, const AdapterConfig& config, AdapterSlot slot,
                              const NamedTensors& tensors);

    /// An adapter without layers: everything that is trained is trained whole.
    static LoraAdapter none(Decoder& decoder, AdapterSlot slot);

    /// A then B of each layer, float32, requires_grad as set by setTrainable.
    [[nodiscard]] const std::vector<torch::Tensor>& parameters() const { return m_parameters; }
    /// "layers.N.self_attn.q_proj.lora_A" and so on, beside parameters().
    [[nodiscard]] const std::vector<std::string>& names() const { return m_names; }
    [[nodiscard]] std::int64_t parameterCount() const;
    [[nodiscard]] const AdapterConfig& config() const { return m_config; }
    [[nodiscard]] AdapterSlot slot() const { return m_slot; }

    void setTrainable(bool trainable);
    /// Copies values in, by position. @throws Error(ShapeMismatch).
    void copyFrom(const std::vector<torch::Tensor>& values);
    /// Takes the adapter off the decoder.
    void detach();

    /// Detached float32 CPU copies under the file keys of `style`, in the order of parameters().
    [[nodiscard]] NamedTensors toFileTensors(AdapterKeyStyle style) const;

private:
    LoraAdapter(Decoder& decoder, AdapterConfig config, AdapterSlot slot);
    void add(const std::string& layerName, std::shared_ptr<LoraLinearImpl> linear, torch::Tensor a,
             torch::Tensor b, double scale);

    Decoder m_decoder;
    AdapterConfig m_config;
    AdapterSlot m_slot;
    std::vector<torch::Tensor> m_parameters;
    std::vector<std::string> m_names;
    std::vector<std::shared_ptr<LoraLinearImpl>> m_linears;
};

/// A module that may lie whole beside an adapter's factors, as PEFT's modules_to_save do.
struct WholeModule {
    std::string prefix; ///< of its weights' names: "projector."
    const torch::nn::Module* module = nullptr;
};

/// Reads adapter_config.json and adapter_model.safetensors of a folder and attaches them. Where a
/// module was trained whole beside the factors, its values are copied into that of `whole`.
/// @throws Error as readAdapterConfig and LoraAdapter::attach do, Error(InvalidArgument) when the
/// file holds a module and none is given.
LoraAdapter loadAdapter(Decoder& decoder, const std::filesystem::path& folder, AdapterSlot slot,
                        const WholeModule& whole = {});

/// Writes adapter_model.safetensors and adapter_config.json, each all or nothing. `whole`: the
/// weights of a module that was trained too ("projector.*"), all of them or none.
void saveAdapter(const LoraAdapter& adapter, const std::filesystem::path& folder,
                 AdapterKeyStyle style, const NamedTensors& whole = {});

/// Switches requires_grad off for every parameter of a module (adapters are not parameters).
void freeze(torch::nn::Module& module);

} // namespace viva
