// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/speech_model.h"
#include "core/nn/worker_pool.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>

namespace viva {

/// What the frozen front half of the model makes of clips, computed once a clip: kept in memory up
/// to a limit, and on disk under the hash of the file and the hash of the weights it went through.
///
/// Holds float32 on the CPU, up to the stage before the first network that is trained. A file on
/// disk that cannot be read is computed and written again. get() may be called from several threads
/// at once.
class ClipCache {
public:
    /// The model is borrowed. An empty folder keeps nothing on disk.
    ClipCache(const SpeechModel& model, std::filesystem::path folder,
              AudioStage stage = AudioStage::Projected,
              std::size_t memoryBytes = std::size_t{1} << 30);

    [[nodiscard]] AudioStage stage() const { return m_stage; }

    /// The clip as it is at stage(). @throws Error as readAudioForModel and SpeechModel::features,
    /// with the file named.
    [[nodiscard]] torch::Tensor get(const std::filesystem::path& clip);

    /// Gets all clips ready, each worker a slice. Returns false when it was stopped.
    bool warm(std::span<const std::filesystem::path> clips, WorkerPool& pool,
              const std::function<void(double fraction)>& progress, const std::stop_token& stop);

    /// Clips that went through the encoder, not taken from memory or disk.
    [[nodiscard]] std::size_t encodedClips() const;

private:
    struct Entry {
        torch::Tensor value;
        std::list<std::string>::iterator age;
    };

    [[nodiscard]] torch::Tensor load(const std::filesystem::path& clip);
    [[nodiscard]] torch::Tensor compute(const std::filesystem::path& clip);
    [[nodiscard]] torch::Tensor fromMemory(const std::string& key);
    void keepInMemory(const std::string& key, const torch::Tensor& value);

    // Immutable
    const SpeechModel& m_model;
    std::filesystem::path m_folder; ///< of these weights; empty = none
    AudioStage m_stage;
    std::size_t m_memoryLimit;

    // Guarded by m_mutex
    mutable std::mutex m_mutex;
    std::map<std::string, Entry> m_entries; ///< by clip path
    std::list<std::string> m_ages;          ///< newest first
    std::size_t m_bytes = 0;
    std::size_t m_encoded = 0;
};

/// SHA-256 over names, shapes and bytes of the networks that bring a clip to `stage`.
[[nodiscard]] std::string audioWeightsHash(const SpeechModel& model,
                                           AudioStage stage = AudioStage::Projected);

} // namespace viva
