// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/checkpoints/bench_command.h"

#include "app/cli/choice_option.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "app/cli/text_table.h"
#include "core/base/error.h"
#include "core/config/parameter_count.h"
#include "core/config/train_option.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace viva {
namespace {

using Json = nlohmann::ordered_json;

/// Small enough for a laptop, large enough to be a real step.
TrainConfig benchConfig() {
    TrainConfig config;
    config.promptsPerStep = 1;
    config.numGenerations = 8;
    config.maxCompletionLength = 64;
    config.maxSteps = 100;
    config.logCompletions = false;
    return config;
}

std::string estimateTable(const MemoryEstimate& estimate) {
    std::vector<std::vector<std::string>> rows{{"estimate", "size"}};
    for (const MemoryPart& part : estimate.parts)
        if (part.bytes > 0)
            rows.push_back({part.name, bytesText(part.bytes)});
    rows.push_back({"together", bytesText(estimate.total())});
    return textTable(rows);
}

Json toJson(const ShapeBenchRequest& request, const MemoryEstimate& estimate,
            const DeviceMemory& device) {
    Json parts = Json::object();
    for (const MemoryPart& part : estimate.parts)
        parts[part.name] = part.bytes;
    const SpeechModelConfig model = benchModel(request);
    return {{"shape", request.shape},
            {"layers", model.text.numHiddenLayers},
            {"encoder_layers", model.encoder.layers},
            {"parameters", countParameters(model).total()},
            {"dtype", nameOf(request.config.dtype)},
            {"prompts", request.config.promptsPerStep},
            {"num_generations", request.config.numGenerations},
            {"max_completion_length", request.config.maxCompletionLength},
            {"clip_sec", request.clipSec},
            {"device", device.device},
            {"device_free_bytes", device.freeBytes},
            {"estimate_bytes", estimate.total()},
            {"estimate_parts", parts}};
}

void addResult(Json& out, const ShapeBenchResult& result, std::uint64_t estimated) {
    out["device"] = result.device;
    out["trainable"] = result.trainable;
    out["build_sec"] = result.buildSec;
    out["hear_sec"] = result.hearSec;
    out["audio_tokens"] = result.audioTokens;
    out["prompt_tokens"] = result.promptTokens;
    out["answers"] = result.answers;
    out["tokens"] = result.tokens;
    out["tokens_per_sec"] = result.tokensPerSec;
    out["step_sec"] = result.stepSec;
    out["loss"] = result.loss;
    out["grad_norm"] = result.gradNorm;
    out["peak_bytes"] = result.peakBytes;
    out["peak_to_estimate"] =
        static_cast<double>(result.peakBytes) / static_cast<double>(estimated);
    Json timings = Json::object();
    for (const auto& [name, seconds] : result.timings)
        timings[name] = seconds;
    out["timing_sec"] = timings;
}

void printResult(const ShapeBenchResult& result, std::uint64_t estimated) {
    std::vector<std::vector<std::string>> rows{{"measured", "value"}};
    const auto row = [&](const char* what, const std::string& value) {
        rows.push_back({what, value});
    };
    row("device", result.device);
    row("building", fmt::format("{:.1f} s", result.buildSec));
    row("hearing", fmt::format("{:.2f} s for {} audio tokens", result.hearSec, result.audioTokens));
    row("sampling", fmt::format("{:.1f} tokens/s ({} answers, {} tokens)", result.tokensPerSec,
                                result.answers, result.tokens));
    row("a GRPO step", fmt::format("{:.2f} s", result.stepSec));
    for (const auto& [name, seconds] : result.timings)
        row(("  " + name).c_str(), fmt::format("{:.2f} s", seconds));
    row("peak memory", fmt::format("{}, {:.0f} % of the estimate", bytesText(result.peakBytes),
                                   100.0 * static_cast<double>(result.peakBytes) /
                                       static_cast<double>(estimated)));
    fmt::print("\n{}", textTable(rows));
}

} // namespace

void BenchCommand::declare(CLI::App& app) {
    m_request.config = benchConfig();
    TrainConfig& config = m_request.config;
    app.add_option("--shape", m_request.shape, "granite-speech-3.3-2b, -3.3-8b, -4.1-2b, ...");
    app.add_option("--layers", m_request.layers, "decoder layers; 0 takes all")
        ->check(CLI::Range(0, 1000));
    app.add_option("--encoder-layers", m_request.encoderLayers, "encoder blocks; 0 takes all")
        ->check(CLI::Range(0, 1000));
    addChoice(app, "--dtype", config.dtype, "float32 or bfloat16");
    addChoice(app, "--device", config.device, "auto, cpu or cuda");
    app.add_option("--threads", config.threads, "workers on the CPU; 0 takes the cores")
        ->check(CLI::Range(0, 1024));
    app.add_option("--clip-seconds", m_request.clipSec, "length of the clip")
        ->check(CLI::Range(0.1, 600.0));
    app.add_option("--steps", m_request.steps, "GRPO steps")->check(CLI::Range(1, 1000));
    app.add_option("--set", m_settings, "any training option, KEY=VALUE")->type_name("KEY=VALUE");
    app.add_flag("--force", m_force, "go on when memory is too little");
    app.add_flag("--estimate", m_estimateOnly, "say what it would need and do nothing");
    app.add_flag("--json", m_json, "one JSON object");
}

int BenchCommand::run(Interrupt& interrupt) {
    for (const std::string& setting : m_settings) {
        const std::size_t equals = setting.find('=');
        if (equals == std::string::npos)
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("--set {}: KEY=VALUE is expected", setting));
        setOption(m_request.config, setting.substr(0, equals), setting.substr(equals + 1));
    }
    requireValid(m_request.config);
    const DeviceMemory device = deviceMemory(m_request.config.device);
    const MemoryEstimate estimate = benchEstimate(m_request, device.gpu);
    Json out = toJson(m_request, estimate, device);
    if (!m_json)
        fmt::print("{}: {} parameters as {}\n\n{}", m_request.shape,
                   out["parameters"].get<std::int64_t>(), nameOf(m_request.config.dtype),
                   estimateTable(estimate));
    if (m_estimateOnly) {
        if (m_json)
            fmt::print("{}\n", out.dump());
        return exit_code::kOk;
    }
    if (estimate.total() > device.freeBytes && !m_force)
        throw Error(ErrorCode::OutOfMemory,
                    fmt::format("{} needs about {}, but {} has {} free; take fewer --layers, "
                                "--dtype bfloat16 or shorter answers, or try with --force",
                                m_request.shape, bytesText(estimate.total()), device.device,
                                bytesText(device.freeBytes)));
    const Interrupt::Grace grace(interrupt);
    std::optional<ProgressLine> line;
    std::string doing;
    const ShapeBenchResult result = runShapeBench(
        m_request,
        [&](std::string_view what, double share) {
            if (what != doing) {
                doing = what;
                line.reset();
                line.emplace(doing, m_json);
            }
            line->show(share);
        },
        interrupt.token());
    line.reset();
    if (result.stopped)
        return interrupt.exitCode();
    if (m_json) {
        addResult(out, result, estimate.total());
        fmt::print("{}\n", out.dump());
    } else {
        printResult(result, estimate.total());
    }
    return exit_code::kOk;
}

std::unique_ptr<Command> makeBenchCommand() {
    return std::make_unique<BenchCommand>();
}

} // namespace viva
