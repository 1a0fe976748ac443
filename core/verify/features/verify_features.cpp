// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/features/verify_features.h"

#include "core/audio/audio_file.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/base/safetensors_view.h"
#include "core/features/log_mel.h"
#include "core/features/mel_filters.h"
#include "core/verify/features/verify_resampling.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t kWindowFrames = 15; // of the encoder, one window of the projector
constexpr std::int64_t kTokensPerWindow = 3;
// A table computed in double and rounded is 5e-6 away from the reference.
constexpr double kFilterTolerance = 5e-6;
constexpr double kWindowTolerance = 1e-6;

std::int64_t audioTokens(std::int64_t encoderFrames) {
    return kTokensPerWindow * ((encoderFrames + kWindowFrames - 1) / kWindowFrames);
}

double largestDifference(std::span<const float> got, std::span<const float> want) {
    if (got.size() != want.size())
        return kInfinity;
    double largest = 0.0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        const double difference = std::abs(static_cast<double>(got[i]) - want[i]);
        if (std::isnan(difference))
            return kInfinity;
        largest = std::max(largest, difference);
    }
    return largest;
}

/// One run over one folder; each step adds its lines and problems to the report.
class FeatureVerifier {
public:
    explicit FeatureVerifier(const fs::path& folder) : m_folder(folder) {
        m_set.folder = folder.string();
        m_set.kind = "features";
    }

    VerifySet run() {
        guard("features.safetensors", [&] {
            m_golden.emplace(m_folder / "features.safetensors");
            const fs::path exact = m_folder / "features_float64.safetensors";
            if (fs::exists(exact))
                m_exact.emplace(exact);
            readSizes();
            eachLine("cases.jsonl", [&](const nlohmann::json& value, const std::string& place) {
                JsonReader line(value, place);
                line.has("of") ? verifyBatch(line) : verifyClip(line);
            });
        });
        if (fs::exists(m_folder / "lengths.jsonl"))
            eachLine("lengths.jsonl", [&](const nlohmann::json& value, const std::string& place) {
                JsonReader line(value, place);
                verifyLength(line);
            });
        guard("filters.safetensors", [&] { verifyFilters(); });
        verifyShortClips();
        for (VerifyLine* line : {&m_features, &m_double, &m_silence, &m_batch, &m_counts, &m_masks,
                                 &m_lengths, &m_filters, &m_window, &m_short})
            if (line->cases > 0)
                m_set.lines.push_back(*line);
        verifyResampling(m_folder, m_set);
        return std::move(m_set);
    }

private:
    /// Runs one step; what it throws is a problem of the set, not the end of the run.
    template<typename Step>
    void guard(const std::string& what, Step step) {
        try {
            step();
        } catch (const std::exception&) {
            m_set.problems.push_back(fmt::format("{}: {}", what, currentErrorInfo().text()));
        }
    }

    template<typename Step>
    void eachLine(const std::string& name, Step step) {
        std::string text;
        guard(name, [&] { text = readFile(m_folder / name); });
        std::size_t number = 0;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            const std::string place = fmt::format("{} line {}", name, ++number);
            guard(place, [&] {
                const std::string_view line = std::string_view(text).substr(at, end - at);
                if (line.find_first_not_of(" \r\t") == std::string_view::npos)
                    return;
                const nlohmann::json value = parseJson(line, place);
                if (!value.is_object() || !value.contains("header"))
                    step(value, place);
            });
            at = end + 1;
        }
    }

    /// The front end's sizes as the set's own tensors tell them.
    void readSizes() {
        FeatureParams params;
        const fs::path path = m_folder / "filters.safetensors";
        if (fs::exists(path)) {
            const SafetensorsView filters(path);
            const TensorView& bank = filters.get("mel_filters");
            if (bank.shape.size() != 2)
                throw Error(ErrorCode::ShapeMismatch,
                            fmt::format("{}: mel_filters must have two dimensions", path.string()));
            params.fftSize = static_cast<int>(2 * (bank.shape[0] - 1));
            params.melBins = static_cast<int>(bank.shape[1]);
            for (const std::string& name : filters.names())
                if (name.starts_with("window_"))
                    params.windowSamples = static_cast<int>(filters.get(name).elements());
        } else {
            for (const std::string& name : m_golden->names())
                if (const TensorView& tensor = m_golden->get(name); !tensor.shape.empty())
                    params.melBins = static_cast<int>(tensor.shape.back() / 2);
        }
        m_params = params;
        m_logMel.emplace(params);
    }

    AudioBuffer readClip(const std::string& wav) const {
        AudioBuffer clip = readAudioFile(m_folder / wav);
        if (clip.sampleRateHz != m_params.sampleRateHz)
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("{} has {} Hz where {} Hz are expected", wav, clip.sampleRateHz,
                                    m_params.sampleRateHz));
        return clip;
    }

    /// The values of a golden tensor when its shape is the expected one; else a deviation without
    /// end.
    static double deviation(const TensorView& golden, const std::vector<std::int64_t>& shape,
                            std::span<const float> got) {
        return golden.shape == shape ? largestDifference(got, toFloats(golden)) : kInfinity;
    }

    void verifyClip(JsonReader& line) {
        std::string id;
        std::string wav;
        std::int64_t samples = 0;
        double tolerance = 0.0;
        line.required("id", id);
        line.required("wav", wav);
        line.required("samples", samples);
        line.required("tolerance", tolerance);
        const AudioBuffer clip = readClip(wav);
        m_clips.emplace_back(id, clip.samples);
        const Features features = m_logMel->compute(clip.samples);
        const std::vector<std::int64_t> shape{features.frames, features.width};
        m_features.add(id, deviation(m_golden->get(id), shape, features.values), tolerance);
        if (m_exact)
            m_double.add(id, deviation(m_exact->get(id), shape, features.values), tolerance);
        const bool silent = std::all_of(clip.samples.begin(), clip.samples.end(),
                                        [](float sample) { return sample == 0.0F; });
        if (silent)
            m_silence.add(id,
                          largestDifference(features.values,
                                            std::vector<float>(features.values.size(), -1.5F)),
                          0.0);
        addCounts(line, m_counts, id, samples, static_cast<std::int64_t>(clip.samples.size()));
    }

    /// Compares what a line says of frames and tokens; `real` is the length that was read.
    void addCounts(JsonReader& line, VerifyLine& report, const std::string& id,
                   std::int64_t samples, std::int64_t real) {
        std::int64_t mel = 0;
        std::int64_t encoder = 0;
        std::int64_t tokens = 0;
        line.required("mel_frames", mel);
        line.required("encoder_frames", encoder);
        line.required("audio_tokens", tokens);
        const auto gotMel =
            static_cast<std::int64_t>(m_logMel->melFrames(static_cast<std::size_t>(real)));
        const std::int64_t gotTokens = audioTokens(gotMel / 2);
        report.add(id,
                   static_cast<double>(std::abs(samples - real) + std::abs(mel - gotMel) +
                                       std::abs(encoder - gotMel / 2) +
                                       std::abs(tokens - gotTokens)),
                   0.0);
    }

    void verifyLength(JsonReader& line) {
        std::int64_t samples = 0;
        line.required("samples", samples);
        if (!m_logMel)
            m_logMel.emplace(m_params);
        addCounts(line, m_lengths, fmt::format("{} samples", samples), samples, samples);
    }

    [[nodiscard]] const std::vector<float>& clipOf(const std::string& id) const {
        for (const auto& [name, samples] : m_clips)
            if (name == id)
                return samples;
        throw Error(ErrorCode::NotFound, fmt::format("the batch names \"{}\", which is no clip "
                                                     "before it",
                                                     id));
    }

    void verifyBatch(JsonReader& line) {
        std::string id;
        std::vector<std::string> of;
        double tolerance = 0.0;
        line.required("id", id);
        line.required("of", of);
        line.required("tolerance", tolerance);
        std::size_t longest = 0;
        for (const std::string& name : of)
            longest = std::max(longest, clipOf(name).size());
        std::vector<float> values;
        std::vector<std::int64_t> shape{static_cast<std::int64_t>(of.size()), 0, 0};
        std::vector<int> tokens;
        for (const std::string& name : of) {
            std::vector<float> padded = clipOf(name);
            const std::size_t frames = m_logMel->melFrames(padded.size()) / 2;
            tokens.push_back(static_cast<int>(audioTokens(static_cast<std::int64_t>(frames))));
            padded.resize(longest, 0.0F);
            const Features features = m_logMel->compute(padded);
            shape[1] = features.frames;
            shape[2] = features.width;
            values.insert(values.end(), features.values.begin(), features.values.end());
        }
        m_batch.add(id, deviation(m_golden->get(id), shape, values), tolerance);
        if (m_exact && m_exact->find(id) != nullptr)
            m_double.add(id, deviation(m_exact->get(id), shape, values), tolerance);
        verifyMask(line, id, tokens);
    }

    void verifyMask(JsonReader& line, const std::string& id, const std::vector<int>& tokens) {
        std::vector<int> said = tokens;
        std::vector<int> masked = tokens;
        const int widest = tokens.empty() ? 0 : *std::max_element(tokens.begin(), tokens.end());
        int width = widest;
        line.optional("audio_tokens", said);
        line.optional("mask_sum", masked);
        line.optional("mask_width", width);
        const bool equal = said == tokens && masked == tokens && width == widest;
        m_masks.add(id, equal ? 0.0 : 1.0, 0.0);
    }

    void verifyFilters() {
        const fs::path path = m_folder / "filters.safetensors";
        if (!fs::exists(path))
            return;
        const SafetensorsView golden(path);
        m_filters.add(
            "mel_filters",
            largestDifference(melFilters(m_params.fftSize, m_params.melBins, m_params.sampleRateHz),
                              toFloats(golden.get("mel_filters"))),
            kFilterTolerance);
        for (const std::string& name : golden.names())
            if (name.starts_with("window_"))
                m_window.add(name,
                             largestDifference(hannWindow(m_params.windowSamples),
                                               toFloats(golden.get(name))),
                             kWindowTolerance);
    }

    /// One sample too few must be refused, and the shortest clip taken.
    void verifyShortClips() {
        guard("short clips", [&] {
            const LogMel logMel(m_params);
            for (const std::size_t count : {std::size_t{0}, logMel.minSamples() - 1}) {
                bool refused = false;
                try {
                    (void)logMel.compute(std::vector<float>(count, 0.1F));
                } catch (const Error& error) {
                    refused = error.code() == ErrorCode::InvalidArgument;
                }
                m_short.add(fmt::format("{} samples", count), refused ? 0.0 : 1.0, 0.0);
            }
            (void)logMel.compute(std::vector<float>(logMel.minSamples(), 0.1F));
        });
    }

    fs::path m_folder;
    VerifySet m_set;
    FeatureParams m_params;
    std::optional<SafetensorsView> m_golden;
    std::optional<SafetensorsView> m_exact;
    std::optional<LogMel> m_logMel;
    std::vector<std::pair<std::string, std::vector<float>>> m_clips;
    VerifyLine m_features{.quantity = "features"};
    VerifyLine m_double{.quantity = "features against double precision"};
    VerifyLine m_silence{.quantity = "silence is -1.5"};
    VerifyLine m_batch{.quantity = "features of a padded batch"};
    VerifyLine m_counts{.quantity = "frames and tokens of the clips"};
    VerifyLine m_masks{.quantity = "tokens of a padded batch"};
    VerifyLine m_lengths{.quantity = "frames and tokens by length"};
    VerifyLine m_filters{.quantity = "mel filters"};
    VerifyLine m_window{.quantity = "window"};
    VerifyLine m_short{.quantity = "short clips are refused"};
};

} // namespace

bool isFeatureSet(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_regular_file(folder / "cases.jsonl", ignored) &&
           fs::is_regular_file(folder / "features.safetensors", ignored);
}

VerifySet verifyFeatures(const fs::path& folder) {
    return FeatureVerifier(folder).run();
}

} // namespace viva
