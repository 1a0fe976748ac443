// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/checkpoints/verify_command.h"

#include "app/cli/text_table.h"
#include "core/base/error.h"
#include "core/base/folder_path.h"
#include "core/verify/features/verify_features.h"
#include "core/verify/losses/verify_losses.h"
#include "core/verify/model/verify_bert_score.h"
#include "core/verify/model/verify_model.h"
#include "core/verify/texts/verify_metrics.h"
#include "core/verify/texts/verify_tokenizers.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace viva {
namespace {

namespace fs = std::filesystem;

struct Verifier {
    bool (*recognises)(const fs::path&);
    VerifySet (*verify)(const fs::path&, const fs::path& bertScoreModel);
};

/// For sets that need nothing besides themselves.
template<VerifySet (*Verify)(const fs::path&)>
VerifySet alone(const fs::path& folder, const fs::path&) {
    return Verify(folder);
}

VerifySet metrics(const fs::path& folder, const fs::path& bertScoreModel) {
    return verifyMetrics(folder, [&](const fs::path& file, VerifySet& set) {
        verifyBertScoreFile(file, bertScoreModel, set);
    });
}

constexpr Verifier kVerifiers[] = {
    {isFeatureSet, alone<verifyFeatures>},
    {isTokenizerSet, alone<verifyTokenizer>},
    {isMetricSet, metrics},
    {isLossSet, alone<verifyLosses>},
    {isModelSet, alone<verifyModel>},
};

const Verifier* verifierOf(const fs::path& folder) {
    for (const Verifier& verifier : kVerifiers)
        if (verifier.recognises(folder))
            return &verifier;
    return nullptr;
}

/// The folder and everything below it that is a golden set, sorted; what a set holds inside belongs
/// to it.
void collect(const fs::path& folder, std::vector<fs::path>& sets) {
    if (verifierOf(folder)) {
        sets.push_back(folder);
        return;
    }
    std::vector<fs::path> inside;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_directory() && !entry.is_symlink())
            inside.push_back(entry.path());
    std::sort(inside.begin(), inside.end());
    for (const fs::path& path : inside)
        collect(path, sets);
}

void printText(const VerifySet& set) {
    fmt::print("{}  {}  {}\n", set.ok() ? "ok  " : "FAIL", set.kind, set.folder);
    std::vector<std::vector<std::string>> rows{
        {"", "quantity", "cases", "failed", "worst", "tolerance", "worst case"}};
    for (const VerifyLine& line : set.lines)
        rows.push_back({line.ok() ? "ok" : "FAIL", line.quantity, std::to_string(line.cases),
                        std::to_string(line.failed), fmt::format("{:.3g}", line.worst),
                        line.tolerance > 0 ? fmt::format("{:.3g}", line.tolerance) : "equal",
                        line.worstCase});
    if (rows.size() > 1)
        fmt::print("{}", textTable(rows));
    for (const std::string& problem : set.problems)
        fmt::print("FAIL  {}\n", problem);
    for (const std::string& note : set.notes)
        fmt::print("note  {}\n", note);
    fmt::print("\n");
}

nlohmann::ordered_json toJson(const VerifySet& set) {
    auto lines = nlohmann::ordered_json::array();
    for (const VerifyLine& line : set.lines)
        lines.push_back({{"quantity", line.quantity},
                         {"ok", line.ok()},
                         {"cases", line.cases},
                         {"failed", line.failed},
                         {"worst", line.worst},
                         {"tolerance", line.tolerance},
                         {"worst_case", line.worstCase}});
    return {{"folder", set.folder}, {"kind", set.kind},         {"ok", set.ok()},
            {"lines", lines},       {"problems", set.problems}, {"notes", set.notes}};
}

} // namespace

void VerifyCommand::declare(CLI::App& app) {
    app.add_option("folder", m_folders, "golden sets, or folders that hold some")
        ->required()
        ->type_name("FOLDER");
    app.add_option("--bertscore-model", m_bertScoreModel,
                   "model of BERTScore lists whose own is not beside them")
        ->type_name("FOLDER");
    app.add_flag("--json", m_json, "one JSON object a set");
}

int VerifyCommand::run(Interrupt&) {
    std::vector<fs::path> sets;
    bool ok = true;
    for (const std::string& folder : m_folders) {
        if (!fs::is_directory(folder))
            throw Error(
                ErrorCode::NotFound,
                fmt::format("{} is not a folder; name a golden set or a folder of sets", folder));
        const std::size_t before = sets.size();
        collect(folderPath(folder), sets);
        if (sets.size() == before) {
            fmt::print(stderr,
                       "viva: {} holds no golden set (none of the formats was recognised)\n",
                       folder);
            ok = false;
        }
    }
    for (const fs::path& folder : sets) {
        VerifySet set = verifierOf(folder)->verify(folder, m_bertScoreModel);
        if (set.folder.empty())
            set.folder = folder.string();
        ok = ok && set.ok();
        if (m_json)
            fmt::print("{}\n", toJson(set).dump(-1, ' ', false,
                                                nlohmann::ordered_json::error_handler_t::replace));
        else
            printText(set);
        std::fflush(stdout);
    }
    if (!m_json)
        fmt::print("{}: {}\n", ok ? "everything agrees" : "FAIL, not everything agrees",
                   sets.size() == 1 ? std::string("1 set") : fmt::format("{} sets", sets.size()));
    return ok ? exit_code::kOk : exit_code::kFailed;
}

std::unique_ptr<Command> makeVerifyCommand() {
    return std::make_unique<VerifyCommand>();
}

} // namespace viva
