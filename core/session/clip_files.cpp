// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/clip_files.h"

#include "core/audio/audio_file.h"
#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/session/project.h"
#include "core/store/clip_store.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTranscriptBytes = 64 * 1024;

/// One file on its way in.
struct Candidate {
    fs::path file;
    ClipRecord clip; ///< labels; the sound is looked at later
};

/// A name below clips/ that is not taken: NAME.wav, NAME-2.wav ...
fs::path freeFile(const fs::path& folder, const fs::path& name) {
    fs::path target = folder / name;
    for (int number = 2; fs::exists(target); ++number)
        target = folder /
                 fmt::format("{}-{}{}", name.stem().string(), number, name.extension().string());
    return target;
}

/// Copies beside the target and renames, so that a half copy never has the name of a clip.
void copySound(const fs::path& from, const fs::path& to) {
    const fs::path part = to.string() + ".part";
    std::error_code failure;
    fs::copy_file(from, part, fs::copy_options::overwrite_existing, failure);
    if (!failure)
        fs::rename(part, to, failure);
    if (failure) {
        std::error_code ignored;
        fs::remove(part, ignored);
        throw Error(ErrorCode::Io, fmt::format("cannot copy {} to {}: {}", from.string(),
                                               to.string(), failure.message()));
    }
}

/// The text beside the sound, on one line; empty where there is none that can be read as UTF-8.
std::string transcriptBeside(const fs::path& sound) {
    fs::path file = sound;
    file.replace_extension(".txt");
    std::error_code failure;
    if (!fs::is_regular_file(file, failure) || fs::file_size(file, failure) > kTranscriptBytes)
        return {};
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    std::string line = text.str();
    if (!isValidUtf8(line))
        return {};
    std::replace_if(
        line.begin(), line.end(), [](char sign) { return sign == '\n' || sign == '\r'; }, ' ');
    const auto first = line.find_first_not_of(" \t");
    const auto last = line.find_last_not_of(" \t");
    return first == std::string::npos ? std::string() : line.substr(first, last - first + 1);
}

/// What a project knows of a sound.
void lookAt(ClipRecord& clip, const fs::path& file) {
    const AudioFileInfo info = probeAudioFile(file);
    clip.utterance.durationSec = info.durationSec;
    clip.utterance.sha256 = sha256OfFile(file);
    clip.rateHz = info.sampleRateHz;
    clip.channels = info.channels;
}

SoundFilesReport takeAll(const fs::path& projectFolder, const std::string& format,
                         const fs::path& origin, std::vector<Candidate> candidates, bool copyAudio,
                         const std::stop_token& stop, const SoundFilesListener& listener) {
    Project project = Project::open(projectFolder);
    ClipStore clips(project.store());
    const std::int64_t importId = clips.beginImport(format, origin.string());
    SoundFilesReport report;
    for (std::size_t index = 0; index < candidates.size() && !report.stopped; ++index) {
        Candidate& one = candidates[index];
        std::vector<ImportFault> faults;
        fs::path copied;
        try {
            const auto known = clips.clipOfSource(one.clip.source);
            lookAt(one.clip, one.file);
            if (copyAudio && !known) {
                copied = freeFile(project.folder() / "clips", one.file.filename());
                copySound(one.file, copied);
                one.clip.utterance.audioPath = "clips/" + copied.filename().string();
            } else if (!copyAudio) {
                one.clip.utterance.audioPath = one.file.string();
            }
            const ClipTaken taken = clips.take(importId, {&one.clip, 1}, {}).front();
            report.counts.added += taken == ClipTaken::Added;
            report.counts.extended += taken == ClipTaken::Extended;
            report.counts.known += taken == ClipTaken::Known || taken == ClipTaken::Repeated;
            if (taken == ClipTaken::Added)
                report.added.push_back(one.clip.source);
        } catch (const Error& error) {
            std::error_code ignored;
            if (!copied.empty())
                fs::remove(copied, ignored);
            const ImportFault fault{one.file.string(), one.clip.utterance.id, error.info().text()};
            clips.take(importId, {}, {&fault, 1});
            report.faults.push_back(fault);
            ++report.counts.rejected;
        }
        if (listener)
            listener(static_cast<double>(index + 1) / static_cast<double>(candidates.size()));
        report.stopped = stop.stop_requested() && index + 1 < candidates.size();
    }
    clips.finishImport(importId, report.counts, report.stopped);
    return report;
}

void appendSounds(const fs::path& path, std::vector<fs::path>& files) {
    std::error_code failure;
    if (!fs::is_directory(path, failure)) {
        files.push_back(path);
        return;
    }
    std::vector<fs::path> found;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator place(path, options, failure), end; place != end;
         place.increment(failure)) {
        if (failure)
            break;
        if (place->is_regular_file(failure) && looksLikeSound(place->path()))
            found.push_back(place->path());
    }
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
}

} // namespace

bool looksLikeSound(const fs::path& path) {
    static constexpr std::array kEndings{".wav",  ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif",
                                         ".aiff", ".au",   ".caf", ".w64", ".rf64", ".sph"};
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char sign) { return static_cast<char>(std::tolower(sign)); });
    return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

SoundFilesReport openSoundFiles(const fs::path& projectFolder, const SoundFilesRequest& request,
                                std::stop_token stop, const SoundFilesListener& listener) {
    std::vector<fs::path> files;
    for (const fs::path& path : request.files)
        appendSounds(fs::absolute(path).lexically_normal(), files);
    std::vector<Candidate> candidates;
    for (fs::path& file : files) {
        Candidate one;
        one.clip.utterance = request.labels;
        one.clip.utterance.id = file.stem().string();
        if (one.clip.utterance.text.empty())
            one.clip.utterance.text = transcriptBeside(file);
        one.clip.source = file.string();
        one.clip.provenance = file.filename().string();
        one.file = std::move(file);
        candidates.push_back(std::move(one));
    }
    const fs::path origin = request.files.size() == 1 ? request.files.front() : fs::path();
    return takeAll(projectFolder, "files", origin, std::move(candidates), request.copyAudio, stop,
                   listener);
}

SoundFilesReport copyClips(const fs::path& projectFolder, const fs::path& folder,
                           std::span<const Utterance> clips, std::stop_token stop,
                           const SoundFilesListener& listener) {
    std::vector<Candidate> candidates;
    for (const Utterance& utterance : clips) {
        Candidate one;
        one.clip.utterance = utterance;
        one.file = fs::absolute(folder / utterance.audioPath).lexically_normal();
        one.clip.source = one.file.string();
        one.clip.provenance = utterance.audioPath;
        candidates.push_back(std::move(one));
    }
    return takeAll(projectFolder, "copy", folder, std::move(candidates), true, stop, listener);
}

} // namespace viva
