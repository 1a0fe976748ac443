// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/config/objective_spec_json.h"
#include "core/config/option_info.h"
#include "core/config/train_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <charconv>

namespace viva {
namespace {

using Json = nlohmann::json;

Json rewardsToJson(const std::vector<RewardSpec>& rewards) {
    Json out = Json::array();
    for (const RewardSpec& reward : rewards) {
        Json entry{{"name", reward.name}, {"weight", reward.weight}};
        Json options = Json::parse(reward.optionsJson, nullptr, false);
        if (options.is_object() && !options.empty())
            entry["options"] = std::move(options);
        out.push_back(std::move(entry));
    }
    return out;
}

std::vector<RewardSpec> rewardsFromJson(const Json& list, const std::string& origin) {
    if (!list.is_array())
        throw Error(ErrorCode::Format,
                    fmt::format("{}: rewards must be a list such as [{{\"name\": \"bleu\", "
                                "\"weight\": 1}}], not {}",
                                origin, list.dump().substr(0, 60)));
    std::vector<RewardSpec> out;
    for (std::size_t i = 0; i < list.size(); ++i) {
        JsonReader reader(list[i], origin, fmt::format("rewards[{}]", i));
        RewardSpec reward;
        reader.required("name", reward.name);
        reader.optional("weight", reward.weight);
        if (const Json* options = reader.raw("options")) {
            if (!options->is_object())
                reader.fail("options", "must be a JSON object");
            reward.optionsJson = options->dump();
        }
        reader.finish();
        out.push_back(std::move(reward));
    }
    return out;
}

void readLora(JsonReader reader, LoraSpec& lora) {
    reader.optional("r", lora.rank);
    reader.optional("alpha", lora.alpha);
    reader.optional("dropout", lora.dropout);
    reader.optional("target_modules", lora.targets);
    reader.optional("last_layers", lora.lastLayers);
    reader.finish();
}

void readData(JsonReader reader, DataSpec& data) {
    reader.optional("manifest", data.manifest);
    reader.optional("tasks", data.tasks);
    reader.optional("train_split", data.trainSplit);
    reader.optional("eval_splits", data.evalSplits);
    reader.finish();
}

void readEval(JsonReader reader, EvalSpec& eval) {
    reader.optional("eval_steps", eval.evalSteps);
    reader.optional("max_items", eval.maxItems);
    reader.optional("final_max_items", eval.finalMaxItems);
    reader.optional("passes", eval.passes);
    reader.optional("temperature", eval.temperature);
    reader.optional("top_p", eval.topP);
    reader.optional("greedy", eval.greedy);
    reader.finish();
}

void readBudgetAndSampling(JsonReader& reader, TrainConfig& config) {
    reader.optional("max_steps", config.maxSteps);
    reader.optional("prompts_per_step", config.promptsPerStep);
    reader.optional("num_generations", config.numGenerations);
    reader.optional("num_iterations", config.numIterations);
    reader.optional("gradient_accumulation_steps", config.gradientAccumulationSteps);
    reader.optional("seed", config.seed);
    reader.optional("temperature", config.temperature);
    reader.optional("top_p", config.topP);
    reader.optional("top_k", config.topK);
    reader.optional("min_p", config.minP);
    reader.optional("max_completion_length", config.maxCompletionLength);
}

void readObjective(JsonReader& reader, TrainConfig& config, const std::string& origin) {
    reader.optionalChoice("loss_type", config.lossType,
                          {"dapo", "grpo", "bnpo", "dr_grpo", "cispo", "sapo", "luspo", "vespo",
                           "gmpo", "padded_length"});
    reader.optional("beta", config.beta);
    reader.optionalChoice("kl_estimator", config.klEstimator, {"k1", "k2", "k3"});
    reader.optional("epsilon", config.epsilon);
    reader.optional("epsilon_high", config.epsilonHigh);
    reader.optionalChoice("scale_rewards", config.scaleRewards, {"group", "batch", "none"});
    reader.optionalChoice("advantage_std", config.advantageStd, {"sample", "population"});
    reader.optional("advantage_eps", config.advantageEps);
    reader.optional("mask_truncated_completions", config.maskTruncatedCompletions);
    if (const Json* rewards = reader.raw("rewards"))
        config.rewards = rewardsFromJson(*rewards, origin);
    readObjectiveSpec(reader, config.spec);
}

void readOptimisation(JsonReader& reader, TrainConfig& config) {
    reader.optional("learning_rate", config.learningRate);
    reader.optionalChoice("lr_scheduler_type", config.lrSchedulerType,
                          {"linear", "cosine", "constant"});
    reader.optional("warmup_steps", config.warmupSteps);
    reader.optional("weight_decay", config.weightDecay);
    reader.optional("adam_beta1", config.adamBeta1);
    reader.optional("adam_beta2", config.adamBeta2);
    reader.optional("adam_epsilon", config.adamEpsilon);
    reader.optional("max_grad_norm", config.maxGradNorm);
    if (auto lora = reader.object("lora"))
        readLora(std::move(*lora), config.lora);
    reader.optional("trainable", config.trainable);
}

/// The text of an option as a JSON value of its kind.
Json valueFromText(const OptionInfo& option, std::string_view text) {
    const auto fail = [&](std::string_view expected) {
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} is \"{}\"; it must be {}", option.key, text, expected));
    };
    if (option.kind == OptionKind::Boolean) {
        if (text == "true" || text == "yes" || text == "on" || text == "1")
            return true;
        if (text != "false" && text != "no" && text != "off" && text != "0")
            fail("true or false");
        return false;
    }
    if (option.kind == OptionKind::Integer || option.kind == OptionKind::Real) {
        const Json number = Json::parse(text, nullptr, false);
        if (!number.is_number())
            fail(option.kind == OptionKind::Integer ? "a whole number" : "a number");
        return number;
    }
    return std::string(text);
}

bool isList(std::string_view key) {
    return key == "data.tasks" || key == "data.eval_splits" || key == "lora.target_modules" ||
           key == "trainable";
}

Json listFromText(std::string_view text) {
    Json out = Json::array();
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        std::string_view word = text.substr(0, comma);
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
        while (word.starts_with(' '))
            word.remove_prefix(1);
        while (word.ends_with(' '))
            word.remove_suffix(1);
        if (!word.empty())
            out.push_back(std::string(word));
    }
    return out;
}

/// "bleu" or "bleu:0.7,wer:0.3", or the JSON list itself.
Json rewardsFromText(std::string_view text) {
    if (text.starts_with('['))
        return parseJson(text, "rewards");
    Json out = Json::array();
    for (const Json& entry : listFromText(text)) {
        const auto word = entry.get<std::string>();
        const std::size_t colon = word.find(':');
        Json reward{{"name", word.substr(0, colon)}, {"weight", 1.0}};
        if (colon != std::string::npos) {
            reward["weight"] = Json::parse(word.substr(colon + 1), nullptr, false);
            if (!reward["weight"].is_number())
                throw Error(ErrorCode::InvalidArgument,
                            fmt::format("rewards is \"{}\"; write names with weights, such as "
                                        "bleu:0.7,wer:0.3",
                                        text));
        }
        out.push_back(std::move(reward));
    }
    return out;
}

std::string textFromList(const Json& list) {
    std::vector<std::string> words;
    for (const Json& entry : list)
        words.push_back(entry.is_string() ? entry.get<std::string>() : entry.dump());
    return fmt::format("{}", fmt::join(words, ","));
}

std::string textFromRewards(const Json& list) {
    std::vector<std::string> words;
    for (const Json& entry : list) {
        if (entry.contains("options"))
            return list.dump();
        words.push_back(
            fmt::format("{}:{}", entry["name"].get<std::string>(), entry["weight"].get<double>()));
    }
    return fmt::format("{}", fmt::join(words, ","));
}

Json::json_pointer pointerTo(std::string_view key) {
    std::string path = "/" + std::string(key);
    for (char& c : path)
        if (c == '.')
            c = '/';
    return Json::json_pointer(path);
}

const OptionInfo& requireOption(std::string_view key) {
    if (const OptionInfo* option = findOption(key))
        return *option;
    // A misspelt key gets the same hint as in a file.
    Json names = Json::object();
    names[std::string(key)] = 0;
    JsonReader reader(names, "option");
    for (const OptionInfo& option : trainOptions())
        reader.ignore(option.key);
    try {
        reader.finish();
    } catch (const Error& error) {
        throw Error(ErrorCode::InvalidArgument, error.what());
    }
    throw Error(ErrorCode::Internal, fmt::format("option {} is in no table", key));
}

} // namespace

Json toJson(const TrainConfig& c) {
    Json out{
        {"name", c.name},
        {"objective", c.objective},
        {"model", c.model},
        {"data",
         {{"manifest", c.data.manifest},
          {"tasks", c.data.tasks},
          {"train_split", c.data.trainSplit},
          {"eval_splits", c.data.evalSplits}}},
        {"max_steps", c.maxSteps},
        {"prompts_per_step", c.promptsPerStep},
        {"num_generations", c.numGenerations},
        {"num_iterations", c.numIterations},
        {"gradient_accumulation_steps", c.gradientAccumulationSteps},
        {"seed", c.seed},
        {"temperature", c.temperature},
        {"top_p", c.topP},
        {"top_k", c.topK},
        {"min_p", c.minP},
        {"max_completion_length", c.maxCompletionLength},
        {"loss_type", c.lossType},
        {"beta", c.beta},
        {"kl_estimator", c.klEstimator},
        {"epsilon", c.epsilon},
        {"epsilon_high", c.epsilonHigh},
        {"scale_rewards", c.scaleRewards},
        {"advantage_std", c.advantageStd},
        {"advantage_eps", c.advantageEps},
        {"mask_truncated_completions", c.maskTruncatedCompletions},
        {"rewards", rewardsToJson(c.rewards)},
        {"learning_rate", c.learningRate},
        {"lr_scheduler_type", c.lrSchedulerType},
        {"warmup_steps", c.warmupSteps},
        {"weight_decay", c.weightDecay},
        {"adam_beta1", c.adamBeta1},
        {"adam_beta2", c.adamBeta2},
        {"adam_epsilon", c.adamEpsilon},
        {"max_grad_norm", c.maxGradNorm},
        {"lora",
         {{"r", c.lora.rank},
          {"alpha", c.lora.alpha},
          {"dropout", c.lora.dropout},
          {"target_modules", c.lora.targets},
          {"last_layers", c.lora.lastLayers}}},
        {"trainable", c.trainable},
        {"device", c.device},
        {"dtype", c.dtype},
        {"threads", c.threads},
        {"eval",
         {{"eval_steps", c.eval.evalSteps},
          {"max_items", c.eval.maxItems},
          {"final_max_items", c.eval.finalMaxItems},
          {"passes", c.eval.passes},
          {"temperature", c.eval.temperature},
          {"top_p", c.eval.topP},
          {"greedy", c.eval.greedy}}},
        {"save_steps", c.saveSteps},
        {"log_completions", c.logCompletions},
    };
    writeObjectiveSpec(c.spec, out);
    return out;
}

TrainConfig trainConfigFromJson(const Json& json, const std::string& origin,
                                const TrainConfig& base) {
    TrainConfig config = base;
    JsonReader reader(json, origin);
    reader.optional("name", config.name);
    reader.ignore("title"); // of a preset, see preset.h
    reader.ignore("source");
    reader.optionalChoice("objective", config.objective, {"grpo", "mp_grpo", "rl_sft", "sft"});
    reader.optional("model", config.model);
    if (auto data = reader.object("data"))
        readData(std::move(*data), config.data);
    readBudgetAndSampling(reader, config);
    readObjective(reader, config, origin);
    readOptimisation(reader, config);
    reader.optionalChoice("device", config.device, {"auto", "cpu", "cuda"});
    reader.optionalChoice("dtype", config.dtype, {"float32", "bfloat16"});
    reader.optional("threads", config.threads);
    if (auto eval = reader.object("eval"))
        readEval(std::move(*eval), config.eval);
    reader.optional("save_steps", config.saveSteps);
    reader.optional("log_completions", config.logCompletions);
    reader.finish();
    return config;
}

TrainConfig readTrainConfig(const std::filesystem::path& file, const TrainConfig& base) {
    return trainConfigFromJson(readJsonFile(file), file.string(), base);
}

void setOption(TrainConfig& config, std::string_view key, std::string_view text) {
    const OptionInfo& option = requireOption(key);
    Json change = Json::object();
    Json& value = change[pointerTo(key)];
    if (key == "rewards")
        value = rewardsFromText(text);
    else if (isList(key))
        value = listFromText(text);
    else
        value = valueFromText(option, text);
    try {
        config = trainConfigFromJson(change, "option", config);
    } catch (const Error& error) {
        throw Error(ErrorCode::InvalidArgument, error.what());
    }
}

std::string optionText(const TrainConfig& config, std::string_view key) {
    static_cast<void>(requireOption(key));
    const Json json = toJson(config);
    const Json& value = json.at(pointerTo(key));
    if (key == "rewards")
        return textFromRewards(value);
    if (value.is_array())
        return textFromList(value);
    return value.is_string() ? value.get<std::string>() : value.dump();
}

} // namespace viva
