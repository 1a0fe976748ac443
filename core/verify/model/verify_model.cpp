// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/model/verify_model.h"

#include "core/base/error.h"
#include "core/verify/model/model_set_torch.h"

#include <exception>

namespace viva {

namespace {

namespace fs = std::filesystem;

/// One part of the comparison; what it throws becomes a problem, and the others still run.
template<typename Part>
void attempt(VerifySet& report, const char* what, Part part) {
    try {
        part();
    } catch (const Error& error) {
        report.problems.push_back(std::string(what) + ": " + error.info().text());
    } catch (const c10::Error& error) {
        report.problems.push_back(std::string(what) + ": " + error.what_without_backtrace());
    } catch (const std::exception& error) {
        report.problems.push_back(std::string(what) + ": " + error.what());
    }
}

} // namespace

bool isModelSet(const fs::path& folder) {
    return fs::exists(folder / "expect.json") && fs::exists(folder / "expect.safetensors");
}

VerifySet verifyModel(const fs::path& folder) {
    VerifySet report;
    report.folder = folder.string();
    report.kind = "model";
    attempt(report, "opening the set", [&] {
        ModelSet set(folder);
        attempt(report, "tokenizer and prompts", [&] { verifyModelText(set); });
        attempt(report, "encoder and projector", [&] { verifyModelSound(set); });
        attempt(report, "decoder", [&] { verifyModelDecoder(set); });
        attempt(report, "answers", [&] { verifyModelAnswers(set); });
        attempt(report, "gradients", [&] { verifyModelGradients(set); });
        set.compareCoverage();
        report.lines = set.takeLines();
    });
    return report;
}

} // namespace viva
