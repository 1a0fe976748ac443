// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/clip_import.h"

#include "core/audio/audio_file.h"
#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/made_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

namespace viva {
namespace {

namespace fs = std::filesystem;
using test::FileSizeLimit;
using test::MadeTree;
using test::TempDir;
using testing::HasSubstr;

AudioBuffer tone(double sec, int rateHz = 16000, float level = 0.3F) {
    AudioBuffer buffer{{}, rateHz};
    for (int i = 0; i < static_cast<int>(sec * rateHz); ++i)
        buffer.samples.push_back(level * std::sin(0.05F * static_cast<float>(i)));
    return buffer;
}

/// The header of a PCM or float WAV file with made-up facts, and its samples.
std::string wav(int rateHz, int channels, const std::vector<float>& samples) {
    std::string out = "RIFF";
    const auto number = [&](std::uint32_t value, int bytes) {
        for (int i = 0; i < bytes; ++i)
            out += static_cast<char>(value >> (8 * i) & 255U);
    };
    const auto size = static_cast<std::uint32_t>(samples.size() * 4);
    number(36 + size, 4);
    out += "WAVEfmt ";
    number(16, 4);
    number(3, 2); // floating point
    number(static_cast<std::uint32_t>(channels), 2);
    number(static_cast<std::uint32_t>(rateHz), 4);
    number(static_cast<std::uint32_t>(rateHz * channels * 4), 4);
    number(static_cast<std::uint32_t>(channels * 4), 2);
    number(32, 2);
    out += "data";
    number(size, 4);
    out.append(reinterpret_cast<const char*>(samples.data()), size);
    return out;
}

struct Stage {
    MadeTree tree;
    TempDir projects;
    fs::path project = projects / "P.viva";

    ImportReport import(ClipImportRequest request) const {
        if (request.path.empty())
            request.path = tree.path();
        return importClips(*ProjectStore::open(project), request);
    }
    ImportReport rehearse(const ClipImportRequest& request) const {
        if (!ProjectStore::isIn(project))
            return rehearseImport(nullptr, request);
        return rehearseImport(ProjectStore::openReadOnly(project).get(), request);
    }
    std::vector<ClipRecord> clips() const {
        const auto store = ProjectStore::openReadOnly(project);
        const ClipStore own(*store);
        return own.clips(own.ids());
    }
    /// A table of `count` clips that all have their own short file.
    void makeTable(int count) const {
        std::string table = "audio\ttext\n";
        writeAudioFile(tree / "sound", tone(0.1), AudioEncoding::Wav16);
        for (int i = 0; i < count; ++i) {
            const std::string name = "c" + std::to_string(i) + ".wav";
            fs::create_hard_link(tree / "sound", tree / name);
            table += name + "\tSentence " + std::to_string(i) + ".\n";
        }
        tree.write("data.tsv", table);
    }
};

std::string faultOf(const ImportReport& report, const std::string& item) {
    for (const ImportFault& fault : report.faults)
        if (fault.item == item)
            return fault.reason;
    return {};
}

TEST(ImportClips, RefersToSoundsAndASecondImportAddsNothing) {
    const Stage stage;
    stage.makeTable(5);
    const ClipImportRequest request{.path = stage.tree / "data.tsv"};
    const ImportReport first = stage.import(request);
    EXPECT_EQ(first.counts, (ImportCounts{5, 0, 0, 0}));
    EXPECT_EQ(first.format, "tsv");
    EXPECT_FALSE(first.stopped);
    EXPECT_EQ(first.failure, "");
    const auto clips = stage.clips();
    ASSERT_EQ(clips.size(), 5U);
    EXPECT_EQ(clips[2].utterance.audioPath, (stage.tree / "c2.wav").string());
    EXPECT_EQ(clips[2].provenance, "tsv data.tsv:4");
    EXPECT_EQ(clips[2].rateHz, 16000);
    EXPECT_EQ(clips[2].channels, 1);
    EXPECT_NEAR(clips[2].utterance.durationSec, 0.1, 1e-6);
    const ImportReport second = stage.import(request);
    EXPECT_EQ(second.counts, (ImportCounts{0, 0, 5, 0}));
    EXPECT_EQ(stage.clips().size(), 5U);
}

TEST(ImportClips, CopiesSoundsOnce) {
    const Stage stage;
    stage.makeTable(3);
    const ClipImportRequest request{.path = stage.tree / "data.tsv", .copyAudio = true};
    const ImportReport report = stage.import(request);
    EXPECT_EQ(report.counts.added, 3);
    EXPECT_EQ(report.bytesCopied, 3 * fs::file_size(stage.tree / "c0.wav"));
    const auto clips = stage.clips();
    EXPECT_EQ(clips[0].utterance.audioPath, "clips/import-0001/c0.wav");
    EXPECT_EQ(clips[0].utterance.sha256, sha256OfFile(stage.tree / "c0.wav"));
    EXPECT_EQ(sha256OfFile(stage.project / clips[0].utterance.audioPath),
              clips[0].utterance.sha256);
    EXPECT_EQ(stage.import(request).bytesCopied, 0U);
    EXPECT_FALSE(fs::exists(stage.project / "clips/import-0002"));
}

TEST(ImportClips, EveryBrokenSoundIsNamedAndTheRestGoesIn) {
    const Stage stage;
    const auto& tree = stage.tree;
    writeAudioFile(tree / "good.wav", tone(0.2), AudioEncoding::Wav16);
    writeAudioFile(tree / "fast.wav", tone(0.2, 192000), AudioEncoding::Wav16);
    fs::copy_file(tree / "good.wav", tree / "misnamed.mp3");
    tree.write("text.wav", "this is no sound at all, whatever its name says");
    tree.write("empty.wav");
    tree.write("zero.wav", wav(0, 1, {0.1F, 0.2F}));
    tree.write("many.wav", wav(16000, 32, std::vector<float>(32 * 160, 0.1F)));
    tree.write("toomany.wav", wav(16000, 33, std::vector<float>(33 * 160, 0.1F)));
    tree.write("nan.wav", wav(16000, 1, {0.1F, std::nanf(""), 0.2F}));
    const std::string whole = [&] {
        std::ifstream in(tree / "good.wav", std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    }();
    tree.write("cut.wav", whole.substr(0, whole.size() / 2));
    tree.write("data.tsv", "audio\ttext\ngood.wav\tA\nfast.wav\tB\nmisnamed.mp3\tC\ntext.wav\tD\n"
                           "empty.wav\tE\nzero.wav\tF\nmany.wav\tG\ntoomany.wav\tH\nnan.wav\tI\n"
                           "cut.wav\tJ\nmissing.wav\tK\ngood.wav\tA\n");
    const ImportReport report = stage.import({.path = tree / "data.tsv"});
    EXPECT_EQ(report.counts, (ImportCounts{4, 0, 0, 8}));
    EXPECT_THAT(faultOf(report, "text"), HasSubstr("not a sound file"));
    EXPECT_THAT(faultOf(report, "empty"), HasSubstr("is empty"));
    EXPECT_NE(faultOf(report, "zero"), "");
    EXPECT_THAT(faultOf(report, "toomany"), HasSubstr("33 channels"));
    EXPECT_THAT(faultOf(report, "nan"), HasSubstr("not a finite number"));
    EXPECT_THAT(faultOf(report, "cut"), HasSubstr("cut short"));
    EXPECT_THAT(faultOf(report, "missing"), HasSubstr("does not exist"));
    EXPECT_THAT(faultOf(report, "good"), HasSubstr("stands there twice"));
    const auto clips = stage.clips();
    EXPECT_EQ(clips[1].rateHz, 192000);
    EXPECT_EQ(clips[3].channels, 32);
    const auto store = ProjectStore::openReadOnly(stage.project);
    EXPECT_EQ(ClipStore(*store).faults(report.importId), report.faults);
    EXPECT_EQ(ClipStore(*store).imports().front().counts, report.counts);
}

TEST(ImportClips, SeveralQuestionsOfASoundMakeOneClip) {
    const Stage stage;
    writeAudioFile(stage.tree / "a.wav", tone(0.2), AudioEncoding::Wav16);
    stage.tree.write("data.jsonl", R"({"audio": "a.wav", "question": "Who?", "answer": "Tom."}
{"audio": "a.wav", "question": "Where?", "answer": "Here."}
{"audio": "a.wav", "question": "Who?", "answer": "Tom."}
)");
    const ImportReport report = stage.import({.path = stage.tree / "data.jsonl"});
    EXPECT_EQ(report.counts, (ImportCounts{1, 1, 0, 1}));
    ASSERT_EQ(stage.clips().size(), 1U);
    EXPECT_EQ(stage.clips()[0].utterance.tasks.size(), 2U);
}

TEST(ImportClips, AnIdOfTheDataIsOneSound) {
    const Stage stage;
    for (const char* name : {"a.wav", "b.wav"})
        writeAudioFile(stage.tree / name, tone(0.2), AudioEncoding::Wav16);
    stage.tree.write("data.tsv", "id\taudio\ttext\nx\ta.wav\tA\nx\tb.wav\tB\n");
    const ImportReport report = stage.import({.path = stage.tree / "data.tsv"});
    EXPECT_EQ(report.counts, (ImportCounts{1, 0, 0, 1}));
    EXPECT_THAT(report.faults[0].reason, HasSubstr("data.tsv:2"));
}

TEST(ImportClips, SegmentsAreCutOutOfLongSounds) {
    const Stage stage;
    const AudioBuffer talk = tone(10);
    writeAudioFile(stage.tree / "data/dev/wav/ted_1.wav", talk, AudioEncoding::Wav16);
    stage.tree.write("data/dev/txt/dev.yaml",
                     "- {duration: 2.0, offset: 1.5, speaker_id: spk.1, wav: ted_1.wav}\n"
                     "- {duration: 2.0, offset: 9.0, speaker_id: spk.1, wav: ted_1.wav}\n"
                     "- {duration: 0.5, offset: 9.7, speaker_id: spk.1, wav: ted_1.wav}\n");
    stage.tree.write("data/dev/txt/dev.en", "One.\nTwo.\nThree.\n");
    stage.tree.write("data/dev/txt/dev.de", "Eins.\nZwei.\nDrei.\n");
    const ImportReport report = stage.import({});
    EXPECT_EQ(report.format, "mustc");
    EXPECT_EQ(report.counts, (ImportCounts{2, 0, 0, 1}));
    EXPECT_THAT(report.faults[0].reason, HasSubstr("has 10.00 s only"));
    const auto clips = stage.clips();
    const AudioBuffer cut = readAudioFile(stage.project / clips[0].utterance.audioPath);
    ASSERT_EQ(cut.samples.size(), 32000U);
    for (std::size_t i = 0; i < cut.samples.size(); i += 997)
        EXPECT_NEAR(cut.samples[i], talk.samples[i + 24000], 1.0 / 32768);
    EXPECT_NEAR(clips[1].utterance.durationSec, 0.3, 1e-3);
    EXPECT_EQ(stage.import({}).counts, (ImportCounts{0, 0, 2, 1}));
}

TEST(ImportClips, ADryRunCountsAndWritesNothing) {
    const Stage stage;
    stage.makeTable(3);
    const ClipImportRequest request{.path = stage.tree / "data.tsv", .copyAudio = true};
    EXPECT_EQ(stage.rehearse(request).counts, (ImportCounts{3, 0, 0, 0}));
    EXPECT_FALSE(fs::exists(stage.project));
    (void)stage.import(request);
    EXPECT_EQ(stage.rehearse(request).counts, (ImportCounts{0, 0, 3, 0}));
}

TEST(ImportClips, AStopKeepsWhatWentInAndTheNextImportBringsTheRest) {
    const Stage stage;
    stage.makeTable(2);
    std::string table = "audio\ttext\n";
    for (int i = 0; i < 9000; ++i) {
        const std::string name = "l" + std::to_string(i) + ".wav";
        fs::create_hard_link(stage.tree / "c0.wav", stage.tree / name);
        table += name + "\tSentence.\n";
    }
    stage.tree.write("data.tsv", table);
    std::stop_source stop;
    ImportProgress last;
    const ClipImportRequest request{.path = stage.tree / "data.tsv"};
    const ImportReport report = importClips(*ProjectStore::open(stage.project), request,
                                            stop.get_token(), [&](const ImportProgress& now) {
                                                EXPECT_GE(now.fraction, last.fraction);
                                                last = now;
                                                if (now.counts.added > 0)
                                                    stop.request_stop();
                                            });
    EXPECT_TRUE(report.stopped);
    EXPECT_GT(report.counts.added, 0);
    EXPECT_LT(report.counts.added, 9000);
    EXPECT_EQ(stage.clips().size(), static_cast<std::size_t>(report.counts.added));
    const ImportReport rest = stage.import(request);
    EXPECT_FALSE(rest.stopped);
    EXPECT_EQ(rest.counts, (ImportCounts{9000 - report.counts.added, 0, report.counts.added, 0}));
}

TEST(CopyClips, BringsUtterancesWithTheirSoundsOnceAndCanBeStopped) {
    const Stage stage;
    writeAudioFile(stage.tree / "a.wav", tone(1), AudioEncoding::Wav16);
    std::vector<Utterance> clips(2);
    clips[0].id = "first";
    clips[0].audioPath = "a.wav";
    clips[0].split = "train";
    clips[0].tasks = {{"sqa", "Who?", {"Tom."}, "perfect", {"Tim."}, {"x"}}};
    clips[1].id = "gone";
    clips[1].audioPath = "b.wav";
    const auto store = ProjectStore::open(stage.project);
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_TRUE(copyClips(*store, clips, stage.tree.path(), stopped.get_token()).stopped);
    EXPECT_TRUE(stage.clips().empty());
    const ImportReport report = copyClips(*store, clips, stage.tree.path());
    EXPECT_EQ(report.counts, (ImportCounts{1, 0, 0, 1}));
    ASSERT_EQ(report.faults.size(), 1U);
    EXPECT_EQ(report.faults[0].item, "gone");
    ASSERT_EQ(stage.clips().size(), 1U);
    const ClipRecord clip = stage.clips()[0];
    EXPECT_EQ(clip.utterance.tasks, clips[0].tasks);
    EXPECT_EQ(clip.utterance.split, "train");
    EXPECT_NE(clip.utterance.audioPath, "a.wav");
    EXPECT_TRUE(fs::exists(stage.project / clip.utterance.audioPath));
    EXPECT_EQ(copyClips(*store, clips, stage.tree.path()).counts, (ImportCounts{0, 0, 1, 1}));
}

TEST(ImportClips, AFullDiskInTheMiddleOfACopyLeavesWholeClips) {
    const Stage stage;
    writeAudioFile(stage.tree / "a.wav", tone(1), AudioEncoding::Wav16);
    writeAudioFile(stage.tree / "b.wav", tone(200), AudioEncoding::Wav16);
    writeAudioFile(stage.tree / "c.wav", tone(1), AudioEncoding::Wav16);
    const ClipImportRequest request{
        .path = stage.tree.path(), .format = "audio", .copyAudio = true};
    ImportReport report;
    {
        const FileSizeLimit full(4 << 20);
        report = stage.import(request);
    }
    EXPECT_THAT(report.failure, HasSubstr("b.wav"));
    EXPECT_THAT(report.failure, HasSubstr("make room"));
    EXPECT_EQ(report.counts.added, 1);
    EXPECT_TRUE(fs::exists(stage.project / "clips/import-0001/a.wav"));
    EXPECT_FALSE(fs::exists(stage.project / "clips/import-0001/b.wav.part"));
    EXPECT_FALSE(fs::exists(stage.project / "clips/import-0001/b.wav"));
    EXPECT_EQ(stage.clips().size(), 1U);
    {
        const auto store = ProjectStore::openReadOnly(stage.project);
        EXPECT_TRUE(ClipStore(*store).imports().front().stopped);
    }
    EXPECT_EQ(stage.import(request).counts, (ImportCounts{2, 0, 1, 0}));
}

TEST(ImportClips, AProjectThatCannotGrowTakesNoCopiesWithoutRows) {
    const Stage stage;
    stage.makeTable(2000);
    (void)stage.rehearse({.path = stage.tree / "data.tsv"});
    { (void)ProjectStore::open(stage.project); }
    ImportReport report;
    {
        const FileSizeLimit full(300 << 10);
        report = stage.import({.path = stage.tree / "data.tsv", .copyAudio = true});
    }
    EXPECT_NE(report.failure, "");
    EXPECT_EQ(report.counts.added, 0);
    EXPECT_EQ(stage.clips().size(), 0U);
    for (const auto& entry : fs::recursive_directory_iterator(stage.project / "clips"))
        EXPECT_FALSE(entry.is_regular_file()) << entry.path();
}

TEST(PreviewImport, ShowsRowsColumnsAndFaults) {
    const Stage stage;
    stage.makeTable(3);
    stage.tree.write("data.tsv", "wo\tsentence\nc0.wav\tA\nmissing.wav\tB\n");
    ClipImportRequest request{.path = stage.tree / "data.tsv"};
    ImportPreview preview = previewImport(request);
    EXPECT_EQ(preview.format, "tsv");
    EXPECT_THAT(preview.columns, testing::ElementsAre("wo", "sentence"));
    EXPECT_THAT(preview.problem, HasSubstr("path of a sound"));
    EXPECT_EQ(preview.mapping.columns.at("text"), "sentence");
    request.settings.mapping = preview.mapping;
    request.settings.mapping->columns["audio"] = "wo";
    preview = previewImport(request);
    EXPECT_EQ(preview.problem, "");
    ASSERT_EQ(preview.rows.size(), 2U);
    EXPECT_EQ(preview.rows[0].utterance.text, "A");
    EXPECT_EQ(preview.rows[0].fault, "");
    EXPECT_THAT(preview.rows[1].fault, HasSubstr("does not exist"));
    EXPECT_EQ(previewImport(request, 1).rows.size(), 1U);
    EXPECT_FALSE(fs::exists(stage.project));
    request.path = stage.tree / "nothing";
    EXPECT_THROW((void)previewImport(request), Error);
    request = {.path = stage.tree.write("strange.bin", "x")};
    EXPECT_THAT(previewImport(request).problem, HasSubstr("name its format"));
}

TEST(Mappings, AreKeptInTheProject) {
    const Stage stage;
    ColumnMapping mapping;
    mapping.columns = {{"audio", "wo"}};
    saveMapping(stage.project, "My table", mapping);
    saveMapping(stage.project, "Another", mapping);
    EXPECT_THAT(savedMappings(stage.project), testing::ElementsAre("Another", "My table"));
    EXPECT_EQ(loadMapping(stage.project, "My table"), mapping);
    removeMapping(stage.project, "Another");
    EXPECT_THAT(savedMappings(stage.project), testing::ElementsAre("My table"));
    for (const char* name : {"", "../x", "a/b", ".hidden"})
        EXPECT_THROW(saveMapping(stage.project, name, mapping), Error) << name;
    EXPECT_THROW(removeMapping(stage.project, "Another"), Error);
}

} // namespace
} // namespace viva
