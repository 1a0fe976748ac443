// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/clip_cache.h"

#include "core/audio/audio_file.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/sha256.h"
#include "core/nn/safetensors.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTensorName = "audio";
constexpr std::size_t kProgressSteps = 100;

void addToHash(Sha256& hash, const SpeechPart& part) {
    const auto add = [&](const std::string& name, const torch::Tensor& tensor) {
        const auto plain = tensor.detach().to(torch::kCPU).contiguous();
        hash.update(part.names.prefix + name + c10::str(plain.sizes()) +
                    c10::toString(plain.scalar_type()));
        hash.update({static_cast<const char*>(plain.data_ptr()), plain.nbytes()});
    };
    for (const auto& item : part.module->named_parameters())
        add(item.key(), item.value());
    for (const auto& item : part.module->named_buffers())
        add(item.key(), item.value());
}

} // namespace

std::string audioWeightsHash(const SpeechModel& model, AudioStage stage) {
    Sha256 hash;
    if (stage != AudioStage::Features)
        addToHash(hash, model.part(ModelStage::Encoder));
    if (stage == AudioStage::Projected)
        addToHash(hash, model.part(ModelStage::Projector));
    return hash.finish();
}

ClipCache::ClipCache(const SpeechModel& model, fs::path folder, AudioStage stage,
                     std::size_t memoryBytes)
    : m_model(model), m_stage(stage), m_memoryLimit(memoryBytes) {
    // Features are quicker made than read.
    if (!folder.empty() && stage != AudioStage::Features)
        m_folder = folder / audioWeightsHash(model, stage).substr(0, 24);
}

torch::Tensor ClipCache::get(const fs::path& clip) {
    const auto key = clip.string();
    if (auto value = fromMemory(key); value.defined())
        return value;
    auto value = load(clip);
    keepInMemory(key, value);
    return value;
}

torch::Tensor ClipCache::load(const fs::path& clip) {
    if (m_folder.empty())
        return compute(clip);
    const auto hash = sha256OfFile(clip);
    const auto file = m_folder / hash.substr(0, 2) / (hash + ".safetensors");
    if (fs::exists(file)) {
        try {
            return SafetensorsFile(file).tensor(kTensorName).clone();
        } catch (const Error& error) {
            log(LogLevel::Warning, "train",
                fmt::format("{} is computed again: {}", file.string(), error.what()));
        }
    }
    auto value = compute(clip);
    try {
        saveSafetensors(file, {{kTensorName, value}});
    } catch (const Error& error) {
        // A full disk must not end a run: the value is there, only not for the next time.
        log(LogLevel::Warning, "train", error.what());
    }
    return value;
}

torch::Tensor ClipCache::compute(const fs::path& clip) {
    try {
        const auto sound = readAudioForModel(clip, m_model.config().features.sampleRateHz);
        const torch::NoGradGuard noGrad;
        const torch::Tensor features = m_model.features(sound);
        auto value =
            m_model.advance({features, ClipRows{{features.size(0)}}}, AudioStage::Features, m_stage)
                .values;
        value = value.to(torch::kCPU, torch::kFloat32).contiguous();
        const std::lock_guard lock(m_mutex);
        ++m_encoded;
        return value;
    } catch (Error& error) {
        error.addContext("hearing " + clip.string());
        throw;
    }
}

torch::Tensor ClipCache::fromMemory(const std::string& key) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_entries.find(key);
    if (found == m_entries.end())
        return {};
    m_ages.splice(m_ages.begin(), m_ages, found->second.age);
    return found->second.value;
}

void ClipCache::keepInMemory(const std::string& key, const torch::Tensor& value) {
    const std::lock_guard lock(m_mutex);
    if (m_entries.contains(key))
        return;
    m_ages.push_front(key);
    m_entries.emplace(key, Entry{value, m_ages.begin()});
    m_bytes += value.nbytes();
    while (m_bytes > m_memoryLimit && m_ages.size() > 1) {
        const auto oldest = m_entries.find(m_ages.back());
        m_bytes -= oldest->second.value.nbytes();
        m_entries.erase(oldest);
        m_ages.pop_back();
    }
}

bool ClipCache::warm(std::span<const fs::path> clips, WorkerPool& pool,
                     const std::function<void(double)>& progress, const std::stop_token& stop) {
    // In rounds, so that progress is told on the caller's thread.
    const auto round = std::max<std::size_t>(clips.size() / kProgressSteps,
                                             static_cast<std::size_t>(pool.size()) * 2);
    for (std::size_t first = 0; first < clips.size(); first += round) {
        const auto part = clips.subspan(first, std::min(round, clips.size() - first));
        pool.run([&](int worker) {
            const auto mine = sliceOf(part.size(), worker, pool.size());
            for (auto i = mine.first; i < mine.last && !stop.stop_requested(); ++i)
                (void)get(part[i]);
        });
        if (stop.stop_requested())
            return false;
        if (progress)
            progress(static_cast<double>(first + part.size()) / static_cast<double>(clips.size()));
    }
    return true;
}

std::size_t ClipCache::encodedClips() const {
    const std::lock_guard lock(m_mutex);
    return m_encoded;
}

} // namespace viva
