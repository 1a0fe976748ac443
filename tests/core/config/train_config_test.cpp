// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/train_config.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/config/train_option.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <set>

namespace viva {
namespace {

using Json = nlohmann::json;

template<typename Body>
ErrorInfo troubleOf(Body body) {
    try {
        body();
    } catch (const Error& error) {
        return error.info();
    }
    ADD_FAILURE() << "no error";
    return {};
}

/// Differs from the defaults in every field.
TrainConfig unusual() {
    TrainConfig c;
    c.name = "n";
    c.objective = Objective::Sft;
    c.model = "/m";
    c.data = {"/d.jsonl", {"sqa"}, "t", {"v"}};
    c.maxSteps = 7;
    c.promptsPerStep = 6;
    c.numGenerations = 5;
    c.numIterations = 2;
    c.gradientAccumulationSteps = 3;
    c.seed = 18446744073709551615ULL;
    c.temperature = 0.7;
    c.topP = 0.8;
    c.topK = 50;
    c.minP = 0.1;
    c.maxCompletionLength = 33;
    c.maskTruncatedCompletions = true;
    c.loss = {LossType::DrGrpo,
              0.04,
              KlEstimator::K1,
              0.3,
              0.4,
              RatioLevel::Sequence,
              1.5,
              true,
              0.1,
              1.1,
              1.2,
              2.1,
              3.1,
              3.2,
              2.2,
              OffPolicyShaping::Luffy,
              0.2,
              false,
              false};
    c.topEntropyQuantile = 0.2;
    c.stepsPerGeneration = 6;
    c.entropy = {0.01, true, -0.1, 0.5, 0.01, 0.3};
    c.sampler = {true, SamplerCorrection::TokenMask, 0.5, 2.0};
    c.reference = {true, 0.5, 10};
    c.advantage = {ScaleRewards::Batch,         DeviationKind::Population,          1e-6, 0.33, 1.0,
                   AdvantageBaseline::OnPolicy, RewardAggregation::NormalizeThenSum};
    c.zeroVarianceGroups = ZeroVarianceGroups::Resample;
    c.maxResamples = 3;
    c.softPunishCache = 4;
    c.credit = Credit::Leaf;
    c.leaf.numForks = 3;
    c.leaf.minPrefixTokens = 2;
    c.leaf.terms = LeafTerms::Local;
    c.leaf.scope = LeafScope::Batch;
    c.mixed = {2, false, 0.3, SftSchedule::Cosine};
    c.rewards = {{"bleu", 0.7, R"({"smooth":"exp"})"}, {"wer", -0.3, "{}"}};
    c.learningRate = 1e-4;
    c.lrSchedulerType = LrScheduler::Cosine;
    c.warmupSteps = 3;
    c.weightDecay = 0.01;
    c.adamBeta1 = 0.8;
    c.adamBeta2 = 0.9;
    c.adamEpsilon = 1e-6;
    c.maxGradNorm = 0.2;
    c.lora = {8, 16.0, 0.1, {"q_proj"}, 2};
    c.trainable = {"projector", "*.norm.weight"};
    c.device = Device::Cpu;
    c.dtype = Dtype::BFloat16;
    c.threads = 3;
    c.eval = {1, 2, 3, 4, 0.5, 0.6, false};
    c.saveSteps = 9;
    c.logCompletions = false;
    return c;
}

void collectKeys(const Json& json, const std::string& prefix, std::set<std::string>& keys) {
    for (const auto& [key, value] : json.items())
        if (value.is_object())
            collectKeys(value, prefix + key + ".", keys);
        else
            keys.insert(prefix + key);
}

TEST(TrainConfig, ComesBackFromJsonAsItWas) {
    EXPECT_EQ(trainConfigFromJson(toJson(unusual()), "test"), unusual());
    EXPECT_EQ(trainConfigFromJson(toJson(TrainConfig{}), "test", unusual()), TrainConfig{});
    EXPECT_EQ(trainConfigFromJson(Json::parse(toJson(unusual()).dump()), "test"), unusual());
}

TEST(TrainConfig, StoredConfigurationsAreWrittenAsTheyWere) {
    const auto runs = std::filesystem::path(VIVA_GOLDEN_DIR) / "witness/Witness.viva/runs";
    int count = 0;
    for (const auto& run : std::filesystem::directory_iterator(runs)) {
        const auto file = run.path() / "config.json";
        EXPECT_EQ(toJson(readTrainConfig(file)).dump(2) + "\n", readFile(file)) << file;
        ++count;
    }
    EXPECT_EQ(count, 4);
}

TEST(TrainConfig, EveryFieldIsInTheJson) {
    const Json usual = toJson(TrainConfig{});
    const Json changed = toJson(unusual());
    std::set<std::string> keys;
    collectKeys(usual, "", keys);
    for (std::string key : keys) {
        std::string path = "/" + key;
        std::replace(path.begin(), path.end(), '.', '/');
        const Json::json_pointer pointer(path);
        EXPECT_NE(usual.at(pointer), changed.at(pointer)) << key << " does not differ in unusual()";
    }
}

TEST(TrainConfig, KeysThatAreLeftOutKeepTheBase) {
    const TrainConfig read = trainConfigFromJson(
        Json{{"beta", 0.5}, {"lora", {{"r", 4}}}, {"epsilon_high", nullptr}}, "test", unusual());
    TrainConfig expected = unusual();
    expected.loss.beta = 0.5;
    expected.lora.rank = 4;
    EXPECT_EQ(read, expected);
}

TEST(TrainConfig, UnknownKeysAreRefusedWithTheNearestOne) {
    for (const auto& [json, hint] :
         {std::pair{Json{{"num_generation", 8}}, "num_generations"},
          std::pair{Json{{"lora", {{"rank_", 8}, {"alhpa", 1}}}}, "alpha"},
          std::pair{Json{{"eval", {{"eval_step", 1}}}}, "eval_steps"},
          std::pair{Json{{"rewards", {{{"name", "bleu"}, {"wieght", 1}}}}}, "weight"}}) {
        const ErrorInfo trouble =
            troubleOf([&] { static_cast<void>(trainConfigFromJson(json, "my.json")); });
        EXPECT_EQ(trouble.code, ErrorCode::Format);
        EXPECT_NE(trouble.message.find("my.json"), std::string::npos) << trouble.message;
        EXPECT_NE(trouble.message.find(hint), std::string::npos) << trouble.message;
    }
}

TEST(TrainConfig, WrongTypesAndWordsAreRefused) {
    for (const Json& json :
         {Json{{"beta", "much"}}, Json{{"loss_type", "mine"}}, Json{{"max_steps", 1.5}},
          Json{{"seed", -1}}, Json{{"data", "demo"}}, Json{{"rewards", "bleu"}},
          Json{{"rewards", {{{"weight", 1}}}}}, Json{{"lora", {{"target_modules", "q"}}}}, Json(3)})
        EXPECT_EQ(troubleOf([&] { static_cast<void>(trainConfigFromJson(json, "my.json")); }).code,
                  ErrorCode::Format)
            << json.dump();
}

TEST(TrainConfig, FilesThatAreNoneAreNamed) {
    test::TempDir dir;
    EXPECT_EQ(troubleOf([&] { static_cast<void>(readTrainConfig(dir / "no.json")); }).code,
              ErrorCode::NotFound);
    EXPECT_EQ(troubleOf([&] { static_cast<void>(readTrainConfig(dir.path())); }).code,
              ErrorCode::Io);
    for (const std::string text : {"", "{", "{\"beta\": }", "\xff\xfe{", "[1]"}) {
        writeFileAtomically(dir / "c.json", text);
        EXPECT_EQ(troubleOf([&] { static_cast<void>(readTrainConfig(dir / "c.json")); }).code,
                  ErrorCode::Format)
            << text;
    }
}

TEST(TrainConfig, TheDemoAndThePresetsMayRun) {
    EXPECT_TRUE(validate(TrainConfig::demo()).empty());
    EXPECT_TRUE(validate(TrainConfig{}).empty());
    for (const char* name : {"demo", "paper", "trl", "sft"}) {
        const auto file = std::filesystem::path(VIVA_SOURCE_DIR) / "resources" / "configs" /
                          (std::string(name) + ".json");
        EXPECT_TRUE(validate(readTrainConfig(file)).empty()) << name;
    }
    EXPECT_EQ(
        readTrainConfig(std::filesystem::path(VIVA_SOURCE_DIR) / "resources/configs/demo.json"),
        TrainConfig::demo());
}

TEST(TrainConfig, AGroupOfOneIsRefusedInWords) {
    TrainConfig config;
    config.numGenerations = 1;
    const auto problems = validate(config);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].key, "num_generations");
    EXPECT_TRUE(problems[0].fatal);
    EXPECT_EQ(problems[0].message,
              "num_generations is 1: a group needs at least 2 answers to compare; use 8");
    EXPECT_EQ(troubleOf([&] { requireValid(config); }).code, ErrorCode::InvalidArgument);
    config.objective = Objective::Sft; // has no groups
    EXPECT_TRUE(validate(config).empty());
}

TEST(TrainConfig, EveryRangeIsChecked) {
    for (const TrainOption& option : trainOptions()) {
        if (option.kind != OptionKind::Integer && option.kind != OptionKind::Real)
            continue;
        if (option.key == "seed")
            continue; // every seed is good
        TrainConfig config;
        setOption(config, option.key, option.kind == OptionKind::Integer ? "-3" : "-3.5");
        const auto problems = validate(config);
        EXPECT_TRUE(std::any_of(problems.begin(), problems.end(),
                                [&](const ConfigProblem& problem) {
                                    return problem.fatal && problem.key == option.key;
                                }))
            << option.key;
    }
}

TEST(TrainConfig, CombinationsThatCannotWorkAreNamed) {
    const auto keysOf = [](const TrainConfig& config) {
        std::set<std::string> out;
        for (const ConfigProblem& problem : validate(config))
            if (problem.fatal)
                out.insert(problem.key);
        return out;
    };
    TrainConfig config;
    config.promptsPerStep = 8;
    config.gradientAccumulationSteps = 3;
    EXPECT_EQ(keysOf(config), std::set<std::string>{"gradient_accumulation_steps"});
    config = {};
    config.warmupSteps = config.maxSteps + 1;
    EXPECT_EQ(keysOf(config), std::set<std::string>{"warmup_steps"});
    config = {};
    config.rewards.clear();
    EXPECT_EQ(keysOf(config), std::set<std::string>{"rewards"});
    config.rewards = {{"bleu", 0.0, "{}"}};
    EXPECT_EQ(keysOf(config), std::set<std::string>{"rewards"});
    config = {};
    config.lora.targets.clear();
    EXPECT_EQ(keysOf(config), std::set<std::string>{"lora.target_modules"});
    config = {};
    config.temperature = std::nan("");
    EXPECT_EQ(keysOf(config), std::set<std::string>{"temperature"});
}

TEST(TrainConfig, DoubtfulOnesAreWarnedOfOnly) {
    TrainConfig config;
    config.topP = 0.9;
    ASSERT_EQ(validate(config).size(), 1U);
    EXPECT_FALSE(validate(config)[0].fatal);
    EXPECT_NO_THROW(requireValid(config));
    config = {};
    config.data.evalSplits = {"train"};
    ASSERT_EQ(validate(config).size(), 1U);
    EXPECT_EQ(validate(config)[0].key, "data.eval_splits");
}

TEST(TrainConfig, OptionsAreSetFromText) {
    TrainConfig config;
    for (const TrainOption& option : trainOptions())
        setOption(config, option.key, optionText(unusual(), option.key));
    EXPECT_EQ(config, unusual());
    setOption(config, "rewards", "bleu:0.25, chrf");
    EXPECT_EQ(config.rewards, (std::vector<RewardSpec>{{"bleu", 0.25, "{}"}, {"chrf", 1.0, "{}"}}));
    EXPECT_EQ(optionText(config, "rewards"), "bleu:0.25,chrf:1");
    setOption(config, "data.tasks", "");
    EXPECT_TRUE(config.data.tasks.empty());
    setOption(config, "eval.greedy", "yes");
    EXPECT_TRUE(config.eval.greedy);
    setOption(config, "seed", "18446744073709551615");
    EXPECT_EQ(config.seed, 18446744073709551615ULL);
    setOption(config, "name", "12");
    EXPECT_EQ(config.name, "12");
}

TEST(TrainConfig, BadTextsChangeNothing) {
    for (const auto& [key, text] :
         {std::pair{"beta", "x"}, std::pair{"max_steps", "1.5"}, std::pair{"eval.greedy", "maybe"},
          std::pair{"loss_type", "mine"}, std::pair{"betta", "1"}, std::pair{"seed", "-1"},
          std::pair{"rewards", "bleu:many"}, std::pair{"beta", ""}, std::pair{"", "1"}}) {
        TrainConfig config = unusual();
        EXPECT_EQ(troubleOf([&] { setOption(config, key, text); }).code, ErrorCode::InvalidArgument)
            << key << "=" << text;
        EXPECT_EQ(config, unusual());
    }
}

TEST(TrainOption, TheTableAndTheJsonHaveTheSameOptions) {
    std::set<std::string> keys;
    collectKeys(toJson(TrainConfig{}), "", keys);
    std::set<std::string> table;
    for (const TrainOption& option : trainOptions())
        EXPECT_TRUE(table.emplace(option.key).second) << option.key << " is there twice";
    EXPECT_EQ(table, keys);
}

TEST(TrainOption, EveryOptionIsExplained) {
    int common = 0;
    for (const TrainOption& option : trainOptions()) {
        EXPECT_FALSE(option.group.empty()) << option.key;
        EXPECT_FALSE(option.label.empty()) << option.key;
        EXPECT_TRUE(option.effect.ends_with('.')) << option.key;
        EXPECT_FALSE(option.source.empty()) << option.key;
        EXPECT_EQ(option.kind == OptionKind::Choice, !option.choices.empty()) << option.key;
        if (option.kind == OptionKind::Integer || option.kind == OptionKind::Real) {
            EXPECT_LT(option.minimum, option.maximum) << option.key;
        }
        common += option.common ? 1 : 0;
    }
    EXPECT_EQ(common, 10);
    EXPECT_EQ(findOption("beta")->symbol, "beta");
    EXPECT_EQ(findOption("bet"), nullptr);
}

TEST(TrainOption, EveryChoiceIsTakenByTheReader) {
    for (const TrainOption& option : trainOptions()) {
        EXPECT_EQ(option.choices.size(), option.choiceWords.size()) << option.key;
        for (const std::string_view choice : option.choices) {
            TrainConfig config;
            setOption(config, option.key, choice);
            EXPECT_EQ(optionText(config, option.key), choice) << option.key;
        }
    }
}

/// Whether a problem of this key is found, and whether it keeps the run from starting.
std::optional<bool> problemOf(const TrainConfig& config, const char* key) {
    for (const ConfigProblem& problem : validate(config))
        if (problem.key == key)
            return problem.fatal;
    return std::nullopt;
}

TEST(ObjectiveChecks, FindWhatDoesNotGoTogether) {
    const auto with = [](auto change) {
        TrainConfig config;
        change(config);
        return config;
    };
    const auto gmpo = with([](auto& c) {
        c.loss.lossType = LossType::Gmpo;
        c.loss.delta = 2;
    });
    EXPECT_EQ(problemOf(gmpo, "loss_type"), true);
    const auto crowd = with([](auto& c) {
        c.objective = Objective::MpGrpo;
        c.mixed.references = 8;
    });
    EXPECT_EQ(problemOf(crowd, "references_per_group"), true);
    const auto uneven = with([](auto& c) {
        c.gradientAccumulationSteps = 2;
        c.stepsPerGeneration = 3;
    });
    EXPECT_EQ(problemOf(uneven, "steps_per_generation"), true);
    const auto leaf = with([](auto& c) {
        c.credit = Credit::Leaf;
        c.loss.ratioLevel = RatioLevel::Sequence;
        c.loss.lossType = LossType::Grpo;
    });
    EXPECT_EQ(problemOf(leaf, "credit"), true);
    const auto cache = with([](auto& c) { c.softPunishCache = 201; });
    EXPECT_EQ(problemOf(cache, "soft_punish_cache"), true);
    const auto bounds = with([](auto& c) { c.entropy.minimum = 2; });
    EXPECT_EQ(problemOf(bounds, "entropy_coef_min"), true);
}

TEST(ObjectiveChecks, RefuseADeviationOfOneSample) {
    TrainConfig pair;
    pair.objective = Objective::MpGrpo;
    pair.numGenerations = 2;
    EXPECT_EQ(problemOf(pair, "advantage_baseline"), std::nullopt);
    pair.advantage.baseline = AdvantageBaseline::OnPolicy;
    EXPECT_EQ(problemOf(pair, "advantage_baseline"), true);
    pair.advantage.zeroStdReplacement = 1;
    EXPECT_EQ(problemOf(pair, "advantage_baseline"), std::nullopt);
}

TEST(ObjectiveChecks, WarnOfWhatIsSeldomMeant) {
    TrainConfig cispo;
    cispo.loss.lossType = LossType::Cispo;
    EXPECT_EQ(problemOf(cispo, "epsilon_high"), false);
    cispo.loss.epsilonHigh = 5;
    EXPECT_EQ(problemOf(cispo, "epsilon_high"), std::nullopt);
    TrainConfig gspo;
    gspo.loss.ratioLevel = RatioLevel::Sequence;
    EXPECT_EQ(problemOf(gspo, "importance_sampling_level"), false);
    gspo.loss.lossType = LossType::Grpo;
    EXPECT_TRUE(validate(gspo).empty());
    TrainConfig cut;
    cut.topP = 0.9;
    EXPECT_EQ(problemOf(cut, "top_p"), false);
    cut.sampler.correction = true;
    EXPECT_EQ(problemOf(cut, "top_p"), std::nullopt);
}

TEST(ObjectiveChecks, LeaveSftAlone) {
    TrainConfig sft;
    sft.objective = Objective::Sft;
    sft.loss.lossType = LossType::Gmpo;
    sft.loss.delta = 2;
    EXPECT_TRUE(validate(sft).empty());
}

TEST(RewardLabels, TellTwoOfOneNameApart) {
    EXPECT_EQ(rewardLabels({{"bleu"}, {"wer"}, {"bleu", 0.5, R"({"tokenize": "char"})"}}),
              (std::vector<std::string>{"bleu", "wer", "bleu#2"}));
}

} // namespace
} // namespace viva
