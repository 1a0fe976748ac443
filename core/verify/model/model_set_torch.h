// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/speech_family.h"
#include "core/nn/safetensors.h"
#include "core/verify/verify_report.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace viva {

/// How a deviation is measured.
enum class DeviationOf { Absolute, RootMeanSquare, Largest };

struct Allowed {
    double limit = 0;
    DeviationOf of = DeviationOf::Absolute;
};

/// What part of the way is computed here.
enum class Scope {
    Stage, ///< the part is fed with the stored input
    Whole  ///< from the sound file
};

/// A golden model folder that is open, and the report that grows while it is compared.
class ModelSet {
public:
    /// @throws Error when the folder's expectations or its checkpoint cannot be opened.
    explicit ModelSet(const std::filesystem::path& folder);

    [[nodiscard]] const nlohmann::json& doc() const { return m_doc; }
    [[nodiscard]] SpeechModel& model() { return *m_model; }
    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
    /// The adapter in peft-adapter/; null when there is none.
    [[nodiscard]] LoraAdapter* peft() { return m_peft ? &*m_peft : nullptr; }

    [[nodiscard]] bool has(const std::string& name) const { return m_expected.has(name); }
    [[nodiscard]] torch::Tensor expected(const std::string& name) const {
        return m_expected.tensor(name);
    }
    [[nodiscard]] std::vector<std::string> expectedNames() const { return m_expected.names(); }

    /// "off", "on", "peft", "on+peft". @throws Error(Format) for another.
    [[nodiscard]] static AdapterState state(const std::string& name);
    /// A clip's samples. @throws Error when its file is not there.
    [[nodiscard]] AudioBuffer clip(const nlohmann::json& entry) const;
    [[nodiscard]] static std::vector<std::int64_t> ids(const nlohmann::json& list);

    /// The tolerance of expect.json, or the README's.
    [[nodiscard]] Allowed allowed(const std::string& key, Scope scope) const;

    /// Compares with a stored tensor; nothing happens when the set does not store it.
    void compareStored(const std::string& quantity, const std::string& key, Scope scope,
                       const std::string& name, const torch::Tensor& got);
    void compare(const std::string& quantity, const std::string& caseId, const Allowed& limits,
                 const torch::Tensor& got, const torch::Tensor& want);
    /// Counts one case that must be equal.
    void compareEqual(const std::string& quantity, const std::string& caseId, bool equal);
    void add(const std::string& quantity, const std::string& caseId, double deviation,
             double limit);

    /// Counts every stored tensor; one that nothing was compared with fails.
    void compareCoverage();
    [[nodiscard]] std::vector<VerifyLine> takeLines() { return std::move(m_lines); }

private:
    std::filesystem::path m_folder;
    nlohmann::json m_doc;
    SafetensorsFile m_expected;
    std::unique_ptr<SpeechModel> m_model;
    std::optional<LoraAdapter> m_peft;
    std::vector<VerifyLine> m_lines;
    std::set<std::string> m_compared; ///< stored tensors
};

/// Largest difference in the unit of `of`; infinity for another shape, NaN stays NaN.
[[nodiscard]] double deviation(const torch::Tensor& got, const torch::Tensor& want, DeviationOf of);

// The parts of verifyModel, each in its own source.
void verifyModelText(ModelSet& set);
void verifyModelSound(ModelSet& set);
void verifyModelDecoder(ModelSet& set);
void verifyModelAnswers(ModelSet& set);
void verifyModelGradients(ModelSet& set);

} // namespace viva
