// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/answer_command.h"

#include "app/cli/interrupt.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {

void AnswerCommand::declare(CLI::App& app) {
    app.add_option("clip", m_clip, "audio file")->required()->type_name("CLIP");
    app.add_option("question", m_question, "question or instruction")
        ->required()
        ->type_name("TEXT");
    m_model.declare(app);
    m_sampling.declare(app);
    app.add_option("--count", m_count, "several sampled answers")->check(CLI::Range(1, 10000));
    app.add_option("--seed", m_seed, "seed of the sampling");
    app.add_flag("--sample", m_sample, "sample one answer instead of taking the most likely");
    app.add_flag("--json", m_json, "one JSON object");
}

int AnswerCommand::run(Interrupt& interrupt) {
    const Interrupt::Grace grace(interrupt);
    GenerationConfig generation = m_sampling.generation;
    generation.greedy = m_count == 1 && !m_sample;
    const auto session = openWithProgress(m_model.choice(), m_json, interrupt.token());
    if (!session)
        return interrupt.exitCode();
    const std::vector<std::string> answers =
        session->answer(m_clip, m_question, generation, m_count, m_seed, interrupt.token());
    if (interrupt.exitCode() != 0)
        return interrupt.exitCode();
    if (m_json) {
        const nlohmann::ordered_json out{{"clip", m_clip},
                                         {"question", m_question},
                                         {"model", session->description()},
                                         {"greedy", generation.greedy},
                                         {"answers", answers}};
        fmt::print("{}\n",
                   out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
        return exit_code::kOk;
    }
    for (const std::string& answer : answers)
        fmt::print("{}\n", answer);
    return exit_code::kOk;
}

std::unique_ptr<Command> makeAnswerCommand() {
    return std::make_unique<AnswerCommand>();
}

} // namespace viva
