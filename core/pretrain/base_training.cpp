// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pretrain/base_training.h"

#include "core/audio/audio_file.h"
#include "core/base/error.h"
#include "core/corpus/augment.h"
#include "core/data/dataset.h"
#include "core/families/granite/granite_speech.h"
#include "core/pretrain/base_recipe.h"
#include "core/pretrain/base_trainer.h"
#include "core/pretrain/ctc_run.h"
#include "core/speech/answerer.h"
#include "core/speech/evaluation_run.h"
#include "core/speech/speech_examples.h"
#include "core/tokenizer/bpe_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <thread>

namespace viva {
namespace {

namespace fs = std::filesystem;
using Report = std::function<void(const BaseTrainingProgress&)>;

/// A clip with its original and its augmented sounds as features.
struct FeatureClip {
    std::size_t utterance = 0;
    std::vector<torch::Tensor> variants; ///< [frames, 2 * melBins] float16
};

class BaseTraining {
public:
    BaseTraining(const BaseTrainingSetup& setup, Report report, std::stop_token stop)
        : m_setup(setup), m_report(std::move(report)), m_stop(std::move(stop)),
          m_recipe(readBaseRecipe(setup.recipe)), m_data(Dataset::load(setup.manifest)),
          m_pool(setup.threads > 0
                     ? setup.threads
                     : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))) {}

    bool run() {
        makeTokenizer();
        makeModel();
        return readFeatures() && trainEncoder() && trainLanguage() && save();
    }

private:
    void say(const std::string& stage, std::int64_t step = 0, std::int64_t total = 0,
             double loss = 0, std::vector<std::pair<std::string, double>> scores = {}) const {
        if (m_report)
            m_report({stage, step, total, loss, std::move(scores)});
    }
    [[nodiscard]] bool trains(const Utterance& u) const {
        return u.split == "base" || u.split == "train";
    }
    [[nodiscard]] fs::path textFolder() const { return m_setup.workFolder / "text"; }

    void makeTokenizer();
    void makeModel();
    bool readFeatures();
    [[nodiscard]] std::vector<torch::Tensor> variantsOf(const Utterance& utterance) const;
    bool trainEncoder();
    [[nodiscard]] std::vector<CtcClip> ctcClips(const std::vector<FeatureClip>& clips) const;
    bool trainLanguage();
    bool encodeClips(std::vector<BaseClip>& clips);
    [[nodiscard]] std::vector<BaseItem> languageItems() const;
    [[nodiscard]] std::vector<std::pair<std::string, double>>
    scoreLanguage(const std::string& split, std::size_t most);
    bool save();

    const BaseTrainingSetup& m_setup;
    Report m_report;
    std::stop_token m_stop;
    BaseRecipe m_recipe;
    Dataset m_data;
    WorkerPool m_pool;
    std::unique_ptr<GraniteSpeech> m_model;
    std::vector<FeatureClip> m_training;
    std::map<std::string, std::vector<FeatureClip>> m_heldOut; ///< by split
};

void BaseTraining::makeTokenizer() {
    if (fs::exists(textFolder() / "tokenizer.json"))
        return;
    say("tokenizer");
    std::vector<std::string> texts;
    for (const Utterance& utterance : m_data.utterances()) {
        if (!trains(utterance) || !utterance.copyOf.empty())
            continue;
        texts.push_back(utterance.text);
        for (const UtteranceTask& task : utterance.tasks) {
            texts.push_back(task.question);
            texts.insert(texts.end(), task.references.begin(), task.references.end());
            texts.insert(texts.end(), task.baseTargets.begin(), task.baseTargets.end());
        }
    }
    BpeTrainerOptions options;
    options.vocabSize = m_recipe.vocabulary;
    writeTokenizerFiles(textFolder(), trainBpe(texts, options));
}

void BaseTraining::makeModel() {
    GraniteConfig config = m_recipe.model;
    const auto tokenizer = Tokenizer::load(textFolder() / "tokenizer.json");
    config.text.vocabSize = tokenizer->vocabSize();
    const auto audio = tokenizer->idOf(kAudioPlaceholder);
    if (!audio)
        throw Error(ErrorCode::Internal, "the new tokenizer has no audio placeholder");
    config.audioTokenIndex = *audio;
    const std::int64_t end = tokenizer->idOf("<|end_of_text|>").value_or(0);
    config.text.bosTokenId = config.text.eosTokenId = config.text.padTokenId = end;
    m_model = GraniteSpeech::create(config, m_recipe.seed, textFolder());
}

std::vector<torch::Tensor> BaseTraining::variantsOf(const Utterance& utterance) const {
    const AudioBuffer original =
        readAudioForModel(m_setup.manifest.parent_path() / utterance.audioPath);
    std::vector<torch::Tensor> variants{m_model->features(original).to(torch::kHalf)};
    if (!trains(utterance))
        return variants;
    Rng rng(m_recipe.augmentSeed, "augment/" + utterance.id);
    for (int i = 0; i < m_recipe.augmentedVariants; ++i) {
        const AudioBuffer changed = augment(original, drawAugmentation(m_recipe.augment, rng), rng);
        variants.push_back(m_model->features(changed).to(torch::kHalf));
    }
    return variants;
}

bool BaseTraining::readFeatures() {
    const auto& all = m_data.utterances();
    std::vector<std::size_t> originals; // copies are left out: sounds are changed here, afresh
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].copyOf.empty())
            originals.push_back(i);
    std::vector<std::vector<torch::Tensor>> variants(originals.size());
    constexpr std::size_t kPortion = 256;
    for (std::size_t first = 0; first < originals.size(); first += kPortion) {
        if (m_stop.stop_requested())
            return false;
        say("features", static_cast<std::int64_t>(first),
            static_cast<std::int64_t>(originals.size()));
        const std::size_t count = std::min(kPortion, originals.size() - first);
        m_pool.run([&](int worker) {
            const torch::NoGradGuard noGrad;
            const Slice mine = sliceOf(count, worker, m_pool.size());
            for (std::size_t k = first + mine.first; k < first + mine.last; ++k)
                variants[k] = variantsOf(all[originals[k]]);
        });
    }
    for (std::size_t k = 0; k < originals.size(); ++k) {
        FeatureClip clip{originals[k], std::move(variants[k])};
        const Utterance& utterance = all[originals[k]];
        (trains(utterance) ? m_training : m_heldOut[utterance.split]).push_back(std::move(clip));
    }
    return true;
}

std::vector<CtcClip> BaseTraining::ctcClips(const std::vector<FeatureClip>& clips) const {
    std::vector<CtcClip> out;
    for (const FeatureClip& clip : clips) {
        const Utterance& utterance = m_data.utterances()[clip.utterance];
        out.push_back({utterance.id, clip.variants, utterance.text});
    }
    return out;
}

bool BaseTraining::trainEncoder() {
    CtcTrainConfig config;
    config.steps = m_recipe.ctc.steps;
    config.warmupSteps = m_recipe.ctc.warmupSteps;
    config.batch = m_recipe.ctc.batch;
    config.learningRate = m_recipe.ctc.learningRate;
    const std::vector<CtcClip> clips = ctcClips(m_training);
    std::map<std::string, std::vector<CtcClip>> heldOut;
    CtcRunOptions options;
    for (const auto& [split, list] : m_heldOut) {
        heldOut[split] = ctcClips(list);
        options.heldOut.push_back({split, &heldOut[split]});
    }
    options.checkpoint = m_setup.workFolder / "ctc.safetensors";
    options.stop = m_stop;
    options.onStep = [&](const CtcStepResult& r) { say("ctc", r.step, config.steps, r.loss); };
    options.onScore = [&](std::int64_t step, const std::string& set, const CtcScore& score) {
        say("ctc", step, config.steps, 0,
            {{set + " CER %", 100 * score.characterErrorRate},
             {set + " WER %", 100 * score.wordErrorRate}});
    };
    CtcTrainer trainer(m_model->encoder(), clips, CtcLabels(), config, m_pool);
    const bool done = runCtcTraining(trainer, config.steps, options);
    trainer.finish();
    return done;
}

bool BaseTraining::encodeClips(std::vector<BaseClip>& clips) {
    std::vector<torch::Tensor> features;
    for (const FeatureClip& clip : m_training)
        for (const torch::Tensor& variant : clip.variants)
            features.push_back(variant.to(torch::kFloat));
    const auto total = static_cast<std::int64_t>(features.size());
    std::vector<torch::Tensor> encoded = m_model->encodeAll(
        features, m_pool.size(),
        [&](double part) {
            say("encode", static_cast<std::int64_t>(part * static_cast<double>(total)), total);
        },
        m_stop);
    if (m_stop.stop_requested())
        return false;
    std::size_t next = 0;
    for (const FeatureClip& clip : m_training) {
        BaseClip out;
        for (std::size_t i = 0; i < clip.variants.size(); ++i)
            out.variants.push_back(encoded[next++].to(torch::kHalf));
        clips.push_back(std::move(out));
    }
    return true;
}

std::vector<BaseItem> BaseTraining::languageItems() const {
    std::vector<BaseItem> items;
    for (std::size_t c = 0; c < m_training.size(); ++c) {
        const Utterance& utterance = m_data.utterances()[m_training[c].utterance];
        if (utterance.split != "base" ||
            (!m_recipe.lmTag.empty() && !utterance.hasTag(m_recipe.lmTag)))
            continue;
        for (const UtteranceTask& task : utterance.tasks) {
            const bool inMix =
                std::any_of(m_recipe.mix.begin(), m_recipe.mix.end(),
                            [&](const auto& share) { return share.first == task.task; });
            if (!inMix)
                continue;
            BaseItem item;
            item.clip = c;
            item.task = task.task;
            item.promptIds = m_model->buildPrompt(m_model->promptText(task.question), 1).ids;
            for (const std::string& text :
                 task.baseTargets.empty() ? task.references : task.baseTargets)
                item.targets.push_back(answerTokens(*m_model, text));
            items.push_back(std::move(item));
        }
    }
    return items;
}

std::vector<std::pair<std::string, double>> BaseTraining::scoreLanguage(const std::string& split,
                                                                        std::size_t most) {
    DatasetFilter filter;
    filter.splits = {split};
    filter.copies = false;
    const std::vector<EvalItem> items = evalItems(m_data.filtered(filter), most);
    ClipCache cache(*m_model, {});
    const Answerer answerer(*m_model, cache, m_pool);
    EvaluationRequest request;
    request.generation.temperature = 0.9;
    request.generation.topP = 0.9;
    request.generation.maxCompletionLength = 32;
    request.options.bootstrap.resamples = 0;
    std::vector<std::pair<std::string, double>> scores;
    for (const bool greedy : {false, true}) {
        request.generation.greedy = greedy;
        const auto report = runEvaluation(answerer, kPolicyAdapters, items, request, {}, m_stop);
        if (!report)
            return {};
        for (const EvaluationSummary& row : report->summaries)
            for (const MetricSummary& value : row.metrics) {
                const EvalMetric& metric = *findEvalMetric(value.name);
                if (metric.isHeadlineOf(row.task))
                    scores.emplace_back(
                        fmt::format("{} {} {} {}", split, row.task, row.decoding, metric.label),
                        metric.scale * value.value.mean);
            }
    }
    return scores;
}

bool BaseTraining::trainLanguage() {
    std::vector<BaseClip> clips;
    if (!encodeClips(clips))
        return false;
    const std::vector<BaseItem> items = languageItems();
    BaseTrainConfig config;
    config.steps = m_recipe.lm.steps;
    config.warmupSteps = m_recipe.lm.warmupSteps;
    config.batch = m_recipe.lm.batch;
    config.learningRate = m_recipe.lm.learningRate;
    config.seed = m_recipe.seed;
    config.mix.clear();
    for (const auto& [task, weight] : m_recipe.mix)
        config.mix.push_back({task, weight});
    BaseTrainer trainer(m_model->decoder(), m_model->projector(), clips, items, m_model->config(),
                        config, m_pool);
    const fs::path checkpoint = m_setup.workFolder / "lm.safetensors";
    if (fs::exists(checkpoint))
        trainer.load(checkpoint);
    while (trainer.stepsDone() < config.steps) {
        const BaseStepResult result = trainer.step();
        const bool last = result.step == config.steps;
        const bool stopping = m_stop.stop_requested();
        say("lm", result.step, config.steps, result.loss);
        if (result.step % 200 == 0 || last || stopping)
            trainer.save(checkpoint);
        if (stopping)
            return false;
        if (result.step % 400 == 0 || last)
            say("lm", result.step, config.steps, result.loss, scoreLanguage("validation", 200));
    }
    return true;
}

bool BaseTraining::save() {
    say("save");
    m_model->save(m_setup.modelFolder, torch::kHalf);
    return true;
}

} // namespace

bool trainBaseModel(const BaseTrainingSetup& setup, const Report& progress,
                    const std::stop_token& stop) {
    fs::create_directories(setup.workFolder);
    return BaseTraining(setup, progress, stop).run();
}

} // namespace viva
