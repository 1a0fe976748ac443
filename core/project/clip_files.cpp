// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/clip_files.h"

#include "core/audio/audio_file.h"
#include "core/audio/audio_reader.h"
#include "core/base/error.h"
#include "core/base/folder_path.h"
#include "core/base/sha256.h"
#include "core/project/clip_copy.h"
#include "core/project/clip_names.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

namespace fs = std::filesystem;

/// Opens files one after the other and keeps the report.
class Opener {
public:
    Opener(ProjectStore& project, const OpenClipsOptions& options)
        : m_project(project.folder()), m_options(options), m_clips(project) {
        makeClipFolder(m_project / "clips");
    }

    OpenClipsReport run(std::span<const fs::path> paths) {
        const std::vector<fs::path> files = filesOf(paths);
        if (files.empty() && m_report.faults.empty())
            return m_report;
        m_report.importId =
            m_clips.beginImport("files", paths.empty() ? std::string() : paths.front().string());
        for (std::size_t i = 0; i < files.size() && !m_report.stopped; ++i) {
            m_done = static_cast<double>(i) / static_cast<double>(files.size());
            m_share = 1.0 / static_cast<double>(files.size());
            open(files[i]);
        }
        m_clips.take(m_report.importId, {}, m_report.faults);
        ImportCounts counts;
        counts.added = std::ssize(m_report.added);
        counts.known = std::ssize(m_report.known);
        counts.rejected = std::ssize(m_report.faults);
        m_clips.finishImport(m_report.importId, counts, m_report.stopped);
        if (m_options.progress)
            m_options.progress(1.0);
        return m_report;
    }

private:
    void reject(const fs::path& file, const std::string& reason) {
        m_report.faults.push_back({file.filename().string(), file.string(), reason});
    }

    std::vector<fs::path> filesOf(std::span<const fs::path> paths) {
        std::vector<fs::path> files;
        for (const fs::path& given : paths) {
            const fs::path path = folderPath(given);
            std::error_code failure;
            if (!fs::is_directory(path, failure)) {
                files.push_back(path);
                continue;
            }
            std::vector<fs::path> inside;
            fs::recursive_directory_iterator entries(
                path, fs::directory_options::skip_permission_denied, failure);
            for (; !failure && entries != fs::end(entries); entries.increment(failure))
                if (entries->path().filename().string().front() != '.' &&
                    entries->is_regular_file(failure))
                    inside.push_back(entries->path());
            if (failure)
                reject(path, "cannot be looked through: " + failure.message());
            std::sort(inside.begin(), inside.end());
            files.insert(files.end(), inside.begin(), inside.end());
        }
        return files;
    }

    /// Asked now and then while a file is read.
    bool goOn(double partOfFile) {
        if (m_options.progress)
            m_options.progress(m_done + m_share * partOfFile);
        m_report.stopped = m_options.stop.stop_requested();
        return !m_report.stopped;
    }

    void open(const fs::path& file) {
        try {
            if (m_clips.clipOfSource(file.string()) || m_clips.clipOfSource(pieceOf(file, 1))) {
                m_report.known.push_back(file.string());
                return;
            }
            AudioReader reader(file);
            const std::vector<float> levels =
                levelsOf(reader, [&](double part) { return goOn(part); });
            if (m_report.stopped)
                return;
            checkRead(file, reader, levels);
            if (m_options.segments && reader.info().durationSec > m_options.segmentFromSec)
                openPieces(file, reader, levels);
            else
                openWhole(file, reader.info());
        } catch (const Error& error) {
            reject(file, error.what());
        } catch (const std::exception& error) {
            reject(file, error.what());
        }
    }

    static void checkRead(const fs::path& file, const AudioReader& reader,
                          std::span<const float> levels) {
        const double heardSec = static_cast<double>(levels.size()) / 100.0;
        if (reader.broken() || heardSec < reader.info().durationSec - 0.02)
            throw Error(ErrorCode::Format,
                        fmt::format("{} is cut short or damaged: {:.2f} of {:.2f} s could be "
                                    "decoded; copy it again",
                                    file.string(), heardSec, reader.info().durationSec));
        const auto odd = std::find_if_not(levels.begin(), levels.end(),
                                          [](float level) { return std::isfinite(level); });
        if (odd != levels.end())
            throw Error(ErrorCode::Format,
                        fmt::format("{} holds a value that is not a finite number at {:.2f} s; "
                                    "export it again",
                                    file.string(),
                                    static_cast<double>(odd - levels.begin()) / 100));
    }

    ClipRecord record(const std::string& name, const std::string& source) const {
        ClipRecord clip;
        clip.utterance = m_options.labels;
        clip.utterance.id = name;
        clip.source = source;
        clip.provenance = "opened " + source;
        return clip;
    }

    void add(const ClipRecord& clip) {
        const auto taken = m_clips.take(m_report.importId, {&clip, 1}, {});
        if (taken.front() == ClipTaken::Added)
            m_report.added.push_back(clip.utterance.id);
        else
            m_report.known.push_back(clip.source);
    }

    void openWhole(const fs::path& file, const AudioFileInfo& info) {
        ClipRecord clip = record(file.stem().string(), file.string());
        clip.utterance.durationSec = info.durationSec;
        clip.utterance.sha256 = sha256OfFile(file);
        clip.rateHz = info.sampleRateHz;
        clip.channels = info.channels;
        clip.utterance.audioPath = file.string();
        fs::path copied;
        if (m_options.copy) {
            copied = freeFile(m_project / "clips", fileNameOf(clip.utterance.id),
                              file.extension().string());
            std::string fault;
            copyAudioFile(file, copied, fault);
            if (!fault.empty())
                throw Error(ErrorCode::Io, fault);
            clip.utterance.audioPath = (fs::path("clips") / copied.filename()).generic_string();
        }
        add(clip);
    }

    static std::string pieceOf(const fs::path& file, std::size_t number) {
        return fmt::format("{}#{}", file.string(), number);
    }

    void openPieces(const fs::path& file, AudioReader& reader, std::span<const float> levels) {
        const std::vector<AudioSegment> pieces = segmentAtSilence(levels, *m_options.segments);
        if (pieces.empty())
            throw Error(ErrorCode::Format, file.string() + " holds no speech louder than its "
                                                           "pauses; open it whole");
        const int rate = reader.info().sampleRateHz;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const auto first = static_cast<std::int64_t>(std::llround(pieces[i].fromSec * rate));
            const auto last = static_cast<std::int64_t>(std::llround(pieces[i].toSec * rate));
            AudioBuffer buffer{std::vector<float>(static_cast<std::size_t>(last - first)), rate};
            reader.seek(first);
            buffer.samples.resize(reader.read(buffer.samples));
            const AudioEncoding encoding = losslessEncoding(buffer);
            const std::string name = fmt::format("{}-{:03}", file.stem().string(), i + 1);
            const fs::path piece =
                freeFile(m_project / "clips", fileNameOf(name), extensionOf(encoding));
            writeAudioFile(piece, buffer, encoding);
            ClipRecord clip = record(name, pieceOf(file, i + 1));
            clip.provenance = fmt::format("{} {:.2f}-{:.2f} s", file.string(), pieces[i].fromSec,
                                          pieces[i].toSec);
            clip.utterance.audioPath = (fs::path("clips") / piece.filename()).generic_string();
            clip.utterance.durationSec = buffer.durationSec();
            clip.utterance.sha256 = sha256OfFile(piece);
            clip.rateHz = rate;
            clip.channels = 1;
            add(clip);
        }
    }

    fs::path m_project;
    const OpenClipsOptions& m_options;
    ClipStore m_clips;
    OpenClipsReport m_report;
    double m_done = 0;
    double m_share = 1;
};

const char* nameOf(const AudioEdit& edit, double durationSec) {
    const bool trimmed = edit.fromSec > 0 || (edit.toSec >= 0 && edit.toSec < durationSec);
    return trimmed ? "Trim" : (edit.normaliseToDb ? "Normalise" : "Gain");
}

} // namespace

OpenClipsReport openClips(ProjectStore& project, std::span<const fs::path> paths,
                          const OpenClipsOptions& options) {
    return Opener(project, options).run(paths);
}

fs::path clipAudioFile(const fs::path& projectFolder, const ClipRecord& clip) {
    return projectFolder / clip.utterance.audioPath; // an absolute path replaces the folder
}

void editClipAudio(ProjectStore& project, ClipId id, const AudioEdit& edit) {
    ClipStore clips(project);
    const std::optional<ClipRecord> clip = clips.clip(id);
    if (!clip)
        throw Error(ErrorCode::NotFound, fmt::format("the project has no clip {}", id));
    const AudioBuffer before = readAudioFile(clipAudioFile(project.folder(), *clip));
    const AudioBuffer after = editAudio(before, edit);
    const AudioEncoding encoding = losslessEncoding(after);
    const fs::path folder = project.folder() / "clips";
    makeClipFolder(folder);
    const fs::path file =
        freeFile(folder, fileNameOf(clip->utterance.id) + "-edit", extensionOf(encoding));
    writeAudioFile(file, after, encoding);
    const std::string hash = sha256OfFile(file);
    const std::string label =
        fmt::format("{} {}", nameOf(edit, before.durationSec()), clip->utterance.id);
    clips.change(label, {&id, 1}, [&](ClipRecord& now) {
        if (now.utterance.audioPath != clip->utterance.audioPath)
            throw Error(
                ErrorCode::InvalidArgument,
                fmt::format("the sound of {} was changed meanwhile; try again", now.utterance.id));
        now.utterance.audioPath = (fs::path("clips") / file.filename()).generic_string();
        now.utterance.durationSec = after.durationSec();
        now.utterance.sha256 = hash;
        now.rateHz = after.sampleRateHz;
        now.channels = 1;
    });
}

} // namespace viva
