// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/importers/import_formats.h"
#include "tests/fuzz/fuzz_input.h"

#include <algorithm>
#include <array>

namespace {

struct Kind {
    const char* format;
    const char* file; ///< holds the input
};

constexpr std::array<Kind, 7> kKinds{{{"tsv", "data.tsv"},
                                      {"csv", "data.csv"},
                                      {"jsonl", "data.jsonl"},
                                      {"librisqa", "LibriSQA-PartI-train.json"},
                                      {"viva", "manifest.jsonl"},
                                      {"covost2", "covost_v2.en_de.tsv"},
                                      {"mustc", "txt/dev.yaml"}}};

/// Sounds lie in the folder, faults have a place and a reason, and reading comes to an end.
void readAll(const Kind& kind, const std::filesystem::path& folder, std::size_t bytes) {
    const auto reader = viva::openImport(kind.format, folder / kind.file);
    std::size_t count = 0;
    while (const auto entry = reader->next()) {
        if (++count > bytes + 10)
            std::abort();
        if (const auto* fault = std::get_if<viva::ImportFault>(&*entry)) {
            if (fault->place.empty() || fault->reason.empty())
                std::abort();
        } else if (!std::get<viva::ImportItem>(*entry).audio.string().starts_with(
                       folder.string())) {
            std::abort();
        }
    }
}

} // namespace

// The first byte chooses the format; lists of segments hold, after bytes 0x1e, their texts.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const viva::fuzz::InputFolder folder;
    std::filesystem::create_directories(folder.path() / "txt");
    if (size == 0)
        return 0;
    const Kind& kind = kKinds[data[0] % kKinds.size()];
    std::string_view rest = viva::fuzz::textOf(data + 1, size - 1);
    for (const char* name : {kind.file, "txt/dev.en", "txt/dev.de"}) {
        const std::size_t end = std::min(rest.find('\x1e'), rest.size());
        folder.write(name, rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    viva::fuzz::mayRefuse([&] { readAll(kind, folder.path(), size); });
    viva::fuzz::mayRefuse(
        [&] { (void)viva::importColumns(kind.format, folder.path() / kind.file); });
    return 0;
}
