// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/config/choices.h"
#include "core/config/generation_config.h"
#include "core/speech/evaluation_run.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace viva {

/// What to load for answering: a checkpoint folder and, if wished, a trained adapter.
struct ModelChoice {
    std::filesystem::path modelFolder;
    std::filesystem::path adapterFolder; ///< empty = the base alone
    Device device = Device::Auto;
    Dtype dtype = Dtype::Float32;
    int threads = 0;
};

/// Loads a model once and answers many questions; blocking calls, for the command line and for
/// worker threads.
class InferenceSession {
public:
    /// @throws Error naming what is wrong with the folder.
    explicit InferenceSession(const ModelChoice& choice);
    /// The same with progress in [0, 1] on the caller's thread; null when the stop token ended it.
    [[nodiscard]] static std::unique_ptr<InferenceSession>
    open(const ModelChoice& choice, const std::function<void(double)>& progress,
         std::stop_token stop);
    ~InferenceSession();

    /// `count` answers to one clip and question (count must be 1 when greedy).
    [[nodiscard]] std::vector<std::string> answer(const std::filesystem::path& clip,
                                                  const std::string& question,
                                                  const GenerationConfig& generation, int count,
                                                  std::uint64_t seed, std::stop_token stop = {});
    /// Asks the items and scores the answers; progress in [0, 1]. nullopt when it was stopped.
    [[nodiscard]] std::optional<EvaluationReport>
    evaluate(std::span<const EvalItem> items, const EvaluationRequest& request,
             const std::function<void(double)>& progress = {}, std::stop_token stop = {});
    /// "CPU, 2 threads, float32, 2.4 M parameters".
    [[nodiscard]] std::string description() const;

private:
    struct Impl;
    explicit InferenceSession(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
