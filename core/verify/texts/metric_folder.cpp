// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/texts/metric_folder.h"

#include "core/base/error.h"
#include "core/verify/golden_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {

double relativeDifference(double got, double want) {
    const double scale = std::max(std::abs(got), std::abs(want));
    return scale == 0.0 ? 0.0 : std::abs(got - want) / scale;
}

nlohmann::json MetricFolder::each(const std::string& name, const LineFunction& fn) const {
    return eachGoldenLine(m_folder / name, fn);
}

nlohmann::json MetricFolder::headerOf(const std::string& name) const {
    return each(name, [](const nlohmann::json&, const std::string&) {});
}

const MetricFolder::Texts& MetricFolder::texts(const std::string& id, const std::string& file) {
    auto& known = m_texts[file];
    if (known.empty())
        each(file, [&known](const nlohmann::json& line, const std::string&) {
            if (line.contains("hyp"))
                known[line.at("id")] = {line.at("hyp").get<std::string>(),
                                        line.at("refs").get<std::vector<std::string>>()};
        });
    const auto found = known.find(id);
    if (found == known.end())
        throw Error(ErrorCode::Format, fmt::format("{}: there is no line \"{}\" to refer to",
                                                   (m_folder / file).string(), id));
    return found->second;
}

void requireSettings(std::size_t scores, std::size_t settings) {
    if (scores != settings)
        throw Error(ErrorCode::Format, fmt::format("{} scores for {} settings", scores, settings));
}

} // namespace viva
