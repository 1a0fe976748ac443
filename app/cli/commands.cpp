// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/answer_command.h"
#include "app/cli/bench_command.h"
#include "app/cli/corpus_command.h"
#include "app/cli/data_command.h"
#include "app/cli/demo_command.h"
#include "app/cli/evaluate_command.h"
#include "app/cli/export_command.h"
#include "app/cli/import_command.h"
#include "app/cli/inspect_command.h"
#include "app/cli/merge_command.h"
#include "app/cli/pretrain_command.h"
#include "app/cli/record_command.h"
#include "app/cli/score_command.h"
#include "app/cli/train_command.h"
#include "app/cli/verify_command.h"

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
