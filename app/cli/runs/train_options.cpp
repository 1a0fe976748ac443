// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/train_options.h"

#include "app/cli/text_table.h"
#include "core/base/error.h"
#include "core/base/program_folders.h"
#include "core/config/preset.h"
#include "core/config/train_option.h"
#include "core/rewards/reward_registry.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace viva {

void TrainOptions::declare(CLI::App& app) {
    app.add_option("--config", configFile,
                   "configuration as JSON; left-out keys keep TRL's defaults");
    app.add_option("--preset", preset,
                   "a method of the field, see --list-presets (demo where neither is given)");
    app.add_option("--set", settings, "one option, key=value (see --options); may be repeated")
        ->type_name("KEY=VALUE");
    app.add_option("--model", model, "checkpoint folder, or demo");
    app.add_option("--data", data, "manifest.jsonl, demo, or project: the clips of the project");
    app.add_option("--device", device, "auto, cpu or cuda");
    app.add_option("--name", name, "name of the run");
    app.add_option("--steps", steps, "how many steps");
    app.add_option("--seed", seed, "seed of data order, sampling and adapter");
    app.add_option("--threads", threads, "workers; 0 takes the cores");
}

bool TrainOptions::any() const {
    for (const std::string* text :
         {&configFile, &preset, &model, &data, &device, &name, &steps, &seed, &threads})
        if (!text->empty())
            return true;
    return !settings.empty();
}

TrainConfig TrainOptions::config() const {
    if (!configFile.empty() && !preset.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "--config and --preset are both given: name one of them");
    TrainConfig out = TrainConfig::demo();
    if (!configFile.empty())
        out = readTrainConfig(configFile);
    else if (!preset.empty())
        out = readTrainConfig(presetFile(findProgramFolders().resources / "configs", preset));
    const std::pair<const char*, const std::string*> shortcuts[] = {
        {"model", &model},     {"data.manifest", &data}, {"device", &device},  {"name", &name},
        {"max_steps", &steps}, {"seed", &seed},          {"threads", &threads}};
    for (const auto& [key, text] : shortcuts)
        if (!text->empty())
            setOption(out, key, *text);
    for (const std::string& setting : settings) {
        const std::size_t equals = setting.find('=');
        if (equals == std::string::npos)
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("--set {} has no value; write --set key=value", setting));
        setOption(out, setting.substr(0, equals), setting.substr(equals + 1));
    }
    // A shorter run than its warm-up is meant to be short, not refused.
    if (!steps.empty() && out.warmupSteps > out.maxSteps && out.maxSteps > 0)
        out.warmupSteps = out.maxSteps;
    return out;
}

void requireRewards(const TrainConfig& config) {
    if (!config.samples())
        return;
    RewardServices services;
    services.countTokens = [](std::string_view text) {
        return static_cast<std::int64_t>(text.size());
    };
    // A network is opened with the run; until then its reward is taken on trust.
    services.makeBertScore = [](const BertScoreOptions&) { return std::unique_ptr<Reward>(); };
    for (const RewardSpec& spec : config.rewards)
        static_cast<void>(makeReward(spec.name, spec.optionsJson, services));
}

std::string presetTable() {
    std::vector<std::vector<std::string>> rows{{"preset", "method", "source"}};
    for (const PresetInfo& preset : listPresets(findProgramFolders().resources / "configs"))
        rows.push_back({preset.name, preset.title, preset.source});
    return textTable(rows);
}

std::string optionTable() {
    std::vector<std::vector<std::string>> rows{{"option", "default", "values", "what it does"}};
    for (const TrainOption& option : trainOptions()) {
        std::string values = fmt::format("{}", fmt::join(option.choices, ","));
        if (option.kind == OptionKind::Integer || option.kind == OptionKind::Real)
            values = fmt::format("{:g} .. {:g}", option.minimum, option.maximum);
        else if (option.kind == OptionKind::Boolean)
            values = "true, false";
        const std::string name = option.symbol.empty()
                                     ? std::string(option.key)
                                     : fmt::format("{} ({})", option.key, option.symbol);
        rows.push_back(
            {name, optionText(TrainConfig{}, option.key), values, std::string(option.effect)});
    }
    return textTable(rows);
}

} // namespace viva
