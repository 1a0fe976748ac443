// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/corpus_builder.h"

#include "core/audio/audio_file.h"
#include "core/audio/resampler.h"
#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/corpus/ogg_serial.h"
#include "core/corpus/render_log.h"
#include "core/data/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace viva {
namespace {

/// Raised when the way clips are made changes, so that older files are not taken for new ones.
constexpr int kRenderVersion = 1;
constexpr double kTrimThresholdDb = -45;
constexpr double kTrimMarginSec = 0.1;
constexpr double kPeak = 0.7;

class CorpusRenderer {
public:
    CorpusRenderer(const CorpusRecipe& recipe, std::filesystem::path folder,
                   const CorpusBuildOptions& options, std::vector<PlannedClip> clips)
        : m_recipe(recipe), m_folder(std::move(folder)), m_options(options),
          m_clips(std::move(clips)), m_log(m_folder / ".render.jsonl") {}

    CorpusReport run() {
        {
            std::vector<std::jthread> workers;
            for (int i = 0; i < std::max(1, m_options.threads); ++i)
                workers.emplace_back([this] { work(); });
        }
        if (m_failure)
            std::rethrow_exception(m_failure);
        m_report.reused = m_reused;
        m_report.stopped = m_done < m_clips.size();
        if (!m_report.stopped)
            finish();
        return m_report;
    }

private:
    void work() {
        try {
            while (!m_halt && !m_options.stop.stop_requested()) {
                const std::size_t index = m_next++;
                if (index >= m_clips.size())
                    return;
                render(m_clips[index]);
                const std::scoped_lock lock(m_mutex);
                ++m_done;
                if (m_options.progress)
                    m_options.progress({m_done, m_clips.size()});
            }
        } catch (...) {
            m_halt = true;
            const std::scoped_lock lock(m_mutex);
            if (!m_failure)
                m_failure = std::current_exception();
        }
    }

    void render(PlannedClip& clip) {
        const std::string key = fmt::format(
            "{} {} {} {:.6f} {:.6f} {} {}", kRenderVersion, clip.voice.id(), clip.utterance.text,
            clip.speech.stretch, clip.speech.pitch, m_recipe.sampleRateHz, m_recipe.opusBitsPerSec);
        AudioBuffer sound;
        const auto spoken = [&]() -> const AudioBuffer& {
            if (sound.samples.empty()) {
                sound = resample(speak(clip.voice, clip.utterance.text, clip.speech),
                                 m_recipe.sampleRateHz);
                sound = trimSilence(sound, kTrimThresholdDb, kTrimMarginSec);
                normalisePeak(sound, kPeak);
            }
            return sound;
        };
        provide(clip.utterance, key, spoken);
        for (PlannedCopy& copy : clip.copies) {
            const Augmentation& a = copy.augmentation;
            const std::string copyKey =
                fmt::format("{} {:.6f} {:.6f} {:.6f} {:.6f} {:.6f} {}", key, a.speed, a.tiltDb,
                            a.gainDb, a.snrDb, a.noiseColour, copy.utterance.seed);
            provide(copy.utterance, copyKey, [&] {
                Rng rng(copy.utterance.seed, "noise");
                return augment(spoken(), a, rng);
            });
        }
    }

    /// Fills duration and hash, from the file that is there or by making it.
    template<typename Make>
    void provide(Utterance& utterance, const std::string& plan, Make make) {
        const std::string key = sha256(plan);
        const std::filesystem::path path = m_folder / utterance.audioPath;
        std::error_code ignored;
        auto file = m_log.find(utterance.audioPath, key);
        if (file && std::filesystem::is_regular_file(path, ignored) &&
            sha256OfFile(path) == file->sha256) {
            ++m_reused;
        } else {
            const AudioBuffer sound = make();
            std::filesystem::create_directories(path.parent_path(), ignored);
            writeAudioFile(path, sound, AudioEncoding::Opus,
                           {.opusBitsPerSec = m_recipe.opusBitsPerSec});
            setOggSerial(path, static_cast<std::uint32_t>(utterance.seed));
            // Milliseconds: the manifest stays readable and the same on every machine.
            file = RenderedFile{key, sha256OfFile(path),
                                std::round(sound.durationSec() * 1000) / 1000};
            m_log.add(utterance.audioPath, *file);
        }
        utterance.sha256 = file->sha256;
        utterance.durationSec = file->durationSec;
    }

    void finish() {
        std::vector<Utterance> utterances;
        for (PlannedClip& clip : m_clips) {
            utterances.push_back(clip.utterance);
            for (const PlannedCopy& copy : clip.copies)
                utterances.push_back(copy.utterance);
            m_report.copies += clip.copies.size();
        }
        m_report.clips = m_clips.size();
        for (const Utterance& utterance : utterances) {
            m_report.durationSec += utterance.durationSec;
            m_report.bytes += std::filesystem::file_size(m_folder / utterance.audioPath);
        }
        writeManifest(m_folder / "manifest.jsonl", utterances);
    }

    const CorpusRecipe& m_recipe;
    const std::filesystem::path m_folder;
    const CorpusBuildOptions& m_options;

    std::vector<PlannedClip> m_clips; ///< each entry is touched by one worker
    RenderLog m_log;
    std::atomic<std::size_t> m_next{0};
    std::atomic<std::size_t> m_reused{0};
    std::atomic<bool> m_halt{false};
    std::mutex m_mutex;
    std::size_t m_done = 0;       ///< guarded by m_mutex
    std::exception_ptr m_failure; ///< guarded by m_mutex
    CorpusReport m_report;
};

void keepParts(const CorpusRecipe& recipe, const std::vector<std::string>& parts,
               std::vector<PlannedClip>& clips) {
    if (parts.empty())
        return;
    for (const std::string& name : parts)
        if (std::none_of(recipe.parts.begin(), recipe.parts.end(),
                         [&](const CorpusPart& part) { return part.name == name; }))
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("buildCorpus: the recipe has no part \"{}\"; name one of its "
                                    "parts or none for all",
                                    name));
    std::erase_if(clips, [&](const PlannedClip& clip) {
        const std::string& id = clip.utterance.id;
        return std::find(parts.begin(), parts.end(), id.substr(0, id.rfind('-'))) == parts.end();
    });
}

void requireVoices(const std::vector<PlannedClip>& clips) {
    std::set<std::string> checked;
    for (const PlannedClip& clip : clips)
        if (checked.insert(clip.voice.id()).second && !voiceAvailable(clip.voice))
            (void)speak(clip.voice, "one"); // throws with the package that brings the voice
}

} // namespace

CorpusReport buildCorpus(const CorpusRecipe& recipe, const std::filesystem::path& folder,
                         const CorpusBuildOptions& options) {
    const Grammar grammar = Grammar::load(recipe.grammar);
    std::vector<PlannedClip> clips = planCorpus(recipe, grammar);
    keepParts(recipe, options.parts, clips);
    return buildCorpus(recipe, std::move(clips), folder, options);
}

CorpusReport buildCorpus(const CorpusRecipe& recipe, std::vector<PlannedClip> clips,
                         const std::filesystem::path& folder, const CorpusBuildOptions& options) {
    requireVoices(clips);
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure)
        throw Error(ErrorCode::Io, fmt::format("{}: the folder cannot be made: {}", folder.string(),
                                               failure.message()));
    return CorpusRenderer(recipe, folder, options, std::move(clips)).run();
}

} // namespace viva
