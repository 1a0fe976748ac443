// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/clips/record_command.h"

#include "app/cli/interrupt.h"
#include "core/base/error.h"
#include "core/project/clip_recording.h"
#include "core/soundcard/device_list.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

namespace viva {
namespace {

/// "-23.4 dB [#########....|....] CLIP": the bar reaches from -60 to 0 dB.
std::string levelText(const SoundLevel& level) {
    constexpr int kLevelWidth = 30;
    const auto place = [](double decibels) {
        return static_cast<int>(std::clamp((decibels + 60.0) / 60.0, 0.0, 1.0) * kLevelWidth);
    };
    std::string bar(kLevelWidth, '.');
    std::fill_n(bar.begin(), place(level.peakDb), '#');
    if (const int held = place(level.heldDb); held > 0)
        bar[static_cast<std::size_t>(held - 1)] = '|';
    return fmt::format("{:6.1f} dB [{}]{}", std::max(level.peakDb, -99.0), bar,
                       level.clipped ? " CLIP" : "");
}

/// The line on a terminal's standard error that shows clock and level; nothing elsewhere.
class LevelLine {
public:
    explicit LevelLine(bool silent) : m_shown(!silent && ::isatty(STDERR_FILENO) != 0) {}
    ~LevelLine() {
        if (m_shown)
            fmt::print(stderr, "\n");
    }
    LevelLine(const LevelLine&) = delete;
    LevelLine& operator=(const LevelLine&) = delete;

    void show(const RecorderStatus& status) const {
        if (!m_shown)
            return;
        fmt::print(stderr, "\r{:7.1f} s {} {:.0f} min left  ", status.recordedSec,
                   levelText(status.level), status.leftSec / 60);
        std::fflush(stderr);
    }

private:
    bool m_shown;
};

} // namespace

void RecordCommand::declare(CLI::App& app) {
    app.add_option("--project", m_project, "project folder NAME.viva; made when missing")
        ->type_name("FOLDER");
    app.add_option("--device", m_device, "microphone; the system's default where none is given")
        ->type_name("NAME");
    app.add_option("--seconds", m_seconds, "end after so long; else Ctrl-C ends and keeps")
        ->check(CLI::Range(0.1, 86400.0));
    app.add_option("--name", m_name, "name of the clip");
    app.add_option("--task", m_task, "sqa, ast or asr")
        ->check(CLI::IsMember({"sqa", "ast", "asr"}));
    app.add_option("--question", m_question, "question or instruction");
    app.add_option("--reference", m_references, "right answer; may be given several times");
    app.add_option("--text", m_text, "what is said");
    app.add_option("--speaker", m_speaker, "who speaks");
    app.add_option("--language", m_language, "what is spoken, such as en");
    app.add_option("--split", m_split, "train, validation, test or another name");
    app.add_option("--tag", m_tags, "tag; may be given several times");
    app.add_flag("--list-devices", m_list, "show the microphones, record nothing");
    app.add_flag("--recover", m_recover, "add the takes that a crash left in the project");
    app.add_flag("--json", m_json, "the report as JSON");
    app.add_flag("--quiet", m_quiet, "no level");
}

int RecordCommand::listDevices() const {
    const AudioDeviceList devices = listAudioDevices();
    if (m_json) {
        nlohmann::ordered_json out = nlohmann::ordered_json::array();
        for (const AudioDevice& device : devices.inputs)
            out.push_back({{"name", device.name},
                           {"host_api", device.hostApi},
                           {"channels", device.channels},
                           {"sample_rate_hz", device.sampleRateHz},
                           {"default", device.isDefault}});
        fmt::print("{}\n", out.dump());
        return exit_code::kOk;
    }
    for (const AudioDevice& device : devices.inputs)
        fmt::print("{} {} ({}, {} Hz, {} channels)\n", device.isDefault ? '*' : ' ', device.name,
                   device.hostApi, device.sampleRateHz, device.channels);
    if (devices.inputs.empty())
        fmt::print("no microphone is there\n");
    return exit_code::kOk;
}

Utterance RecordCommand::labels() const {
    Utterance labels;
    labels.id = m_name;
    labels.text = m_text;
    labels.speaker = m_speaker;
    labels.language = m_language;
    labels.split = m_split;
    labels.tags = m_tags;
    const bool any = !m_task.empty() || !m_question.empty() || !m_references.empty();
    if (!any)
        return labels;
    if (m_task.empty() || m_question.empty() || m_references.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "--task, --question and --reference belong together: give all three, or none "
                    "and label the clip later");
    UtteranceTask task;
    task.task = m_task;
    task.question = m_question;
    task.references = m_references;
    labels.tasks.push_back(task);
    return labels;
}

RecordedTake RecordCommand::record(Interrupt& interrupt) const {
    Recorder recorder;
    recorder.listen(m_device);
    recorder.start(newTakeFile(m_project));
    if (!m_quiet && !m_json)
        fmt::print(stderr, "recording from {} at {} Hz, {}\n", recorder.status().device,
                   recorder.status().rateHz,
                   m_seconds > 0 ? fmt::format("for {} s", m_seconds) : "until Ctrl-C");
    {
        const LevelLine line(m_quiet || m_json);
        for (;;) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            const RecorderStatus status = recorder.status();
            line.show(status);
            if (interrupt.token().stop_requested() || status.state != RecorderState::Recording ||
                (m_seconds > 0 && status.recordedSec >= m_seconds))
                break;
        }
    }
    return recorder.stop();
}

void RecordCommand::report(const RecordedTake& take, std::int64_t id) const {
    const ClipRecord clip = ClipStore(*m_store).clip(id).value();
    if (m_json) {
        const nlohmann::ordered_json out{{"clip", id},
                                         {"name", clip.utterance.id},
                                         {"audio", clip.utterance.audioPath},
                                         {"duration_sec", clip.utterance.durationSec},
                                         {"sample_rate_hz", clip.rateHz},
                                         {"channels", clip.channels},
                                         {"dropped_frames", take.droppedFrames},
                                         {"clipped", take.clipped},
                                         {"trouble", take.trouble}};
        fmt::print("{}\n", out.dump());
        return;
    }
    fmt::print("{}: {:.1f} s at {} Hz, {} channel{}, {}{}\n", clip.utterance.id,
               clip.utterance.durationSec, clip.rateHz, clip.channels,
               clip.channels == 1 ? "" : "s", clip.utterance.audioPath,
               take.clipped ? "; it clips, speak softer" : "");
    if (take.droppedFrames > 0)
        fmt::print("{} frames were lost because the machine was too busy\n", take.droppedFrames);
    if (!take.trouble.empty())
        fmt::print(stderr, "{}\n", take.trouble);
}

int RecordCommand::recover() const {
    const std::vector<RecordedTake> takes = leftTakes(m_project);
    for (const RecordedTake& take : takes)
        report(take, keepTake(*m_store, take, labels()));
    if (takes.empty() && !m_json)
        fmt::print("no take was left in {}\n", m_project);
    return exit_code::kOk;
}

/// What was spoken is never lost: a take that the project does not take stays as a file.
std::int64_t RecordCommand::keep(const RecordedTake& take, const Utterance& wanted) const {
    try {
        return keepTake(*m_store, take, wanted);
    } catch (const Error& error) {
        throw Error(error.code(),
                    fmt::format("{}. {}The recording is whole in {}; viva record "
                                "--project {} --recover adds it later",
                                error.what(), take.trouble.empty() ? "" : take.trouble + ". ",
                                take.file.string(), m_project));
    }
}

int RecordCommand::run(Interrupt& interrupt) {
    if (m_list)
        return listDevices();
    if (m_project.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "--project is missing; name the project folder the clip goes into");
    const Utterance wanted = labels(); // before somebody has spoken in vain
    m_store = ProjectStore::open(m_project);
    if (m_recover)
        return recover();
    if (!m_json && !m_quiet)
        if (const auto left = leftTakes(m_project); !left.empty())
            fmt::print(stderr,
                       "takes of recordings that broke off in {}: {}; --recover adds them\n",
                       m_project, left.size());
    const Interrupt::Grace grace(interrupt);
    const RecordedTake take = record(interrupt);
    if (take.frames == 0) {
        discardTake(take);
        throw Error(ErrorCode::Audio, take.trouble.empty()
                                          ? "nothing was heard; check the microphone"
                                          : take.trouble);
    }
    report(take, keep(take, wanted));
    return take.end == TakeEnd::Stopped ? exit_code::kOk : exit_code::kStopped;
}

std::unique_ptr<Command> makeRecordCommand() {
    return std::make_unique<RecordCommand>();
}

} // namespace viva
