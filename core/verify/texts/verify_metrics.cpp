// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/texts/verify_metrics.h"

#include "core/base/error.h"
#include "core/verify/golden_lines.h"
#include "core/verify/texts/metric_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace viva {
namespace {

namespace fs = std::filesystem;

struct KnownFile {
    std::string_view name;
    void (*verify)(MetricFolder& folder, const std::string& name);
};

constexpr std::array<KnownFile, 13> kKnown{{{"bleu.jsonl", verifyBleuFile},
                                            {"bleu_corpus.jsonl", verifyBleuCorpusFile},
                                            {"bleu_tokens.jsonl", verifyBleuTokensFile},
                                            {"bleu_hf.jsonl", verifyHfBleuFile},
                                            {"chrf.jsonl", verifyChrfFile},
                                            {"chrf_corpus.jsonl", verifyChrfCorpusFile},
                                            {"ter.jsonl", verifyTerFile},
                                            {"rouge.jsonl", verifyRougeFile},
                                            {"porter.jsonl", verifyPorterFile},
                                            {"meteor.jsonl", verifyMeteorFile},
                                            {"word_tokenize.jsonl", verifyWordTokenizeFile},
                                            {"wordnet.jsonl", verifyWordNetFile},
                                            {"wer.jsonl", verifyWerFile}}};
constexpr std::string_view kBertScore = "bertscore";

const KnownFile* knownFile(const std::string& name) {
    const auto* const found = std::find_if(
        kKnown.begin(), kKnown.end(), [&](const KnownFile& file) { return file.name == name; });
    return found == kKnown.end() ? nullptr : found;
}

void verifyFile(const fs::path& file, MetricFolder& folder, VerifySet& set,
                const BertScoreVerifier& bertScore) {
    const std::string name = file.filename().string();
    if (const KnownFile* known = knownFile(name))
        known->verify(folder, name);
    else if (bertScore)
        bertScore(file, set);
    else
        set.problems.push_back(
            fmt::format("{}: BERTScore needs a network and this program runs none, so nothing was "
                        "compared",
                        file.string()));
}

} // namespace

bool isMetricFile(const fs::path& path) {
    const std::string name = path.filename().string();
    const bool named = knownFile(name) != nullptr || name.starts_with(kBertScore);
    return named && path.extension() == ".jsonl" && fs::is_regular_file(path) &&
           hasGoldenHeader(path);
}

bool isMetricSet(const fs::path& folder) {
    if (!fs::is_directory(folder))
        return false;
    return std::any_of(fs::directory_iterator(folder), fs::directory_iterator(),
                       [](const fs::directory_entry& entry) { return isMetricFile(entry.path()); });
}

VerifySet verifyMetrics(const fs::path& folder, const BertScoreVerifier& bertScore) {
    VerifySet set;
    set.folder = folder.string();
    set.kind = "metrics";
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder))
        if (isMetricFile(entry.path()))
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    MetricFolder metrics(folder, set);
    for (const fs::path& file : files) {
        try {
            verifyFile(file, metrics, set, bertScore);
        } catch (const Error& error) {
            set.problems.push_back(error.info().text());
        } catch (const nlohmann::json::exception& error) {
            set.problems.push_back(fmt::format("{}: {}", file.string(), error.what()));
        }
    }
    return set;
}

} // namespace viva
