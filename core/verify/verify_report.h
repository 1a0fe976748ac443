// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace viva {

/// One quantity of a golden set, compared over all of its cases.
struct VerifyLine {
    std::string quantity{};  ///< what was compared, in words ("features", "greedy tokens")
    int cases = 0;           ///< how many were compared
    int failed = 0;          ///< how many lay outside their tolerance
    double worst = 0.0;      ///< largest deviation, in the unit of the quantity
    double tolerance = 0.0;  ///< of the worst case; 0 means that values must be equal
    std::string worstCase{}; ///< id of the case that came closest to, or went beyond, its tolerance

    /// A line that compared nothing proves nothing.
    [[nodiscard]] bool ok() const { return cases > 0 && failed == 0; }

    /// Counts one case; the worst is the one with the largest deviation in units of its tolerance.
    /// A deviation that is not a number fails.
    void add(const std::string& id, double deviation, double allowed) {
        const bool inside = deviation <= allowed; // false for NaN
        const auto strain = [](double value, double limit) {
            return limit > 0.0 ? value / limit : value;
        };
        const bool worse = cases == 0 || !(strain(deviation, allowed) <= strain(worst, tolerance));
        if (worse && (!inside || failed == 0 || cases == 0)) {
            worst = deviation;
            tolerance = allowed;
            worstCase = id;
        }
        ++cases;
        failed += inside ? 0 : 1;
    }
};

/// What `viva verify` found in one golden folder.
struct VerifySet {
    std::string folder;
    std::string kind; ///< "features", "tokenizer", "model", "metrics", "losses"
    std::vector<VerifyLine> lines;
    std::vector<std::string> problems; ///< sentences: what could not be compared at all
    /// Sentences: what was left out because data are not installed here; no failure.
    std::vector<std::string> notes{};

    [[nodiscard]] bool ok() const {
        return problems.empty() && !lines.empty() &&
               std::all_of(lines.begin(), lines.end(), [](const auto& line) { return line.ok(); });
    }
};

} // namespace viva
