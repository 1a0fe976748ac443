// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/moments_file.h"

#include "core/base/error.h"
#include "core/nn/safetensors.h"

#include <fmt/format.h>

#include <charconv>

namespace viva {

std::int64_t StoredMoments::number(const std::string& fact) const {
    const auto found = facts.find(fact);
    std::int64_t value = 0;
    if (found != facts.end()) {
        const auto& text = found->second;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error == std::errc() && end == text.data() + text.size())
            return value;
    }
    throw Error(ErrorCode::Format,
                fmt::format("{}: the metadata has no whole number \"{}\"", origin, fact));
}

void saveMoments(const std::filesystem::path& file, const Moments& moments,
                 const std::map<std::string, std::string>& facts) {
    NamedTensors tensors;
    for (std::size_t i = 0; i < moments.names.size(); ++i) {
        if (!moments.values.empty())
            tensors.emplace_back("value/" + moments.names[i], moments.values[i].detach());
        tensors.emplace_back("exp_avg/" + moments.names[i], moments.optimizer.expAvg[i]);
        tensors.emplace_back("exp_avg_sq/" + moments.names[i], moments.optimizer.expAvgSq[i]);
    }
    for (const auto& [name, tensor] : moments.buffers)
        tensors.emplace_back("buffer/" + name, tensor);
    auto metadata = facts;
    metadata["format"] = "pt";
    metadata["updates"] = std::to_string(moments.optimizer.updates);
    saveSafetensors(file, tensors, metadata);
}

StoredMoments loadMoments(const std::filesystem::path& file, const std::vector<std::string>& names,
                          const std::vector<std::string>& bufferNames) {
    const SafetensorsFile stored(file);
    StoredMoments result;
    result.origin = file.string();
    result.facts = stored.metadata();
    result.moments.names = names;
    for (const auto& name : names) {
        if (stored.has("value/" + name))
            result.moments.values.push_back(stored.tensor("value/" + name).clone());
        result.moments.optimizer.expAvg.push_back(stored.tensor("exp_avg/" + name).clone());
        result.moments.optimizer.expAvgSq.push_back(stored.tensor("exp_avg_sq/" + name).clone());
    }
    for (const auto& name : bufferNames)
        result.moments.buffers.emplace_back(name, stored.tensor("buffer/" + name).clone());
    result.moments.optimizer.updates = result.number("updates");
    return result;
}

void restoreMoments(const StoredMoments& stored, AdamW& optimizer, const NamedTensors& buffers) {
    const auto& moments = stored.moments;
    const auto require = [&](const std::string& name, const torch::Tensor& got,
                             const torch::Tensor& want) {
        if (got.sizes() != want.sizes())
            throw Error(ErrorCode::ShapeMismatch,
                        fmt::format("{}: {} is {}, the model asks for {}", stored.origin, name,
                                    c10::str(got.sizes()), c10::str(want.sizes())));
    };
    const auto& parameters = optimizer.parameters();
    if (moments.values.size() != parameters.size())
        throw Error(ErrorCode::Format,
                    fmt::format("{}: holds values of {} tensors, {} are needed", stored.origin,
                                moments.values.size(), parameters.size()));
    for (std::size_t i = 0; i < parameters.size(); ++i)
        require(moments.names[i], moments.values[i], parameters[i]);
    for (std::size_t i = 0; i < buffers.size(); ++i)
        require(buffers[i].first, moments.buffers.at(i).second, buffers[i].second);
    optimizer.restore(moments.optimizer);
    const torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < parameters.size(); ++i)
        torch::Tensor(parameters[i]).copy_(moments.values[i]);
    for (std::size_t i = 0; i < buffers.size(); ++i)
        torch::Tensor(buffers[i].second).copy_(moments.buffers[i].second);
}

} // namespace viva
