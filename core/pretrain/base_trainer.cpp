// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pretrain/base_trainer.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/model/log_probs.h"
#include "core/model/prompt_embeddings.h"
#include "core/rl/sft_loss.h"
#include "core/speech/collator.h"
#include "core/train/moments_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

namespace viva {
namespace {

constexpr AdapterState kNoAdapter{.bundled = false, .trained = false};

/// Parameters of both parts, made trainable, with their names.
std::vector<torch::Tensor> trainable(Decoder& decoder, QFormerProjector& projector,
                                     std::vector<std::string>& names) {
    std::vector<torch::Tensor> parameters;
    const auto take = [&](const torch::nn::Module& module, const std::string& prefix) {
        for (const auto& item : module.named_parameters()) {
            auto parameter = item.value();
            parameter.set_requires_grad(true);
            names.push_back(prefix + item.key());
            parameters.push_back(parameter);
        }
    };
    take(*projector, "projector.");
    take(*decoder, "language_model.");
    return parameters;
}

void checkItems(const std::vector<BaseClip>& clips, const std::vector<BaseItem>& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto& item = items[i];
        if (item.clip >= clips.size() || clips[item.clip].variants.empty())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("BaseTrainer: item {} asks for clip {}, which {}", i, item.clip,
                                    item.clip >= clips.size() ? "does not exist" : "has no sound"));
        if (item.targets.empty() ||
            std::ranges::any_of(item.targets, [](const auto& ids) { return ids.empty(); }))
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("BaseTrainer: item {} has an empty target or none", i));
    }
}

std::size_t pickTask(const std::vector<TaskShare>& mix, double uniform) {
    double total = 0;
    for (const auto& share : mix)
        total += share.weight;
    double reached = 0;
    for (std::size_t task = 0; task < mix.size(); ++task) {
        reached += mix[task].weight / total;
        if (uniform < reached)
            return task;
    }
    return mix.size() - 1;
}

} // namespace

BaseTrainer::BaseTrainer(Decoder decoder, QFormerProjector projector,
                         const std::vector<BaseClip>& clips, const std::vector<BaseItem>& items,
                         const SpeechModelConfig& model, const BaseTrainConfig& config,
                         WorkerPool& pool)
    : m_decoder(std::move(decoder)), m_projector(std::move(projector)), m_clips(clips),
      m_items(items), m_model(model), m_config(config), m_pool(pool),
      m_optimizer(trainable(m_decoder, m_projector, m_names), config.adam) {
    checkItems(clips, items);
    m_itemsOfTask.resize(config.mix.size());
    for (std::size_t task = 0; task < config.mix.size(); ++task) {
        for (std::size_t i = 0; i < items.size(); ++i)
            if (items[i].task == config.mix[task].task)
                m_itemsOfTask[task].push_back(i);
        if (m_itemsOfTask[task].empty())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("BaseTrainer: task \"{}\" has a share but no item",
                                    config.mix[task].task));
    }
}

std::vector<BaseTrainer::Draw> BaseTrainer::draws(std::int64_t step) const {
    Rng rng = Rng(m_config.seed, "base").fork(static_cast<std::uint64_t>(step));
    std::vector<Draw> result;
    for (int i = 0; i < m_config.batch; ++i) {
        const auto& choices = m_itemsOfTask[pickTask(m_config.mix, rng.uniform())];
        Draw draw;
        draw.item = choices[rng.below(choices.size())];
        draw.variant = rng.below(m_clips[m_items[draw.item].clip].variants.size());
        draw.target = rng.below(m_items[draw.item].targets.size());
        result.push_back(draw);
    }
    // Workers take every n-th of the sorted list each, so that both get long and short ones.
    std::ranges::stable_sort(result, std::greater(), [&](const Draw& draw) {
        return m_clips[m_items[draw.item].clip].variants[draw.variant].size(0);
    });
    std::vector<Draw> dealt;
    const auto workers = static_cast<std::size_t>(m_pool.size());
    for (std::size_t worker = 0; worker < workers; ++worker)
        for (auto i = worker; i < result.size(); i += workers)
            dealt.push_back(result[i]);
    return dealt;
}

const std::vector<std::int64_t>& BaseTrainer::targetOf(const Draw& draw) const {
    return m_items[draw.item].targets[draw.target];
}

torch::Tensor BaseTrainer::answerLogProbsOf(const std::vector<Draw>& draws, Slice mine,
                                            std::vector<std::int64_t>& lengths) const {
    ClipRows rows;
    std::vector<torch::Tensor> encoded;
    std::vector<TrainExample> targets;
    for (auto i = mine.first; i < mine.last; ++i) {
        const auto& variant = m_clips[m_items[draws[i].item].clip].variants[draws[i].variant];
        rows.lengths.push_back(variant.size(0));
        encoded.push_back(variant.to(torch::kFloat32));
        targets.emplace_back().targetIds = targetOf(draws[i]);
    }
    const auto audio = m_projector->forward(torch::cat(encoded), rows);
    const auto placeholder = m_model.audioTokenIndex;
    std::vector<std::vector<std::int64_t>> prompts;
    for (auto i = mine.first; i < mine.last; ++i)
        prompts.push_back(expandAudioToken(m_items[draws[i].item].promptIds, placeholder,
                                           audioTokenCount(rows.lengths[i - mine.first], m_model)));
    const auto cache =
        m_decoder->prefill(mergeAudio(m_decoder, prompts, audio, placeholder), kNoAdapter);
    const auto answers = collateTargets(targets);
    lengths = answers.lengths;
    return answerLogProbs(m_decoder, cache, answers, kNoAdapter, 1.0).logProbs;
}

BaseTrainer::WorkerResult BaseTrainer::differentiate(const std::vector<Draw>& draws, Slice mine,
                                                     double stepTokens) const {
    WorkerResult result;
    if (mine.size() == 0)
        return result;
    const torch::AutoGradMode gradients(true);
    std::vector<std::int64_t> lengths;
    const auto logProbs = answerLogProbsOf(draws, mine, lengths);
    const auto mask = answerMask(lengths, logProbs.size(1));
    const auto loss = sftLoss(logProbs, mask, stepTokens);
    const auto byDraw = -(logProbs.detach() * mask.to(logProbs.scalar_type())).sum(1);
    for (std::int64_t row = 0; row < byDraw.size(0); ++row)
        result.lossByDraw.push_back(byDraw[row].item<double>());
    result.gradients = gradientsOf(loss, m_optimizer.parameters());
    return result;
}

BaseStepResult BaseTrainer::step() {
    const auto start = std::chrono::steady_clock::now();
    BaseStepResult report;
    report.step = m_step + 1;
    const auto batch = draws(report.step);
    for (const auto& draw : batch)
        report.tokens += static_cast<std::int64_t>(targetOf(draw).size());
    std::vector<WorkerResult> parts(static_cast<std::size_t>(m_pool.size()));
    m_pool.run([&](int worker) {
        parts[static_cast<std::size_t>(worker)] =
            differentiate(batch, sliceOf(batch.size(), worker, m_pool.size()),
                          static_cast<double>(report.tokens));
    });
    std::vector<Gradients> gradients;
    std::map<std::string, std::pair<double, double>> byTask; // loss, tokens
    std::size_t index = 0;
    for (auto& part : parts) {
        for (const double loss : part.lossByDraw) {
            const auto& draw = batch[index++];
            auto& [sum, tokens] = byTask[m_items[draw.item].task];
            sum += loss;
            tokens += static_cast<double>(targetOf(draw).size());
            report.loss += loss / static_cast<double>(report.tokens);
        }
        gradients.push_back(std::move(part.gradients));
    }
    for (const auto& [task, sums] : byTask)
        report.lossByTask.emplace_back(task, sums.first / sums.second);
    report.learningRate = learningRateAt({.kind = m_config.schedule,
                                          .peak = m_config.learningRate,
                                          .warmupSteps = m_config.warmupSteps,
                                          .totalSteps = m_config.steps},
                                         report.step);
    auto sum = sumInOrder(std::move(gradients));
    report.gradNorm = m_optimizer.step(sum, report.learningRate, m_config.maxGradNorm);
    m_step = report.step;
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
}

void BaseTrainer::save(const std::filesystem::path& file) const {
    saveMoments(file, {m_names, m_optimizer.parameters(), m_optimizer.state(), {}},
                {{"step", std::to_string(m_step)}});
}

void BaseTrainer::load(const std::filesystem::path& file) {
    const auto stored = loadMoments(file, m_names);
    const std::int64_t step = stored.number("step");
    restoreMoments(stored, m_optimizer);
    m_step = step;
}

} // namespace viva
