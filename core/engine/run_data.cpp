// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/run_data.h"

#include "core/base/error.h"
#include "core/project/project.h"

#include <fmt/format.h>

#include <set>

namespace viva {
namespace {

namespace fs = std::filesystem;

fs::path manifestOf(const RunSetup& setup) {
    const std::string& data = setup.config.data.manifest;
    if (data == Project::kOwnClips)
        return setup.runFolder / Project::kManifest;
    return data == "demo" ? setup.demoFolder / "manifest.jsonl" : fs::path(data);
}

Dataset everything(const RunSetup& setup) {
    if (setup.config.data.manifest == Project::kOwnClips)
        return Dataset(readProjectManifest(manifestOf(setup), setup.projectFolder));
    return Dataset::load(manifestOf(setup));
}

} // namespace

std::vector<fs::path> RunData::clips() const {
    std::set<fs::path> paths;
    for (const Dataset* dataset : {&train, &heldOut})
        for (const Example& example : dataset->examples())
            paths.insert(dataset->audioFile(example));
    return {paths.begin(), paths.end()};
}

RunData openRunData(const RunSetup& setup) {
    const auto& data = setup.config.data;
    const Dataset all = everything(setup);
    RunData out{all.filtered({.splits = {data.trainSplit}, .tasks = data.tasks, .copies = false}),
                all.filtered({.splits = data.evalSplits, .tasks = data.tasks, .copies = false})};
    if (out.train.empty())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} has no example in split \"{}\"{}; choose another split or task",
                                manifestOf(setup).string(), data.trainSplit,
                                data.tasks.empty() ? "" : " for the chosen tasks"));
    return out;
}

} // namespace viva
