// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/weight_loader.h"

#include "core/base/error.h"
#include "core/base/weight_files.h"
#include "core/nn/shape_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <optional>
#include <set>

namespace viva {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kListedNames = 8;

/// "a, b and 3 more".
std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < kListedNames; ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > kListedNames)
        text += fmt::format(" and {} more", names.size() - kListedNames);
    return text;
}

struct Mismatch {
    std::vector<std::string> missing;
    std::vector<std::string> unexpected;
    std::vector<std::string> misshaped;
};

bool sameKind(const torch::Tensor& a, const torch::Tensor& b) {
    return a.is_floating_point() == b.is_floating_point();
}

/// Transformers and older exports store a scalar as [] or [1].
bool sameShape(const torch::Tensor& stored, const torch::Tensor& target) {
    return stored.sizes() == target.sizes() || (stored.numel() == 1 && target.numel() == 1);
}

Mismatch compare(const CheckpointWeights& weights, const std::vector<WeightTarget>& targets) {
    Mismatch result;
    std::set<std::string> known;
    for (const auto& target : targets) {
        known.insert(target.name);
        if (!weights.has(target.name)) {
            if (target.required)
                result.missing.push_back(target.name);
            continue;
        }
        const torch::Tensor stored = weights.tensor(target.name);
        if (!sameShape(stored, target.tensor) || !sameKind(stored, target.tensor))
            result.misshaped.push_back(fmt::format(
                "{} is {} {}, expected {} {}", target.name, torch::toString(stored.scalar_type()),
                shapeText(stored.sizes()), torch::toString(target.tensor.scalar_type()),
                shapeText(target.tensor.sizes())));
    }
    for (const auto& name : weights.names())
        if (known.count(name) == 0)
            result.unexpected.push_back(weights.storedName(name));
    return result;
}

void requireMatch(const CheckpointWeights& weights, const Mismatch& mismatch) {
    std::vector<std::string> parts;
    const auto add = [&parts](const char* what, const std::vector<std::string>& names) {
        if (!names.empty())
            parts.push_back(fmt::format("{} {}: {}", names.size(), what, listed(names)));
    };
    add("missing", mismatch.missing);
    add("unexpected", mismatch.unexpected);
    add("of a wrong shape or type", mismatch.misshaped);
    if (parts.empty())
        return;
    const bool shapesOnly = mismatch.missing.empty() && mismatch.unexpected.empty();
    throw Error(shapesOnly ? ErrorCode::ShapeMismatch : ErrorCode::Format,
                fmt::format("{}: the stored tensors do not fit config.json ({})",
                            weights.folder().string(), fmt::join(parts, "; ")));
}

/// A sum carries along whatever is not a finite number: one pass at the speed of memory.
void requireFinite(const CheckpointWeights& weights, const WeightTarget& target) {
    if (!target.tensor.is_floating_point() ||
        std::isfinite(target.tensor.sum(torch::kFloat32).item<float>()))
        return;
    throw Error(ErrorCode::Format, fmt::format("{}: {} holds values that are not finite numbers; "
                                               "the file is damaged, download it again",
                                               weights.folder().string(), target.name));
}

} // namespace

CheckpointWeights::CheckpointWeights(const fs::path& folder,
                                     std::string (*nameOf)(std::string_view))
    : m_folder(folder) {
    for (const WeightFile& file : findWeightFiles(folder)) {
        const auto opened = std::make_shared<SafetensorsFile>(file.path);
        for (const auto& name : file.everyTensor ? opened->names() : file.names) {
            if (!opened->has(name))
                throw Error(ErrorCode::Format,
                            fmt::format("{}: the index puts {} into {}, which has no such tensor",
                                        folder.string(), name, file.path.filename().string()));
            add(name, nameOf(name), opened);
        }
    }
}

void CheckpointWeights::add(const std::string& stored, const std::string& name,
                            std::shared_ptr<const SafetensorsFile> file) {
    if (stored.find(".base_layer.") != std::string::npos && m_notes.empty())
        m_notes.push_back(fmt::format("{} was saved with an adapter attached ({}); transformers "
                                      "may load such a folder wrongly",
                                      m_folder.string(), stored));
    const auto [at, fresh] = m_places.emplace(name, Place{stored, std::move(file)});
    if (!fresh)
        throw Error(ErrorCode::Format,
                    fmt::format("{}: {} and {} are two names of one weight", m_folder.string(),
                                at->second.storedName, stored));
}

bool CheckpointWeights::has(std::string_view name) const {
    return m_places.find(name) != m_places.end();
}

std::vector<std::string> CheckpointWeights::names() const {
    std::vector<std::string> result;
    result.reserve(m_places.size());
    for (const auto& [name, place] : m_places)
        result.push_back(name);
    return result;
}

const CheckpointWeights::Place& CheckpointWeights::place(std::string_view name) const {
    const auto found = m_places.find(name);
    if (found == m_places.end())
        throw Error(ErrorCode::NotFound,
                    fmt::format("{}: there is no weight {}", m_folder.string(), name));
    return found->second;
}

torch::Tensor CheckpointWeights::tensor(std::string_view name) const {
    const Place& at = place(name);
    return at.file->tensor(at.storedName);
}

void CheckpointWeights::release(std::string_view name) const {
    const Place& at = place(name);
    at.file->release(at.storedName);
}

std::int64_t CheckpointWeights::parameters() const {
    std::int64_t count = 0;
    for (const auto& [name, at] : m_places) {
        const torch::Tensor stored = at.file->tensor(at.storedName);
        count += stored.is_floating_point() ? stored.numel() : 0;
    }
    return count;
}

const std::string& CheckpointWeights::storedName(std::string_view name) const {
    return place(name).storedName;
}

std::vector<WeightTarget> weightTargets(const torch::nn::Module& module,
                                        const std::string& prefix) {
    std::vector<WeightTarget> targets;
    for (const auto& entry : module.named_parameters())
        targets.push_back({prefix + entry.key(), entry.value()});
    constexpr std::string_view kCounter = "num_batches_tracked";
    for (const auto& entry : module.named_buffers()) {
        const std::string& key = entry.key();
        const bool counter =
            key.size() >= kCounter.size() &&
            key.compare(key.size() - kCounter.size(), kCounter.size(), kCounter) == 0;
        targets.push_back({prefix + key, entry.value(), !counter});
    }
    return targets;
}

bool loadWeights(const CheckpointWeights& weights, const std::vector<WeightTarget>& targets,
                 const LoadHooks& hooks) {
    requireMatch(weights, compare(weights, targets));
    const torch::NoGradGuard noGrad;
    const auto total = static_cast<std::int64_t>(targets.size());
    std::int64_t done = 0;
    for (const auto& target : targets) {
        if (hooks.stop.stop_requested())
            return false;
        if (weights.has(target.name)) {
            torch::Tensor(target.tensor).copy_(weights.tensor(target.name).view_as(target.tensor));
            weights.release(target.name);
            requireFinite(weights, target);
        }
        ++done;
        if (hooks.progress)
            hooks.progress(done, total);
    }
    return true;
}

} // namespace viva
