// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/losses/verify_losses.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/verify/losses/loss_case_torch.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

namespace viva {
namespace {

namespace fs = std::filesystem;
using losses::json;
using losses::LossCase;
using losses::LossLines;

enum class FileKind { None, Trainer, Mixed, Leaf, Length };

/// Options that come without a default in the files, by kind of file.
const std::set<std::string> kExtraOptions{"scale_rewards", "std_floor"};

/// The start of a file names its source: the cheap half of recognising it.
bool startsAsGolden(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string start(512, '\0');
    stream.read(start.data(), static_cast<std::streamsize>(start.size()));
    start.resize(static_cast<std::size_t>(stream.gcount()));
    return start.find("\"source\"") != std::string::npos;
}

const json* firstStep(const json& item) {
    const json* step = &item;
    if (item.is_object() && item.contains("steps") && item["steps"].is_array() &&
        !item["steps"].empty())
        step = &item["steps"].front();
    return step->is_object() && step->contains("inputs") && (*step)["inputs"].is_object() &&
                   step->contains("outputs")
               ? step
               : nullptr;
}

FileKind kindOf(const json& file) {
    if (!file.is_object() || !file.contains("cases") || !file["cases"].is_array() ||
        file["cases"].empty())
        return FileKind::None;
    const json* step = firstStep(file["cases"].front());
    if (step == nullptr)
        return FileKind::None;
    const json& inputs = (*step)["inputs"];
    if (inputs.contains("rewards_per_func"))
        return FileKind::Trainer;
    if (inputs.contains("off_policy") && inputs.contains("per_token_logps"))
        return FileKind::Mixed;
    if (inputs.contains("prompts") && inputs.contains("per_token_logps"))
        return FileKind::Leaf;
    if (inputs.contains("max_completion_len") || inputs.contains("ngram_size"))
        return FileKind::Length;
    return FileKind::None;
}

std::vector<fs::path> lossFiles(const fs::path& folder) {
    std::vector<fs::path> files;
    if (!fs::is_directory(folder))
        return files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".json" && entry.is_regular_file() &&
            startsAsGolden(entry.path()))
            files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

class FileVerifier {
public:
    FileVerifier(const fs::path& path, LossLines& lines, VerifySet& set)
        : m_path(path), m_lines(lines), m_set(set) {}

    void run(const json& file) {
        const auto kind = kindOf(file);
        m_defaults = file.value("default_options", json::object());
        for (const json& item : file.at("cases"))
            try {
                verify(kind, item);
            } catch (const Error& error) {
                problem(item, error.info().text());
            } catch (const std::exception& error) {
                // What a torch check or the JSON library says of a field that does not fit.
                const std::string text = error.what();
                problem(item, text.substr(0, text.find('\n')));
            }
    }

private:
    void problem(const json& item, const std::string& text) {
        m_set.problems.push_back(
            fmt::format("{}: case {}: {}", m_path.string(), item.value("name", "?"), text));
    }

    LossCase read(const json& item, const json& step, const std::string& suffix) const {
        LossCase result;
        result.id = fmt::format("{}: {}{}", m_path.stem().string(),
                                item.at("name").get<std::string>(), suffix);
        result.inputs = step.at("inputs");
        result.outputs = step.at("outputs");
        result.options = m_defaults;
        result.trainer = item.value("trainer", "GRPOTrainer");
        if (result.trainer != "GRPOTrainer" && result.trainer != "GMPOTrainer")
            throw Error(ErrorCode::Format,
                        fmt::format("trainer \"{}\" is not known", result.trainer));
        result.training = item.value("mode", "train") == "train";
        result.dtype = item.value("dtype", "float64") == "float32" ? torch::kFloat : torch::kDouble;
        const json own = result.inputs.value("options", json::object());
        for (const auto& [key, value] : own.items()) {
            if (!m_defaults.contains(key) && !kExtraOptions.contains(key))
                throw Error(ErrorCode::Format, fmt::format("option \"{}\" is not known", key));
            result.options[key] = value;
        }
        return result;
    }

    void verify(FileKind kind, const json& item) {
        if (kind == FileKind::Trainer) {
            std::vector<LossCase> steps;
            if (item.contains("steps"))
                for (const json& step : item.at("steps"))
                    steps.push_back(read(item, step, fmt::format(", step {}", steps.size() + 1)));
            else
                steps.push_back(read(item, item, ""));
            verifyTrainerSteps(steps, m_lines);
            return;
        }
        const auto single = read(item, item, "");
        if (kind == FileKind::Length)
            verifyLengthReward(single, m_lines);
        else if (single.inputs.contains("prompts")) // a file may hold both kinds of formulas
            verifyLeaf(single, m_lines);
        else
            verifyMixed(single, m_lines);
    }

    const fs::path& m_path;
    LossLines& m_lines;
    VerifySet& m_set;
    json m_defaults;
};

} // namespace

bool isLossSet(const fs::path& folder) {
    return std::ranges::any_of(lossFiles(folder), [](const fs::path& file) {
        try {
            return kindOf(readJsonFile(file)) != FileKind::None;
        } catch (const Error&) {
            return false;
        }
    });
}

VerifySet verifyLosses(const fs::path& folder) {
    VerifySet set;
    set.folder = folder.string();
    set.kind = "losses";
    LossLines lines;
    for (const fs::path& file : lossFiles(folder))
        try {
            const json content = readJsonFile(file);
            if (kindOf(content) == FileKind::None)
                set.problems.push_back(fmt::format(
                    "{}: this list of losses is not of a known kind, so nothing was compared",
                    file.string()));
            else
                FileVerifier(file, lines, set).run(content);
        } catch (const Error& error) {
            set.problems.push_back(error.info().text());
        }
    set.lines = lines.take();
    return set;
}

} // namespace viva
