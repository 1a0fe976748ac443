// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/model/verify_bert_score.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/bertscore/bert_score.h"
#include "core/nn/device.h"
#include "core/nn/safetensors.h"
#include "core/verify/golden_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

namespace viva {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kTolerance = 2e-5; // absolute, float32
using Ids = std::vector<std::int64_t>;

/// The three columns of a setting, a value or none a pair.
using Column = std::vector<std::optional<double>>;

double difference(const std::optional<double>& got, const std::optional<double>& want) {
    if (got.has_value() != want.has_value())
        return std::numeric_limits<double>::infinity();
    return got ? std::abs(*got - *want) : 0.0;
}

class BertScoreFile {
public:
    BertScoreFile(const fs::path& file, const fs::path& model)
        : m_name(file.stem().string()), m_model(model), m_standard(open(true)) {
        m_tokens.quantity = m_name + " token ids";
        m_scores.quantity = m_name + " precision, recall, F";
        m_hidden.quantity = m_name + " hidden states";
    }

    void line(const json& line, const std::string& place) {
        if (line.contains("text")) {
            const auto text = line["text"].get<std::string>();
            m_tokens.add(place, m_standard->tokens(text) == line.at("ids").get<Ids>() ? 0 : 1, 0);
            return;
        }
        if (line.contains("cands") && !line.contains("num_layers")) {
            m_candidates = line["cands"].get<std::vector<std::string>>();
            m_references = line.at("refs").get<std::vector<std::vector<std::string>>>();
            return;
        }
        setting(line, place);
    }

    void compareHidden() {
        const fs::path stored = m_model / "hidden.safetensors";
        if (!fs::exists(stored))
            return;
        const SafetensorsFile file(stored);
        const auto texts =
            readJsonFile(m_model / "hidden.json").at("texts").get<std::vector<std::string>>();
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const torch::Tensor ids = file.tensor(fmt::format("text{}.ids", i)).contiguous();
            const Ids want(ids.data_ptr<std::int64_t>(),
                           ids.data_ptr<std::int64_t>() + ids.numel());
            m_tokens.add(fmt::format("hidden text{}", i),
                         m_standard->tokens(texts[i]) == want ? 0 : 1, 0);
            for (std::int64_t layer = 0; layer <= m_standard->encoder().loadedLayers(); ++layer) {
                const auto name = fmt::format("text{}.layer{}", i, layer);
                const torch::Tensor got = m_standard->encoder().encode({want}, layer).front();
                m_hidden.add(name, (got.cpu() - file.tensor(name)).abs().max().item<double>(),
                             kTolerance);
            }
        }
    }

    void report(VerifySet& set) const {
        set.lines.push_back(m_tokens);
        set.lines.push_back(m_scores);
        if (m_hidden.cases > 0)
            set.lines.push_back(m_hidden);
    }

private:
    [[nodiscard]] std::unique_ptr<BertScorer> open(bool prefixSpace) const {
        const auto layers = readTextEncoderConfig(m_model / "config.json").layers;
        return std::make_unique<BertScorer>(
            m_model, torch::kCPU, BertScorer::Options{.layer = layers, .prefixSpace = prefixSpace});
    }

    void setting(const json& line, const std::string& place) {
        const bool prefix = line.value("prefix_space", true);
        if (!prefix && !m_plain)
            m_plain = open(false);
        const BertScorer& scorer = prefix ? *m_standard : *m_plain;
        const auto candidates =
            line.contains("cands") ? line["cands"].get<std::vector<std::string>>() : m_candidates;
        auto references = line.contains("refs")
                              ? line["refs"].get<std::vector<std::vector<std::string>>>()
                              : m_references;
        if (!line.value("all_references", false))
            for (auto& list : references)
                list.resize(std::min<std::size_t>(1, list.size()));
        if (candidates.size() != references.size())
            throw Error(ErrorCode::Format, fmt::format("{} candidates and {} lists of references",
                                                       candidates.size(), references.size()));
        const std::array<Column, 3> got = scored(scorer, candidates, references, line);
        const auto skipped = line.value("changed_by_padding", std::vector<std::size_t>{});
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (std::find(skipped.begin(), skipped.end(), i) != skipped.end())
                continue; // the tool takes padding for a partner there
            for (std::size_t column = 0; column < got.size(); ++column) {
                const json& stored = line.at(std::string(1, "PRF"[column])).at(i);
                std::optional<double> want;
                if (!stored.is_null())
                    want = stored.get<double>();
                m_scores.add(fmt::format("{} pair {} {}", place, i, "PRF"[column]),
                             difference(got[column][i], want), kTolerance);
            }
        }
    }

    static std::array<Column, 3> scored(const BertScorer& scorer,
                                        const std::vector<std::string>& candidates,
                                        const std::vector<std::vector<std::string>>& references,
                                        const json& line) {
        const auto layer = line.at("num_layers").get<std::int64_t>();
        std::vector<std::string> flat;
        for (const auto& list : references)
            flat.insert(flat.end(), list.begin(), list.end());
        const IdfWeights weights = line.value("idf", false) ? scorer.idf(flat) : IdfWeights{};
        const auto answers = scorer.embed(candidates, layer);
        const auto wanted = scorer.embed(flat, layer);
        std::array<Column, 3> out;
        std::size_t at = 0;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            std::optional<double> precision;
            std::optional<double> recall;
            double f = -2;
            for (std::size_t r = 0; r < references[i].size(); ++r) {
                const BertScoreValue one = scorer.match(answers[i], wanted[at++], weights);
                precision = std::max(precision, one.precision);
                recall = std::max(recall, one.recall);
                f = std::max(f, one.f);
            }
            out[0].push_back(precision);
            out[1].push_back(recall);
            out[2].push_back(f);
        }
        return out;
    }

    std::string m_name;
    fs::path m_model;
    std::unique_ptr<BertScorer> m_standard;
    std::unique_ptr<BertScorer> m_plain; ///< without RoBERTa's prefix space
    std::vector<std::string> m_candidates;
    std::vector<std::vector<std::string>> m_references;
    VerifyLine m_tokens;
    VerifyLine m_scores;
    VerifyLine m_hidden;
};

} // namespace

void verifyBertScoreFile(const fs::path& file, const fs::path& otherModel, VerifySet& set) {
    const json header = eachGoldenLine(file, [](const json&, const std::string&) {});
    const auto named = header.value("model", std::string());
    fs::path model = file.parent_path() / named;
    if (!fs::exists(model / "config.json"))
        model = otherModel;
    if (model.empty() || !fs::exists(model / "config.json")) {
        set.notes.push_back(
            fmt::format("{}: the model \"{}\" is not here, so nothing was compared; "
                        "name its folder with --bertscore-model",
                        file.string(), named));
        return;
    }
    useOneOperatorThread();
    BertScoreFile scores(file, model);
    eachGoldenLine(
        file, [&scores](const json& line, const std::string& place) { scores.line(line, place); });
    scores.compareHidden();
    scores.report(set);
}

} // namespace viva
