// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/checkpoints/bench_command.h"
#include "app/cli/checkpoints/export_command.h"
#include "app/cli/checkpoints/inspect_command.h"
#include "app/cli/checkpoints/merge_command.h"
#include "app/cli/checkpoints/verify_command.h"
#include "app/cli/clips/corpus_command.h"
#include "app/cli/clips/data_command.h"
#include "app/cli/clips/import_command.h"
#include "app/cli/clips/record_command.h"
#include "app/cli/runs/answer_command.h"
#include "app/cli/runs/demo_command.h"
#include "app/cli/runs/evaluate_command.h"
#include "app/cli/runs/pretrain_command.h"
#include "app/cli/runs/score_command.h"
#include "app/cli/runs/train_command.h"

namespace viva {

std::vector<std::unique_ptr<Command>> makeCommands() {
    std::vector<std::unique_ptr<Command>> out;
    out.push_back(std::make_unique<DemoCommand>());
    out.push_back(std::make_unique<ImportCommand>());
    out.push_back(std::make_unique<DataCommand>());
    out.push_back(std::make_unique<TrainCommand>());
    out.push_back(std::make_unique<AnswerCommand>());
    out.push_back(std::make_unique<EvaluateCommand>());
    out.push_back(std::make_unique<ScoreCommand>());
    out.push_back(std::make_unique<InspectCommand>());
    out.push_back(std::make_unique<MergeCommand>());
    out.push_back(std::make_unique<ExportCommand>());
    out.push_back(std::make_unique<VerifyCommand>());
    out.push_back(std::make_unique<BenchCommand>());
    out.push_back(std::make_unique<RecordCommand>());
    out.push_back(std::make_unique<CorpusCommand>());
    out.push_back(std::make_unique<PretrainCommand>());
    return out;
}

} // namespace viva
