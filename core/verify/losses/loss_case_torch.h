// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/verify/verify_report.h"

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace viva::losses {

using nlohmann::json;

/// The lines of a report, by quantity in order of appearance.
class LossLines {
public:
    /// Compares numbers that must agree to `tolerance` of 1 + |want|; NaN agrees with NaN.
    void add(const char* quantity, const std::string& id, double got, double want,
             double tolerance);
    /// Compares tensors element by element; another shape fails.
    void add(const char* quantity, const std::string& id, const torch::Tensor& got,
             const torch::Tensor& want, double tolerance);
    /// Counts a case that is right or wrong.
    void add(const char* quantity, const std::string& id, bool equal);
    [[nodiscard]] std::vector<VerifyLine> take() { return std::move(m_lines); }

private:
    VerifyLine& line(const char* quantity);
    std::vector<VerifyLine> m_lines;
};

/// One entry of a file with the file's default options filled in.
struct LossCase {
    std::string id; ///< "file: case", or with the step behind it
    json inputs;
    json outputs;
    json options; ///< defaults and the case's own
    std::string trainer;
    bool training = true;
    torch::ScalarType dtype = torch::kDouble;

    [[nodiscard]] double tolerance() const { return dtype == torch::kFloat ? 1e-5 : 1e-6; }
    /// A number of an option; `otherwise` for null and where it is absent.
    [[nodiscard]] double number(const char* option, double otherwise = 0) const;
    [[nodiscard]] bool flag(const char* option) const;
    [[nodiscard]] std::string text(const char* option, const char* otherwise = "") const;
    [[nodiscard]] bool isNull(const char* option) const;
    /// An input as a tensor; undefined for null and where it is absent. null elements are NaN.
    [[nodiscard]] torch::Tensor tensor(const char* input) const;
    /// An output in double precision.
    [[nodiscard]] torch::Tensor wanted(const char* output) const;
};

/// Nested lists of numbers as a tensor of `dtype`; rows must be equally long.
[[nodiscard]] torch::Tensor tensorOf(const json& values, torch::ScalarType dtype);
[[nodiscard]] double numberOf(const json& value); ///< null = NaN

/// What a trainer logs, by name: one value a micro-batch or a step.
using Curves = std::map<std::string, std::vector<double>>;
/// Mean of the values that are numbers; NaN without any.
[[nodiscard]] double meanOfPresent(const std::vector<double>& values);

/// One file kind each; `cases` share state (a trainer's steps) in order.
void verifyTrainerSteps(std::vector<LossCase>& steps, LossLines& lines);
void verifyMixed(const LossCase& item, LossLines& lines);
void verifyLeaf(const LossCase& item, LossLines& lines);
void verifyLengthReward(const LossCase& item, LossLines& lines);

} // namespace viva::losses
