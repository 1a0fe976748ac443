// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/option_info.h"

#include "core/config/objective_options.h"

#include <algorithm>
#include <array>
#include <vector>

namespace viva {
namespace {

constexpr std::string_view kPaper2 = "arXiv 2509.16990, eq. 3";
constexpr std::string_view kPaper1 = "arXiv 2509.16990, eq. 1";
constexpr std::string_view kPaperSettings = "arXiv 2509.16990, 4.2";
constexpr std::string_view kTrl = "TRL 1.16.0, GRPOConfig";
constexpr std::string_view kTrlModel = "TRL 1.16.0, ModelConfig; PEFT LoraConfig";
constexpr std::string_view kAdamW = "Loshchilov and Hutter, arXiv 1711.05101";
constexpr std::string_view kOwn = "Viva Voce";

constexpr auto kInt = OptionKind::Integer;
constexpr auto kReal = OptionKind::Real;
constexpr auto kBool = OptionKind::Boolean;
constexpr auto kText = OptionKind::Text;
constexpr auto kChoice = OptionKind::Choice;

// key, group, label, symbol, TRL name, effect, formula, source, kind, minimum, maximum, choices,
// unit, common
constexpr std::array kOptions{
    OptionInfo{
        "objective", "Objective", "Objective", "", "",
        "grpo pushes the model towards its own better answers; mp_grpo lets the reference join the "
        "group; rl_sft adds the imitation of the references to grpo; sft only imitates.",
        "GRPO: L = -(1/N) sum_i sum_t (l_it - beta KL_it); SFT: L = -(1/N) sum_t log pi(y_t)",
        kPaper2, kChoice, 0, 0, "grpo,mp_grpo,rl_sft,sft", "", true},
    OptionInfo{
        "loss_type", "Objective", "Loss", "N", "loss_type",
        "The policy term and its divisor: dapo by all tokens of the step, grpo by each "
        "answer's length, bnpo by the micro-batch's tokens, dr_grpo by a constant, luspo by "
        "answers; cispo caps a weight, sapo gates softly, vespo weighs sequences, gmpo takes "
        "the geometric mean.",
        "dapo: N = sum_i |o_i| over the step", kPaper2, kChoice, 0, 0,
        "dapo,grpo,bnpo,dr_grpo,cispo,sapo,luspo,vespo,gmpo,padded_length", "", false},
    OptionInfo{"num_iterations", "Objective", "Updates with the same answers", "mu",
               "num_iterations",
               "More updates use each answer longer; only then do ratio and clipping act.",
               "s_it = pi_theta(o_it) / pi_old(o_it)", kTrl, kInt, 1, 64, "", "", false},
    OptionInfo{"mask_truncated_completions", "Objective", "Leave out cut-off answers", "",
               "mask_truncated_completions",
               "Answers that hit the length limit do not enter the loss.", "", kTrl, kBool, 0, 1,
               "", "", false},

    OptionInfo{"name", "Model", "Name of the run", "", "",
               "How the run is listed; empty makes one from objective and time.", "", kOwn, kText,
               0, 0, "", "", false},
    OptionInfo{"model", "Model", "Base model", "", "model_name_or_path",
               "The checkpoint folder that training starts from, or demo for the built-in model.",
               "", kTrlModel, kText, 0, 0, "", "", true},

    OptionInfo{"data.manifest", "Data", "Data set", "", "dataset_name",
               "The manifest.jsonl with clips, questions and references, demo, or project for the "
               "project's own clips.",
               "", kOwn, kText, 0, 0, "", "", false},
    OptionInfo{"data.tasks", "Data", "Tasks", "", "",
               "Only examples of these tasks are used (sqa, ast, asr); empty uses all.", "", kOwn,
               kText, 0, 0, "", "", false},
    OptionInfo{"data.train_split", "Data", "Training split", "", "dataset_train_split",
               "The split whose examples are trained on.", "", "TRL 1.16.0, ScriptArguments", kText,
               0, 0, "", "", false},
    OptionInfo{"data.eval_splits", "Data", "Held-out splits", "", "dataset_test_split",
               "The splits that are evaluated and never trained on.", "",
               "TRL 1.16.0, ScriptArguments", kText, 0, 0, "", "", false},

    OptionInfo{"num_generations", "Sampling", "Answers in a group", "G", "num_generations",
               "More answers estimate a prompt's mean better and cost as much more.",
               "A_i = (r_i - mean(r_1..r_G)) / (std + eps)", kPaperSettings, kInt, 2, 1024, "",
               "answers", true},
    OptionInfo{"prompts_per_step", "Sampling", "Prompts a step", "P", "generation_batch_size",
               "More prompts make a step steadier and slower; TRL counts prompts times answers.",
               "", kTrl, kInt, 1, 65536, "", "prompts", true},
    OptionInfo{"temperature", "Sampling", "Temperature", "T", "temperature",
               "Higher makes answers more varied; too high makes them wrong, too low all alike.",
               "p = softmax(logits / T)", kPaperSettings, kReal, 0.01, 10, "", "", true},
    OptionInfo{"top_p", "Sampling", "Nucleus", "p", "top_p",
               "Keeps only the most likely tokens that together have this probability.", "", kTrl,
               kReal, 0.01, 1, "", "", false},
    OptionInfo{"top_k", "Sampling", "Most likely tokens", "k", "top_k",
               "Keeps only this many tokens; 0 keeps all.", "", kTrl, kInt, 0, 1000000, "",
               "tokens", false},
    OptionInfo{"min_p", "Sampling", "Least probability", "", "min_p",
               "Cuts tokens less likely than this share of the most likely one; 0 cuts none.", "",
               kTrl, kReal, 0, 0.99, "", "", false},
    OptionInfo{"max_completion_length", "Sampling", "Longest answer", "", "max_completion_length",
               "Answers are cut after so many tokens; a cut answer scores as it stands.", "",
               kPaperSettings, kInt, 1, 32768, "", "tokens", true},

    OptionInfo{"learning_rate", "Optimisation", "Learning rate", "lr", "learning_rate",
               "How far one step moves the weights; too high lets reward collapse and KL jump.",
               "theta <- theta - lr * m / (sqrt(v) + eps)", kPaperSettings, kReal, 0, 1, "", "",
               true},
    OptionInfo{"lr_scheduler_type", "Optimisation", "Schedule", "", "lr_scheduler_type",
               "How the learning rate goes on after the warm-up.",
               "linear: lr * (1 - step / steps)", kTrl, kChoice, 0, 0, "linear,cosine,constant", "",
               false},
    OptionInfo{"warmup_steps", "Optimisation", "Warm-up", "", "warmup_steps",
               "The learning rate rises from 0 over so many steps.", "lr * step / warmup",
               kPaperSettings, kInt, 0, 1000000, "", "steps", false},
    OptionInfo{"weight_decay", "Optimisation", "Weight decay", "", "weight_decay",
               "Pulls the trained weights towards 0 in each step.",
               "theta <- theta (1 - lr * decay)", kAdamW, kReal, 0, 1, "", "", false},
    OptionInfo{"adam_beta1", "Optimisation", "Memory of the gradient", "beta_1", "adam_beta1",
               "Higher averages the gradient over more steps.", "m <- beta_1 m + (1 - beta_1) g",
               kAdamW, kReal, 0, 0.99999, "", "", false},
    OptionInfo{"adam_beta2", "Optimisation", "Memory of its square", "beta_2", "adam_beta2",
               "Lower adapts faster to changing gradients, as short runs need.",
               "v <- beta_2 v + (1 - beta_2) g^2", kAdamW, kReal, 0, 0.999999, "", "", false},
    OptionInfo{"adam_epsilon", "Optimisation", "Floor of the divisor", "", "adam_epsilon",
               "Keeps the update finite where gradients are tiny.", "m / (sqrt(v) + eps)", kAdamW,
               kReal, 1e-16, 1, "", "", false},
    OptionInfo{"max_grad_norm", "Optimisation", "Gradient clipping", "", "max_grad_norm",
               "Gradients longer than this are shortened to it; 0 leaves them.",
               "g <- g * min(1, max / ||g||)", kTrl, kReal, 0, 1e6, "", "", false},
    OptionInfo{"gradient_accumulation_steps", "Optimisation", "Micro-batches", "",
               "gradient_accumulation_steps",
               "Cuts the prompts of a step into so many parts: less memory, the same gradient.", "",
               kTrl, kInt, 1, 4096, "", "", false},
    OptionInfo{"seed", "Optimisation", "Seed", "", "seed",
               "The same seed on the same machine gives the same run, answer by answer.", "", kTrl,
               kInt, 0, 18446744073709551615.0, "", "", false},

    OptionInfo{"beta", "KL and clipping", "KL weight", "beta", "beta",
               "Holds the model near where it started; 0 lets it go, more slows what it learns.",
               "L = -(1/N) sum (l_it - beta KL_it)", kPaperSettings, kReal, 0, 10, "", "", true},
    OptionInfo{"kl_estimator", "KL and clipping", "KL estimator", "", "",
               "k3 is never negative and varies little; k1 is unbiased and noisy; k2 lies between.",
               "k3 = exp(d) - d - 1, d = log pi_ref - log pi_theta",
               "TRL 1.16.0; "
               "Schulman, Approximating KL Divergence (2020)",
               kChoice, 0, 0, "k1,k2,k3", "", false},
    OptionInfo{"epsilon", "KL and clipping", "Clip range", "epsilon", "epsilon",
               "How far the ratio may leave 1 before it stops counting; acts with several updates.",
               "l_it = min(s A, clip(s, 1 - eps, 1 + eps_high) A)", kPaper2, kReal, 0, 10, "", "",
               false},
    OptionInfo{"epsilon_high", "KL and clipping", "Clip range upwards", "epsilon_high",
               "epsilon_high", "A wider upper bound lets rare good tokens rise; 0 takes epsilon.",
               "clip(s, 1 - eps, 1 + eps_high)", "DAPO, arXiv 2503.14476, 3.1", kReal, 0, 10, "",
               "", false},

    OptionInfo{
        "scale_rewards", "Advantages", "Scale by the deviation", "std", "scale_rewards",
        "group divides by the group's deviation, batch by that of the step, none not at all.",
        "A_i = (r_i - mean) / (std + eps)", kPaper1, kChoice, 0, 0, "group,batch,none", "", false},
    OptionInfo{"advantage_std", "Advantages", "Kind of deviation", "", "",
               "sample divides by G - 1, population by G.", "std^2 = sum (r_i - mean)^2 / (G - 1)",
               kTrl, kChoice, 0, 0, "sample,population", "", false},
    OptionInfo{"advantage_eps", "Advantages", "Added to the deviation", "eps", "",
               "Keeps groups of nearly equal answers from being blown up.",
               "A_i = (r_i - mean) / (std + eps)", kTrl, kReal, 0, 1, "", "", false},

    OptionInfo{"lora.r", "LoRA", "Rank", "r", "lora_r",
               "More rank can learn more and costs more memory; 0 trains no adapter.",
               "W + (alpha / r) B A", kTrlModel, kInt, 0, 4096, "", "", false},
    OptionInfo{"lora.alpha", "LoRA", "Scale", "alpha", "lora_alpha",
               "The update is scaled by alpha / r; usual is once or twice the rank.",
               "W + (alpha / r) B A", kTrlModel, kReal, 1e-6, 1e6, "", "", false},
    OptionInfo{"lora.dropout", "LoRA", "Dropout", "", "lora_dropout",
               "Drops this share of the adapter's inputs in the update, never in sampling.", "",
               kTrlModel, kReal, 0, 0.95, "", "", false},
    OptionInfo{"lora.target_modules", "LoRA", "Linears with an adapter", "", "lora_target_modules",
               "Which linears of the decoder are trained.", "", kTrlModel, kText, 0, 0, "", "",
               false},

    OptionInfo{"lora.last_layers", "LoRA", "Last layers only", "", "layers_to_transform",
               "Trains only the last so many layers of the decoder; 0 trains all.", "", kTrlModel,
               kInt, 0, 1024, "", "layers", false},
    OptionInfo{
        "trainable", "LoRA", "Weights trained whole", "", "modules_to_save",
        "Trains these weights themselves, beside the adapter or, with rank 0, instead of it: "
        "projector, language_model.model.layers.39, language_model, or * for all.",
        "", kTrlModel, kText, 0, 0, "", "", false},

    OptionInfo{"rewards", "Rewards", "Rewards and weights", "r", "reward_funcs, reward_weights",
               "What makes an answer good: the weighted sum of these scores.",
               "r_i = sum_k w_k r_k(o_i)", kPaperSettings, kText, 0, 0, "", "", true},

    OptionInfo{"max_steps", "Budget", "Steps", "", "max_steps",
               "How many steps are made. Each samples its groups once and learns from them in one "
               "update, or in several (mu, micro-batches of a generation).",
               "", kTrl, kInt, 1, 100000000, "", "steps", true},
    OptionInfo{"save_steps", "Budget", "Checkpoint every", "", "save_steps",
               "How much work a power cut can cost; 0 saves only at stop and end.", "", kTrl, kInt,
               0, 100000000, "", "steps", false},
    OptionInfo{"log_completions", "Budget", "Keep every answer", "", "log_completions",
               "Stores each sampled answer, for the Groups page.", "", kTrl, kBool, 0, 1, "", "",
               false},
    OptionInfo{"eval.eval_steps", "Budget", "Evaluate every", "", "eval_steps",
               "How often held-out clips are answered; 0 only before and after.", "", kTrl, kInt, 0,
               100000000, "", "steps", false},
    OptionInfo{"eval.max_items", "Budget", "Clips an evaluation", "", "",
               "Held-out examples of each split during training; 0 takes all.", "", kOwn, kInt, 0,
               100000000, "", "examples", false},
    OptionInfo{"eval.final_max_items", "Budget", "Clips before and after", "", "",
               "Held-out examples of each split before and after training; 0 takes all.", "", kOwn,
               kInt, 0, 100000000, "", "examples", false},
    OptionInfo{"eval.passes", "Budget", "Sampled passes", "", "",
               "How often each example is sampled with a seed of its own; more steadies the score.",
               "", "arXiv 2606.07610 (five passes)", kInt, 1, 100, "", "", false},
    OptionInfo{"eval.temperature", "Budget", "Evaluation temperature", "T", "",
               "Temperature of the sampled evaluation.", "", "arXiv 2509.16990, 4.2", kReal, 0.01,
               10, "", "", false},
    OptionInfo{"eval.top_p", "Budget", "Evaluation nucleus", "p", "",
               "Nucleus of the sampled evaluation.", "", "arXiv 2509.16990, 4.2", kReal, 0.01, 1,
               "", "", false},
    OptionInfo{"eval.greedy", "Budget", "Greedy as well", "", "",
               "Answers each example also with its most likely tokens.", "", kOwn, kBool, 0, 1, "",
               "", false},
    OptionInfo{"device", "Budget", "Device", "", "", "auto takes the GPU where there is one.", "",
               kOwn, kChoice, 0, 0, "auto,cpu,cuda", "", false},
    OptionInfo{"dtype", "Budget", "Precision", "", "dtype",
               "bfloat16 halves the memory of the weights and is faster where the device has it.",
               "", kTrlModel, kChoice, 0, 0, "float32,bfloat16", "", false},
    OptionInfo{"threads", "Budget", "Worker threads", "", "",
               "How many share a step's prompts; 0 takes one a core.", "", kOwn, kInt, 0, 1024, "",
               "threads", false},
};

} // namespace

std::span<const OptionInfo> trainOptions() {
    // Options of one group stand together, so that every list of them does.
    static const std::vector<OptionInfo> kAll = [] {
        std::vector<OptionInfo> all(kOptions.begin(), kOptions.end());
        for (const OptionInfo& option : objectiveOptions()) {
            const auto last = std::find_if(all.rbegin(), all.rend(), [&](const OptionInfo& other) {
                return other.group == option.group;
            });
            // A new group goes before the adapter: first what is learnt, then with what.
            const auto place = last != all.rend()
                                   ? last.base()
                                   : std::find_if(all.begin(), all.end(), [](const auto& other) {
                                         return other.group == "LoRA";
                                     });
            all.insert(place, option);
        }
        return all;
    }();
    return kAll;
}

const OptionInfo* findOption(std::string_view key) {
    const auto options = trainOptions();
    const auto found = std::find_if(options.begin(), options.end(),
                                    [&](const OptionInfo& option) { return option.key == key; });
    return found == options.end() ? nullptr : &*found;
}

} // namespace viva
