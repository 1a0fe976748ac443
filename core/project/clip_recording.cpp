// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/clip_recording.h"

#include "core/audio/audio_file.h"
#include "core/audio/wav_stream.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/sha256.h"
#include "core/project/clip_names.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <exception>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTakeFolder = "clips/.takes";

} // namespace

fs::path newTakeFile(const fs::path& projectFolder) {
    const fs::path folder = projectFolder / kTakeFolder;
    makeClipFolder(folder);
    const std::string name = fmt::format("rec-{:%Y%m%d-%H%M%S}", fmt::gmtime(std::time(nullptr)));
    return freeFile(folder, name, ".wav");
}

std::vector<RecordedTake> leftTakes(const fs::path& projectFolder) {
    std::vector<fs::path> files;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(projectFolder / kTakeFolder, failure))
        if (entry.path().extension() == ".wav" && fs::is_regular_file(entry.path(), failure))
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<RecordedTake> takes;
    for (const fs::path& file : files) {
        try {
            if (isBeingWritten(file))
                continue;
            if (repairWavStream(file) == 0) {
                fs::remove(file);
                continue;
            }
            const AudioFileInfo info = probeAudioFile(file);
            RecordedTake take;
            take.file = file;
            take.rateHz = info.sampleRateHz;
            take.channels = info.channels;
            take.frames = info.frames;
            takes.push_back(take);
        } catch (const std::exception& error) { // kept or discarded meanwhile, or beyond mending
            log(LogLevel::Warning, "session", error.what());
        }
    }
    return takes;
}

ClipId keepTake(ProjectStore& project, const RecordedTake& take, const Utterance& labels) {
    if (take.frames <= 0)
        throw Error(ErrorCode::InvalidArgument,
                    take.file.string() + " holds no sound; record it again");
    const fs::path clips = project.folder() / "clips";
    makeClipFolder(clips);
    ClipRecord clip;
    clip.utterance = labels;
    const std::string name = labels.id.empty() ? take.file.stem().string() : labels.id;
    clip.utterance.id = name;
    const fs::path kept = freeFile(clips, fileNameOf(name), take.file.extension().string());
    clip.utterance.audioPath = (fs::path("clips") / kept.filename()).generic_string();
    clip.utterance.durationSec = take.durationSec();
    clip.utterance.sha256 = sha256OfFile(take.file);
    clip.source = clip.utterance.audioPath;
    clip.provenance = take.device.empty() ? "recorded" : "recorded from " + take.device;
    clip.rateHz = take.rateHz;
    clip.channels = take.channels;
    std::error_code failure;
    fs::rename(take.file, kept, failure);
    if (failure)
        throw Error(ErrorCode::Io,
                    fmt::format("{} cannot be moved to {}: {}; choose a project you may write to",
                                take.file.string(), kept.string(), failure.message()));
    try {
        return ClipStore(project).add(clip, "Record " + name);
    } catch (...) {
        fs::rename(kept, take.file, failure);
        throw;
    }
}

void discardTake(const RecordedTake& take) {
    std::error_code ignored;
    fs::remove(take.file, ignored);
}

} // namespace viva
