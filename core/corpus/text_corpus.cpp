// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/text_corpus.h"

#include "core/base/error.h"
#include "core/data/importers/item_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace viva {
namespace {

constexpr int kMaxTries = 10'000;
constexpr int kSeedShift = 12; ///< seeds stay exact in every JSON reader

/// Which option each slot of one sentence got.
using Choice = std::map<std::string, std::size_t>;

/// Replaces {name} and {name.2}; draws what has not been drawn for this sentence. The slots are
/// known to be sound.
std::string filled(const std::string& text, const std::vector<SlotList>& slots, Choice& choice,
                   Rng& rng) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = std::min(text.find('{', at), text.size());
        out += text.substr(at, open - at);
        if (open == text.size())
            break;
        const std::size_t close = text.find('}', open);
        const std::string inner = text.substr(open + 1, close - open - 1);
        const std::size_t dot = inner.find('.');
        const std::string name = inner.substr(0, dot);
        const std::size_t form =
            dot == std::string::npos ? 1 : static_cast<std::size_t>(inner.back() - '0');
        for (const SlotList& slot : slots) {
            if (slot.name != name)
                continue;
            if (choice.find(name) == choice.end())
                choice[name] = rng.below(slot.options.size());
            out += slot.options[choice[name]][form - 1];
        }
        at = close + 1;
    }
    return out;
}

/// A slot may open a sentence with a small letter.
std::string capitalised(std::string text) {
    if (!text.empty())
        text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text;
}

UtteranceTask taskOf(const SpokenLine& line, const TextCorpusOptions& options) {
    UtteranceTask task;
    task.task = !line.task.empty()        ? line.task
                : !line.question.empty()  ? "sqa"
                : !line.reference.empty() ? "ast"
                                          : "asr";
    task.question = line.question;
    if (task.question.empty() && task.task == "ast")
        task.question = options.targetLanguage.empty()
                            ? "Translate the speech."
                            : translationInstruction(options.targetLanguage);
    if (task.question.empty() && task.task == "asr")
        task.question = kTranscriptionInstruction;
    task.references = {line.reference.empty() ? line.text : line.reference};
    return task;
}

class TextPlanner {
public:
    TextPlanner(const SpokenTexts& texts, const TextCorpusOptions& options)
        : m_texts(texts), m_options(options) {}

    PlannedClip plan(int index) {
        PlannedClip clip;
        Utterance& utterance = clip.utterance;
        const std::string& folder = m_options.split;
        utterance.id = fmt::format("{}-{:05}", folder, index);
        utterance.audioPath = fmt::format("clips/{}/{}.opus", folder, utterance.id);
        utterance.split = m_options.split;
        utterance.language = m_options.language;
        utterance.seed = Rng(m_options.seed, utterance.id).next() >> kSeedShift;
        const SpokenLine line = newLine(index, utterance.seed);
        utterance.text = line.text;
        utterance.tasks = {taskOf(line, m_options)};
        Rng voices(utterance.seed, "voice");
        clip.voice = m_options.voices[voices.below(m_options.voices.size())];
        utterance.voice = clip.voice.id();
        utterance.speaker = clip.voice.speaker;
        utterance.licence = clip.voice.licence;
        for (int copy = 1; copy <= m_options.copies; ++copy)
            clip.copies.push_back(copyOf(utterance, copy));
        return clip;
    }

private:
    SpokenLine newLine(int index, std::uint64_t seed) {
        if (!m_texts.hasSlots())
            return m_texts.lines[static_cast<std::size_t>(index) % m_texts.lines.size()];
        Rng rng(seed, "text");
        for (int i = 0; i < kMaxTries; ++i) {
            const SpokenLine& drawn = m_texts.lines[rng.below(m_texts.lines.size())];
            Choice choice;
            SpokenLine line = drawn;
            line.text = capitalised(filled(drawn.text, m_texts.slots, choice, rng));
            line.question = capitalised(filled(drawn.question, m_texts.slots, choice, rng));
            line.reference = capitalised(filled(drawn.reference, m_texts.slots, choice, rng));
            if (m_used.insert(line.text).second)
                return line;
        }
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("the texts gave no new sentence in {} tries after {} clips; ask "
                                "for fewer clips or lengthen the lists",
                                kMaxTries, m_used.size()));
    }

    PlannedCopy copyOf(const Utterance& utterance, int number) const {
        PlannedCopy copy;
        copy.utterance = utterance;
        copy.utterance.id = fmt::format("{}-copy{}", utterance.id, number);
        copy.utterance.audioPath =
            fmt::format("clips/{}/{}.opus", m_options.split, copy.utterance.id);
        copy.utterance.copyOf = utterance.id;
        copy.utterance.seed = Rng(m_options.seed, copy.utterance.id).next() >> kSeedShift;
        Rng rng(copy.utterance.seed, "augment");
        copy.augmentation = drawAugmentation(m_options.augment, rng);
        return copy;
    }

    const SpokenTexts& m_texts;
    const TextCorpusOptions& m_options;
    std::set<std::string> m_used;
};

} // namespace

std::vector<PlannedClip> planTexts(const SpokenTexts& texts, const TextCorpusOptions& options) {
    const auto refuse = [](const std::string& why) {
        throw Error(ErrorCode::InvalidArgument, why);
    };
    if (options.voices.empty())
        refuse("no voice is named; name at least one, for example flite:slt");
    if (texts.lines.empty())
        refuse("the texts have no line that could be spoken");
    if (options.split.empty() || options.split.find_first_of("/\\.") != std::string::npos)
        refuse(fmt::format("\"{}\" cannot be a split; use letters, digits and hyphens",
                           options.split));
    if (texts.hasSlots() && options.clips <= 0)
        refuse("the texts have slots: say how many clips are wanted");
    const int clips = options.clips > 0 ? options.clips : static_cast<int>(texts.lines.size());
    if (!texts.hasSlots() && clips > static_cast<int>(texts.lines.size()))
        refuse(fmt::format("{} clips are wanted of {} lines without slots; ask for fewer", clips,
                           texts.lines.size()));
    std::vector<PlannedClip> out;
    TextPlanner planner(texts, options);
    for (int i = 0; i < clips; ++i)
        out.push_back(planner.plan(i));
    return out;
}

Voice voiceNamed(const std::string& id) {
    const std::size_t colon = id.find(':');
    Voice voice;
    voice.engine = id.substr(0, colon);
    voice.name = colon == std::string::npos ? "" : id.substr(colon + 1);
    const std::map<std::string, std::string> licences{
        {"flite", "BSD-like (CMU flite)"},
        {"espeak-ng", "output of espeak-ng (GPL-3.0-or-later program)"},
        {"festival", "BSD-like (CSTR, CMU)"}};
    const auto licence = licences.find(voice.engine);
    if (licence == licences.end() || voice.name.empty())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("\"{}\" is no voice; write ENGINE:NAME, for example flite:slt, "
                                "flite:rms, flite:awb, flite:kal16 or espeak-ng:en-gb",
                                id));
    voice.licence = licence->second;
    // One person may have voices in several engines: never on both sides of a split.
    const std::map<std::string, std::string> people{
        {"slt", "SLT"},   {"cmu_us_slt_arctic_hts", "SLT"}, {"rms", "RMS"},        {"awb", "AWB"},
        {"kal16", "KAL"}, {"kal_diphone", "KAL"},           {"ked_diphone", "KED"}};
    const auto person = people.find(voice.name);
    voice.speaker = person != people.end() && voice.engine != "espeak-ng"
                        ? person->second
                        : voice.engine + " " + voice.name;
    return voice;
}

} // namespace viva
