// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/model/model_set_torch.h"

#include "core/audio/audio_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"

#include <fmt/format.h>

#include <limits>
#include <map>

namespace viva {

namespace {

namespace fs = std::filesystem;

/// The README's tolerances, for sets that do not state their own.
const std::map<std::string, std::array<double, 2>> kDefaults{
    {"features", {2e-4, 2e-4}},
    {"encoder", {1.5e-5, 1e-4}},
    {"projector/qformer", {1e-5, 2e-5}},
    {"projector/out", {1e-6, 2e-6}},
    {"merged", {0, 2e-6}},
    {"lm", {1e-4, 1e-4}},
    {"logits", {1e-4, 1e-4}},
    {"nll", {5e-5, 5e-5}},
    {"mean_nll", {1e-5, 2e-5}},
    {"grad", {1.5e-4, 1.5e-4}},
    {"logits of the merged model", {2e-4, 2e-4}},
};

DeviationOf defaultMeasure(const std::string& key) {
    if (key == "lm")
        return DeviationOf::RootMeanSquare;
    return key == "grad" ? DeviationOf::Largest : DeviationOf::Absolute;
}

} // namespace

double deviation(const torch::Tensor& got, const torch::Tensor& want, DeviationOf of) {
    if (got.sizes() != want.sizes())
        return std::numeric_limits<double>::infinity();
    if (want.numel() == 0)
        return 0.0;
    const torch::Tensor reference = want.detach().to(torch::kFloat64);
    const double difference =
        (got.detach().to(torch::kCPU, torch::kFloat64) - reference).abs().max().item<double>();
    if (of == DeviationOf::Absolute || difference == 0.0)
        return difference;
    const double unit = of == DeviationOf::Largest
                            ? reference.abs().max().item<double>()
                            : reference.square().mean().sqrt().item<double>();
    return unit > 0 ? difference / unit : std::numeric_limits<double>::infinity();
}

ModelSet::ModelSet(const fs::path& folder)
    : m_folder(folder), m_doc(readJsonFile(folder / "expect.json")),
      m_expected(folder / "expect.safetensors"), m_model(openSpeechModel(folder)) {
    if (!m_doc.is_object() || !m_doc.contains("clips"))
        throw Error(ErrorCode::Format, fmt::format("{}: no clips in it; not the expectations of a "
                                                   "model",
                                                   (folder / "expect.json").string()));
    if (fs::exists(folder / "peft-adapter"))
        m_peft = loadAdapter(m_model->decoder(), folder / "peft-adapter", AdapterSlot::Trained);
}

AdapterState ModelSet::state(const std::string& name) {
    if (name == "off")
        return {false, false};
    if (name == "on")
        return {true, false};
    if (name == "peft")
        return {false, true};
    if (name == "on+peft")
        return {true, true};
    throw Error(ErrorCode::Format, fmt::format("expect.json: unknown adapter state \"{}\"", name));
}

AudioBuffer ModelSet::clip(const nlohmann::json& entry) const {
    const auto file = entry.at("file").get<std::string>();
    const fs::path inside = m_folder / file;
    return readAudioFile(fs::exists(inside) ? inside : m_folder.parent_path() / file);
}

std::vector<std::int64_t> ModelSet::ids(const nlohmann::json& list) {
    return list.get<std::vector<std::int64_t>>();
}

Allowed ModelSet::allowed(const std::string& key, Scope scope) const {
    Allowed result;
    const std::size_t column = scope == Scope::Stage ? 0 : 1;
    const auto known = kDefaults.find(key);
    result.limit = known == kDefaults.end() ? 0.0 : known->second[column];
    result.of = defaultMeasure(key);
    const auto stated = m_doc.value("tolerances", nlohmann::json::object());
    if (!stated.contains(key))
        return result;
    const auto& entry = stated.at(key);
    result.limit = entry.value(scope == Scope::Stage ? "stage" : "whole", result.limit);
    const std::string of = entry.value("of", std::string());
    if (of == "rms")
        result.of = DeviationOf::RootMeanSquare;
    else if (of == "max")
        result.of = DeviationOf::Largest;
    else if (of == "abs")
        result.of = DeviationOf::Absolute;
    return result;
}

void ModelSet::add(const std::string& quantity, const std::string& caseId, double deviated,
                   double limit) {
    for (auto& line : m_lines)
        if (line.quantity == quantity) {
            line.add(caseId, deviated, limit);
            return;
        }
    m_lines.emplace_back();
    m_lines.back().quantity = quantity;
    m_lines.back().add(caseId, deviated, limit);
}

void ModelSet::compare(const std::string& quantity, const std::string& caseId,
                       const Allowed& limits, const torch::Tensor& got, const torch::Tensor& want) {
    m_compared.insert(caseId);
    add(quantity, caseId, deviation(got, want, limits.of), limits.limit);
}

void ModelSet::compareStored(const std::string& quantity, const std::string& key, Scope scope,
                             const std::string& name, const torch::Tensor& got) {
    if (!has(name))
        return;
    const char* scopeName = scope == Scope::Stage ? ", stage" : ", whole";
    compare(quantity + scopeName, name, allowed(key, scope), got, expected(name));
}

void ModelSet::compareEqual(const std::string& quantity, const std::string& caseId, bool equal) {
    add(quantity, caseId, equal ? 0.0 : 1.0, 0.0);
}

void ModelSet::compareCoverage() {
    for (const auto& name : expectedNames())
        compareEqual("stored tensors that were compared", name, m_compared.count(name) > 0);
}

} // namespace viva
