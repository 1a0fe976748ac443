// SPDX-License-Identifier: GPL-3.0-or-later
// A table as CoVoST 2 writes it, imported into a new project: import_bench [rows] [sound file].
// Each row has a file of its own (hard links to a few copies of one sound), so that every header is
// opened and read. Prints rows, seconds and the most memory that was in use.
#include "core/audio/audio_file.h"
#include "core/project/clip_import.h"
#include "core/store/project_store.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

namespace {

namespace fs = std::filesystem;

/// File systems allow about 65,000 names a file.
constexpr int kNamesPerFile = 30000;

void makeSound(const fs::path& path) {
    viva::AudioBuffer sound{{}, 16000};
    for (int i = 0; i < 3 * 16000; ++i)
        sound.samples.push_back(0.3F * std::sin(0.01F * static_cast<float>(i % 5000)));
    viva::writeAudioFile(path, sound, viva::AudioEncoding::Flac16);
}

void makeTree(const fs::path& folder, int rows, const fs::path& sound) {
    fs::create_directories(folder / "clips");
    std::ofstream table(folder / "covost_v2.en_de.train.tsv");
    table << "path\tsentence\ttranslation\tclient_id\n";
    fs::path copy;
    for (int i = 0; i < rows; ++i) {
        if (i % kNamesPerFile == 0) {
            copy = folder / fmt::format("sound-{}", i);
            fs::copy_file(sound, copy);
        }
        const std::string name =
            fmt::format("common_voice_en_{}{}", 10000000 + i, sound.extension().string());
        fs::create_hard_link(copy, folder / "clips" / name);
        table << fmt::format(
            "{}\tThe green bird number {} sings in the old school.\tDer grüne Vogel "
            "Nummer {} singt in der alten Schule.\t{:0128x}\n",
            name, i, i, i / 20);
    }
}

void importOnce(const char* what, const fs::path& project, const fs::path& tree) {
    viva::ClipImportRequest request;
    request.path = tree;
    request.format = "covost2";
    const viva::ImportReport report =
        viva::importClips(*viva::ProjectStore::open(project), request);
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto rows = static_cast<double>(report.counts.read());
    fmt::print("{}: {} rows, {} added, {} known, {} rejected in {:.1f} s ({:.0f} rows/s), most "
               "memory {:.0f} MB{}\n",
               what, report.counts.read(), report.counts.added, report.counts.known,
               report.counts.rejected, report.durationSec, rows / report.durationSec,
               static_cast<double>(usage.ru_maxrss) / 1024, report.failure);
}

} // namespace

int main(int argc, char** argv) {
    const int rows = argc > 1 ? std::atoi(argv[1]) : 300000;
    const viva::test::TempDir folder;
    fs::path sound = folder / "sound.flac";
    if (argc > 2)
        sound = argv[2];
    else
        makeSound(sound);
    makeTree(folder / "tree", rows, sound);
    importOnce("first import", folder / "P.viva", folder / "tree");
    importOnce("second import", folder / "P.viva", folder / "tree");
    return 0;
}
