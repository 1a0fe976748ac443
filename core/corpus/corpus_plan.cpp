// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/corpus_plan.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

namespace viva {
namespace {

constexpr int kMaxTries = 10'000;
constexpr int kSeedShift = 12; ///< seeds stay exact in every JSON reader

/// Index drawn with the given weights.
template<typename Container, typename WeightOf>
auto drawWeighted(const Container& entries, Rng& rng, WeightOf weightOf) {
    double total = 0;
    for (const auto& entry : entries)
        total += weightOf(entry);
    double mark = rng.uniform() * total;
    auto chosen = entries.begin();
    for (auto it = entries.begin(); it != entries.end(); ++it) {
        if (weightOf(*it) <= 0)
            continue;
        chosen = it;
        mark -= weightOf(*it);
        if (mark < 0)
            break;
    }
    return chosen;
}

std::string drawStyle(const StyleMix& mix, const char* task, Rng& rng) {
    return drawWeighted(mix.weights.at(task), rng, [](const auto& entry) { return entry.second; })
        ->first;
}

class ClipPlanner {
public:
    ClipPlanner(const CorpusRecipe& recipe, const Grammar& grammar)
        : m_recipe(recipe), m_grammar(grammar) {}

    PlannedClip plan(const CorpusPart& part, int index) {
        PlannedClip clip;
        Utterance& utterance = clip.utterance;
        utterance.id = fmt::format("{}-{:05}", part.name, index);
        utterance.audioPath = fmt::format("clips/{}/{}.opus", part.name, utterance.id);
        utterance.split = part.split;
        utterance.seed = Rng(m_recipe.seed, utterance.id).next() >> kSeedShift;
        if (index < part.taggedClips && !part.tag.empty())
            utterance.tags.push_back(part.tag);
        Rng textRng(utterance.seed, "text");
        const GeneratedSentence sentence = newSentence(textRng);
        utterance.text = sentence.text;
        planTasks(part, sentence, utterance);
        planSpeech(part, clip);
        planCopies(part, clip);
        return clip;
    }

private:
    GeneratedSentence newSentence(Rng& rng) {
        for (int i = 0; i < kMaxTries; ++i) {
            GeneratedSentence sentence = m_grammar.generate(rng);
            if (m_used.insert(sentence.text).second)
                return sentence;
        }
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("planCorpus: the grammar gave no new sentence in {} tries after {} "
                                "clips; ask for fewer clips or add words to {}",
                                kMaxTries, m_used.size(), m_recipe.grammar.string()));
    }

    void planTasks(const CorpusPart& part, const GeneratedSentence& sentence,
                   Utterance& utterance) const {
        Rng rng(utterance.seed, "tasks");
        if (part.translation)
            utterance.tasks.push_back(translationTask(part, sentence, rng));
        std::vector<SentenceQuestion> questions = m_grammar.questions(sentence);
        rng.shuffle(questions);
        const auto count = std::min(questions.size(), static_cast<std::size_t>(part.questions));
        for (std::size_t i = 0; i < count; ++i)
            utterance.tasks.push_back(questionTask(part, questions[i], rng));
        if (part.transcription) {
            UtteranceTask task;
            task.task = "asr";
            task.question = m_grammar.instruction("asr");
            task.references = {utterance.text};
            utterance.tasks.push_back(std::move(task));
        }
    }

    UtteranceTask translationTask(const CorpusPart& part, const GeneratedSentence& sentence,
                                  Rng& rng) const {
        const auto draw = [&](const StyleMix& mix, std::string& style) {
            style = drawStyle(mix, "ast", rng);
            return m_grammar.translation(sentence, style, rng.uniform() < mix.nounSynonym);
        };
        UtteranceTask task;
        task.task = "ast";
        task.question = m_grammar.instruction("ast");
        task.references = {draw(m_recipe.taskStyles, task.style)};
        std::string style;
        for (int i = 0; i < part.baseTargets; ++i)
            task.baseTargets.push_back(draw(m_recipe.baseStyles, style));
        if (part.variants) {
            std::set<std::string> all;
            for (const std::string& known : m_grammar.styles("ast"))
                for (const bool synonyms : {false, true})
                    all.insert(m_grammar.translation(sentence, known, synonyms));
            task.variants.assign(all.begin(), all.end());
        }
        return task;
    }

    UtteranceTask questionTask(const CorpusPart& part, const SentenceQuestion& question,
                               Rng& rng) const {
        UtteranceTask task;
        task.task = "sqa";
        task.question = question.question;
        task.style = drawStyle(m_recipe.taskStyles, "sqa", rng);
        task.references = {m_grammar.answer(question, task.style)};
        for (int i = 0; i < part.baseTargets; ++i)
            task.baseTargets.push_back(
                m_grammar.answer(question, drawStyle(m_recipe.baseStyles, "sqa", rng)));
        if (part.variants)
            for (const std::string& known : m_grammar.styles("sqa"))
                task.variants.push_back(m_grammar.answer(question, known));
        return task;
    }

    void planSpeech(const CorpusPart& part, PlannedClip& clip) const {
        Rng rng(clip.utterance.seed, "voice");
        const VoiceShare& share =
            *drawWeighted(m_recipe.voices.at(part.voices), rng,
                          [](const VoiceShare& entry) { return entry.weight; });
        clip.voice = share.voice;
        clip.speech.stretch = rng.uniform(share.minStretch, share.maxStretch);
        clip.speech.pitch = rng.uniform(share.minPitch, share.maxPitch);
        clip.utterance.voice = share.voice.id();
        clip.utterance.speaker = share.voice.speaker;
        clip.utterance.licence = share.voice.licence;
    }

    void planCopies(const CorpusPart& part, PlannedClip& clip) const {
        for (int number = 1; number <= part.copies; ++number) {
            PlannedCopy copy;
            copy.utterance = clip.utterance;
            copy.utterance.copyOf = clip.utterance.id;
            copy.utterance.id = fmt::format("{}-a{}", clip.utterance.id, number);
            copy.utterance.audioPath =
                fmt::format("clips/{}/{}.opus", part.name, copy.utterance.id);
            copy.utterance.seed = Rng(m_recipe.seed, copy.utterance.id).next() >> kSeedShift;
            Rng rng(copy.utterance.seed, "augment");
            copy.augmentation = drawAugmentation(m_recipe.augment, rng);
            clip.copies.push_back(std::move(copy));
        }
    }

    const CorpusRecipe& m_recipe;
    const Grammar& m_grammar;
    std::unordered_set<std::string> m_used;
};

} // namespace

std::vector<PlannedClip> planCorpus(const CorpusRecipe& recipe, const Grammar& grammar) {
    ClipPlanner planner(recipe, grammar);
    std::vector<PlannedClip> clips;
    for (const CorpusPart& part : recipe.parts)
        for (int index = 0; index < part.clips; ++index)
            clips.push_back(planner.plan(part, index));
    return clips;
}

} // namespace viva
