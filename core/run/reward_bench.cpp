// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/reward_bench.h"

#include "core/base/error.h"
#include "core/objective/group_advantages.h"
#include "core/objective/group_rewards.h"
#include "core/rewards/reward_registry.h"
#include "core/tokenizer/tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostKept = 64; // made rewards; typed options leave many behind

/// Samples, then as many references as the objective takes into a group.
Group groupOf(const BenchInput& input, const TrainConfig& config) {
    Group group;
    group.question.references = input.references;
    for (const std::string& text : input.answers) {
        Answer& answer = group.answers.emplace_back();
        answer.text = text;
    }
    if (config.objective != Objective::MpGrpo || input.answers.empty())
        return group;
    const auto count =
        std::min(static_cast<std::size_t>(config.referencesPerGroup()), input.references.size());
    for (std::size_t i = 0; i < count; ++i) {
        Answer& answer = group.answers.emplace_back();
        answer.text = input.references[i];
        answer.origin = AnswerOrigin::Reference;
    }
    return group;
}

std::vector<std::string> notesOn(const TrainConfig& config, const BenchInput& input) {
    std::vector<std::string> notes;
    if (config.objective == Objective::Sft)
        notes.emplace_back("sft imitates the references; rewards and advantages are not used.");
    if (config.advantage.scale == ScaleRewards::Batch)
        notes.emplace_back(
            "scale_rewards is batch: in training the deviation is that of all groups "
            "of the step, here this group stands for them.");
    if (config.credit == Credit::Leaf)
        notes.emplace_back(
            "credit is leaf: in training spans of tokens get advantages of their own; "
            "here are those of whole answers.");
    if (config.objective == Objective::MpGrpo && !input.answers.empty() && input.references.empty())
        notes.emplace_back("mp_grpo: without a reference nobody joins the samples.");
    return notes;
}

} // namespace

bool BenchResult::complete() const {
    return std::ranges::all_of(rewards, [](const auto& reward) { return reward.problem.empty(); });
}

struct RewardBench::Impl {
    fs::path demoFolder;
    MakeServices makeServices;

    // guarded by mutex
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const Reward>> made;
    std::map<std::string, std::shared_ptr<const Tokenizer>> tokenizers; ///< by model

    std::shared_ptr<const Tokenizer> tokenizerOf(const std::string& model) {
        auto& kept = tokenizers[model];
        if (!kept)
            kept = Tokenizer::load((model == "demo" ? demoFolder / "model" : fs::path(model)) /
                                   "tokenizer.json");
        return kept;
    }

    TokenCounter counterFor(const std::string& model) {
        // Read only when a length in tokens is asked for.
        return [this, model](std::string_view text) {
            return static_cast<std::int64_t>(tokenizerOf(model)->encode(text).size());
        };
    }

    std::shared_ptr<const Reward> rewardFor(const RewardSpec& spec, const TrainConfig& config) {
        const std::string key = fmt::format("{}\n{}\n{}\n{}", spec.name, spec.optionsJson,
                                            nameOf(config.device), config.model);
        const auto found = made.find(key);
        if (found != made.end())
            return found->second;
        const TokenCounter counter = counterFor(config.model);
        const RewardServices services =
            makeServices ? makeServices(config.device, counter) : RewardServices{counter, {}};
        std::shared_ptr<const Reward> reward = makeReward(spec.name, spec.optionsJson, services);
        if (made.size() >= kMostKept)
            made.clear();
        return made[key] = std::move(reward);
    }

    void scoreWith(BenchReward& out, const RewardSpec& spec, const TrainConfig& config,
                   const Group& group) {
        std::vector<std::string> texts;
        std::vector<std::string> samples;
        for (const Answer& answer : group.answers) {
            texts.push_back(answer.text);
            if (answer.origin == AnswerOrigin::Policy)
                samples.push_back(answer.text);
        }
        try {
            const auto reward = rewardFor(spec, config);
            out.made = true;
            if (texts.empty())
                return;
            out.answers = reward->scoreAll(texts, std::vector<std::vector<std::string>>(
                                                      texts.size(), group.question.references));
            out.corpus = reward->corpusScore(
                samples,
                std::vector<std::vector<std::string>>(samples.size(), group.question.references));
        } catch (const Error& error) {
            out.answers.clear();
            out.problem = error.what();
        } catch (const std::exception&) {
            out.answers.clear();
            out.problem = currentErrorInfo().text();
        }
    }

    std::int64_t tokensOf(const BenchInput& input, std::size_t answer, const std::string& model) {
        return answer < input.tokens.size()
                   ? input.tokens[answer]
                   : counterFor(model)(input.answers[answer]) + 1; // and EOS
    }

    /// What goes wrong behind the rewards is told beside them.
    static void noting(BenchResult& result, const std::function<void()>& work) {
        try {
            work();
        } catch (const Error& error) {
            result.notes.emplace_back(error.what());
        }
    }
};

RewardBench::RewardBench(fs::path demoFolder, MakeServices makeServices)
    : m_impl(std::make_unique<Impl>()) {
    m_impl->demoFolder = std::move(demoFolder);
    m_impl->makeServices = std::move(makeServices);
}

RewardBench::~RewardBench() = default;

BenchResult RewardBench::run(const BenchInput& input, const TrainConfig& config) {
    const std::lock_guard lock(m_impl->mutex);
    BenchResult result;
    result.group = groupOf(input, config);
    result.notes = notesOn(config, input);
    std::vector<RewardedText> texts(result.group.answers.size());
    const auto labels = rewardLabels(config.rewards);
    for (std::size_t r = 0; r < config.rewards.size(); ++r) {
        BenchReward& out = result.rewards.emplace_back();
        out.label = labels[r];
        out.weight = config.rewards[r].weight;
        m_impl->scoreWith(out, config.rewards[r], config, result.group);
        if (out.problem.empty())
            addScores(texts, out, config.rewards.size() > 1);
    }
    for (std::size_t i = 0; i < texts.size(); ++i)
        setReward(result.group.answers[i], std::move(texts[i]));
    if (!result.complete() || result.group.answers.empty())
        return result;
    Impl::noting(result, [&] {
        punishOverlong(result.group, config, [&](std::size_t answer) {
            return m_impl->tokensOf(input, answer, config.model);
        });
    });
    Impl::noting(result, [&] { weighGroups({&result.group, 1}, config); });
    return result;
}

} // namespace viva
