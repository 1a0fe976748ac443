// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/features/verify_resampling.h"

#include "core/audio/audio_file.h"
#include "core/audio/resampling_quality.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/base/safetensors_view.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <limits>
#include <set>
#include <utility>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr int kModelRateHz = 16000;
constexpr double kMaxShiftSamples = 0.01;

struct Limits {
    double gainErrorDb = 0.02;
    double distortionDb = -120.0;
    double stopBandDb = -120.0;
    double chirpMaxError = 5e-5;
};

double amplitude(double decibels) {
    return std::pow(10.0, decibels / 20.0);
}

Limits readLimits(JsonReader& quality) {
    Limits limits;
    if (auto wanted = quality.object("to_reach")) {
        wanted->optional("gain_error_db", limits.gainErrorDb);
        wanted->optional("distortion_and_images_db", limits.distortionDb);
        wanted->optional("stopband_db", limits.stopBandDb);
        wanted->optional("chirp_max_error", limits.chirpMaxError);
    }
    return limits;
}

/// The pairs of rates in keys such as "44100->16000 VHQ float32".
std::set<std::pair<int, int>> ratePairs(const nlohmann::json* measured) {
    std::set<std::pair<int, int>> pairs;
    if (measured == nullptr || !measured->is_object())
        return pairs;
    for (const auto& [key, value] : measured->items()) {
        int from = 0;
        int to = 0;
        if (std::sscanf(key.c_str(), "%d->%d", &from, &to) == 2)
            pairs.emplace(from, to);
    }
    return pairs;
}

void verifyTones(const nlohmann::json* measured, const Limits& limits, VerifySet& set) {
    VerifyLine gain{.quantity = "resampling: gain error (dB)"};
    VerifyLine rest{.quantity = "resampling: distortion and images (amplitude)"};
    VerifyLine stop{.quantity = "resampling: left of the stop band (amplitude)"};
    VerifyLine shift{.quantity = "resampling: shift in time (samples)"};
    for (const auto& [from, to] : ratePairs(measured)) {
        const std::string id = fmt::format("{}->{}", from, to);
        const ResamplingQuality got = measureResampling(from, to);
        gain.add(id, got.gainErrorDb, limits.gainErrorDb);
        rest.add(id, amplitude(got.distortionDb), amplitude(limits.distortionDb));
        shift.add(id, got.shiftSamples, kMaxShiftSamples);
        if (from > to)
            stop.add(id, amplitude(got.stopBandDb), amplitude(limits.stopBandDb));
    }
    for (const VerifyLine* line : {&gain, &rest, &stop, &shift})
        if (line->cases > 0)
            set.lines.push_back(*line);
}

void verifyChirps(const fs::path& folder, const nlohmann::json* chirps, double tolerance,
                  VerifySet& set) {
    if (chirps == nullptr || !chirps->is_array())
        return;
    const SafetensorsView expected(folder / "resample" / "expected_16000.safetensors");
    VerifyLine line{.quantity = "resampling: chirps"};
    for (const nlohmann::json& value : *chirps) {
        JsonReader chirp(value, "resample/quality.json", "chirps");
        std::string id;
        std::string wav;
        chirp.required("id", id);
        chirp.required("wav", wav);
        const std::vector<float> got = readAudioForModel(folder / wav, kModelRateHz).samples;
        const std::vector<float> want = toFloats(expected.get(id));
        double worst = got.size() == want.size() ? 0.0 : std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < std::min(got.size(), want.size()); ++i)
            worst = std::max(worst, std::abs(static_cast<double>(got[i]) - want[i]));
        line.add(id, worst, tolerance);
    }
    if (line.cases > 0)
        set.lines.push_back(line);
}

} // namespace

void verifyResampling(const fs::path& folder, VerifySet& set) {
    const fs::path path = folder / "resample" / "quality.json";
    if (!fs::exists(path))
        return;
    try {
        const nlohmann::json json = readJsonFile(path);
        JsonReader quality(json, path.string());
        const Limits limits = readLimits(quality);
        verifyChirps(folder, quality.raw("chirps"), limits.chirpMaxError, set);
        verifyTones(quality.raw("measured"), limits, set);
    } catch (const std::exception&) {
        set.problems.push_back(fmt::format("resample: {}", currentErrorInfo().text()));
    }
}

} // namespace viva
