// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/verify/verify_report.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

inline constexpr double kMetricTolerance = 1e-9; // relative

[[nodiscard]] double relativeDifference(double got, double want);

/// One run over one folder of metric files; each file adds its lines to the report.
class MetricFolder {
public:
    struct Texts {
        std::string hypothesis;
        std::vector<std::string> references;
    };
    using LineFunction = std::function<void(const nlohmann::json& line, const std::string& place)>;

    MetricFolder(std::filesystem::path folder, VerifySet& set)
        : m_folder(std::move(folder)), m_set(set) {}

    /// The header after a walk over the lines.
    nlohmann::json each(const std::string& name, const LineFunction& fn) const;
    [[nodiscard]] nlohmann::json headerOf(const std::string& name) const;
    /// The sentences of bleu.jsonl, or of `file`, which other files refer to by id.
    const Texts& texts(const std::string& id, const std::string& file = "bleu.jsonl");
    [[nodiscard]] const std::filesystem::path& path() const { return m_folder; }

    void add(VerifyLine line) { m_set.lines.push_back(std::move(line)); }
    /// Something could not be compared here, which is no failure.
    void note(std::string text) { m_set.notes.push_back(std::move(text)); }

private:
    std::filesystem::path m_folder;
    VerifySet& m_set;
    std::map<std::string, std::map<std::string, Texts>> m_texts; ///< by file, then by id
};

/// Throws Error(Format) naming both when the counts differ.
void requireSettings(std::size_t scores, std::size_t settings);

// One function a metric; `name` is the file.
void verifyBleuFile(MetricFolder& folder, const std::string& name);
void verifyBleuCorpusFile(MetricFolder& folder, const std::string& name);
void verifyBleuTokensFile(MetricFolder& folder, const std::string& name);
void verifyHfBleuFile(MetricFolder& folder, const std::string& name);
void verifyWerFile(MetricFolder& folder, const std::string& name);
void verifyChrfFile(MetricFolder& folder, const std::string& name);
void verifyChrfCorpusFile(MetricFolder& folder, const std::string& name);
void verifyTerFile(MetricFolder& folder, const std::string& name);
void verifyRougeFile(MetricFolder& folder, const std::string& name);
void verifyPorterFile(MetricFolder& folder, const std::string& name);
void verifyMeteorFile(MetricFolder& folder, const std::string& name);
void verifyWordTokenizeFile(MetricFolder& folder, const std::string& name);
void verifyWordNetFile(MetricFolder& folder, const std::string& name);

} // namespace viva
