// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/speech_engine.h"

#include "core/base/checkpoint_folder.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/rng.h"
#include "core/bertscore/bert_score_reward.h"
#include "core/engine/held_out_evaluation.h"
#include "core/engine/run_data.h"
#include "core/model/adapter_rules.h"
#include "core/model/trained_weights.h"
#include "core/nn/error_translation.h"
#include "core/objective/reward_mix.h"
#include "core/speech/prompt_maker.h"
#include "core/speech/speech_examples.h"
#include "core/speech/speech_runtime.h"
#include "core/train/checkpoint.h"
#include "core/train/trainer.h"

#include <fmt/format.h>

#include <memory>
#include <optional>

namespace viva {
namespace {

namespace fs = std::filesystem;

fs::path modelFolderOf(const RunSetup& setup) {
    return setup.config.model == "demo" ? setup.demoFolder / "model" : fs::path(setup.config.model);
}

class SpeechEngine final : public TrainingEngine {
public:
    explicit SpeechEngine(RunSetup setup) : m_setup(std::move(setup)) {}

    void prepare(const EventSink& sink, std::stop_token stop) override {
        translated("preparing the run", [&] { prepareSteps(sink, stop); });
    }
    [[nodiscard]] std::int64_t stepsDone() const override {
        return m_trainer ? m_trainer->progress().step : 0;
    }
    [[nodiscard]] std::int64_t totalSteps() const override { return m_setup.config.maxSteps; }
    bool runStep(const EventSink& sink, std::stop_token stop) override {
        return translated(fmt::format("running step {}", stepsDone() + 1),
                          [&] { return m_trainer && m_trainer->runStep(sink, stop); });
    }
    void evaluate(bool full, const EventSink& sink, std::stop_token stop) override {
        translated("evaluating", [&] { evaluateSplits(full, sink, stop); });
    }
    void saveCheckpoint(const EventSink& sink) override {
        translated("saving a checkpoint", [&] {
            if (!m_trainer)
                return;
            const auto folder =
                viva::saveCheckpoint(m_setup.runFolder, *m_trainer, *m_adapter, m_setup.config,
                                     m_runtime->model().wholeModule());
            sink(CheckpointEvent{stepsDone(), folder.string()});
        });
    }

private:
    void prepareSteps(const EventSink& sink, const std::stop_token& stop);
    [[nodiscard]] bool openModel(const EventSink& sink, const std::stop_token& stop);
    [[nodiscard]] bool warmClips(const EventSink& sink, const std::stop_token& stop);
    void makeTrainerAndResume(const EventSink& sink);
    /// Weights of the model that are trained themselves, with what the reference needs then.
    void addWeights(TrainerParts& parts, const NamedTensors& weights);
    void evaluateSplits(bool full, const EventSink& sink, const std::stop_token& stop);
    void sendRunInfo(const EventSink& sink);

    RunSetup m_setup;
    std::unique_ptr<SpeechRuntime> m_runtime;
    std::optional<RunData> m_data;
    std::unique_ptr<SpeechModel> m_reference; ///< where weights of the model's own are trained
    std::unique_ptr<LoraAdapter> m_adapter;
    std::unique_ptr<SpeechExamples> m_examples;
    std::int64_t m_wholeParameters = 0;
    std::unique_ptr<Trainer> m_trainer; ///< last: borrows from all of the above
};

void SpeechEngine::prepareSteps(const EventSink& sink, const std::stop_token& stop) {
    requireValid(m_setup.config);
    if (!openModel(sink, stop))
        return;
    m_data = openRunData(m_setup);
    if (!warmClips(sink, stop))
        return;
    makeTrainerAndResume(sink);
    sendRunInfo(sink);
}

bool SpeechEngine::openModel(const EventSink& sink, const std::stop_token& stop) {
    const auto& config = m_setup.config;
    const auto folder = modelFolderOf(m_setup);
    sink(StateEvent{RunState::Preparing, "Loading the model", 0});
    m_runtime = SpeechRuntime::open(
        {folder, m_setup.cacheFolder, config.device, config.dtype, config.threads,
         config.trainable},
        [&](double fraction) {
            sink(StateEvent{RunState::Preparing, "Loading the model", fraction});
        },
        stop);
    if (!m_runtime)
        return false;
    for (const auto& note : m_runtime->model().notes())
        log(LogLevel::Info, "session", note);
    return true;
}

bool SpeechEngine::warmClips(const EventSink& sink, const std::stop_token& stop) {
    // Beyond this the clips would not stay in memory anyway: they are then heard as they come.
    constexpr std::size_t kMostClips = 4000;
    const std::vector<fs::path> clips = m_data->clips();
    if (clips.size() > kMostClips)
        return true;
    const auto message = fmt::format("Listening to {} clips", clips.size());
    return m_runtime->clips().warm(
        clips, m_runtime->pool(),
        [&](double fraction) {
            sink(StateEvent{RunState::Preparing, message, fraction});
        },
        stop);
}

void SpeechEngine::makeTrainerAndResume(const EventSink& sink) {
    const auto& config = m_setup.config;
    auto& model = m_runtime->model();
    m_adapter = std::make_unique<LoraAdapter>(
        config.lora.rank == 0
            ? LoraAdapter::none(model.decoder(), AdapterSlot::Trained)
            : LoraAdapter::attach(
                  model.decoder(),
                  adapterConfigFor(config.lora, model.config().text.numHiddenLayers),
                  AdapterSlot::Trained, Rng(config.seed, "lora")));
    const auto weights = weightsThatFit(model, config.trainable);
    m_examples = std::make_unique<SpeechExamples>(model, m_runtime->clips(), m_data->train,
                                                  /*ready=*/weights.empty());
    TrainerParts parts;
    addWeights(parts, weights);
    parts.decoder = model.decoder();
    parts.adapter = m_adapter.get();
    parts.examples = m_examples.get();
    parts.pool = &m_runtime->pool();
    parts.texts = answerTextsOf(model);
    const Tokenizer& tokenizer = model.tokenizer();
    parts.score = makeAnswerScorer(
        config.rewards, rewardServices(config.device, [&tokenizer](std::string_view text) {
            return static_cast<std::int64_t>(tokenizer.encode(text).size());
        }));
    parts.eosTokenIds = model.config().text.eosTokenIds();
    m_trainer = makeTrainer(config, std::move(parts));
    if (!m_setup.resume)
        return;
    if (const auto newest = newestCheckpoint(m_setup.runFolder)) {
        loadCheckpoint(*newest, *m_trainer);
        return;
    }
    sink(NoteEvent{0, "There is no checkpoint in " + m_setup.runFolder.string() +
                          " yet; the run starts from the beginning."});
}

void SpeechEngine::addWeights(TrainerParts& parts, const NamedTensors& weights) {
    if (weights.empty())
        return;
    auto& model = m_runtime->model();
    const auto stage = m_runtime->clips().stage();
    parts.weights = weights;
    for (const auto& weight : weights)
        m_wholeParameters += weight.second.numel();
    parts.prompts = [maker = PromptMaker(model, stage)](std::span<const TrainExample> examples) {
        return maker.prompts(examples);
    };
    if (!m_setup.config.samples())
        return; // nothing is held to a reference
    m_reference = frozenReference(model, weights);
    parts.referenceDecoder = m_reference->decoder();
    parts.referencePrompts =
        [maker = PromptMaker(*m_reference, stage)](std::span<const TrainExample> examples) {
            return maker.prompts(examples);
        };
}

void SpeechEngine::sendRunInfo(const EventSink& sink) {
    RunInfoEvent info;
    info.device = m_runtime->deviceText();
    info.dtype = nameOf(m_setup.config.dtype);
    info.totalSteps = totalSteps();
    info.firstStep = stepsDone() + 1;
    info.trainableParameters = m_adapter->parameterCount() + m_wholeParameters;
    info.totalParameters = m_runtime->model().parameterCount() + m_adapter->parameterCount();
    info.examples = static_cast<std::int64_t>(m_data->train.size());
    sink(info);
}

void SpeechEngine::evaluateSplits(bool full, const EventSink& sink, const std::stop_token& stop) {
    if (!m_runtime || !m_data)
        return;
    const auto& eval = m_setup.config.eval;
    const auto tell = [&](std::size_t questions, double share) {
        sink(StateEvent{RunState::Evaluating,
                        fmt::format("Asking {} held-out questions", questions), share});
    };
    auto rows =
        evaluateHeldOut(m_setup.config, m_data->heldOut, full ? eval.finalMaxItems : eval.maxItems,
                        m_runtime->answerer(), tell, stop);
    if (rows && !rows->empty())
        sink(EvaluationEvent{stepsDone(), std::move(*rows)});
}

} // namespace

std::unique_ptr<TrainingEngine> makeTrainingEngine(const RunSetup& setup) {
    return std::make_unique<SpeechEngine>(setup);
}

} // namespace viva
