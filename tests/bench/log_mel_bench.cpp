// SPDX-License-Identifier: GPL-3.0-or-later
// How many seconds of sound a second of one core turns into features, and how resampling compares.
#include "core/audio/resampler.h"
#include "core/base/rng.h"
#include "core/features/log_mel.h"

#include <benchmark/benchmark.h>

namespace {

viva::AudioBuffer noise(int rateHz, double durationSec) {
    viva::Rng rng(1, "bench");
    viva::AudioBuffer buffer{{}, rateHz};
    buffer.samples.resize(static_cast<std::size_t>(rateHz * durationSec));
    for (float& sample : buffer.samples)
        sample = static_cast<float>(rng.uniform(-0.5, 0.5));
    return buffer;
}

void reportTimesRealTime(benchmark::State& state, double durationSec) {
    state.counters["x_real_time"] = benchmark::Counter(
        durationSec * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void logMel(benchmark::State& state) {
    const auto durationSec = static_cast<double>(state.range(0));
    const viva::AudioBuffer clip = noise(16000, durationSec);
    const viva::LogMel features;
    for (auto _ : state)
        benchmark::DoNotOptimize(features.compute(clip.samples));
    reportTimesRealTime(state, durationSec);
}
BENCHMARK(logMel)->Arg(1)->Arg(4)->Arg(30);

void resampleTo16k(benchmark::State& state) {
    const viva::AudioBuffer clip = noise(static_cast<int>(state.range(0)), 4.0);
    for (auto _ : state)
        benchmark::DoNotOptimize(viva::resample(clip, 16000));
    reportTimesRealTime(state, 4.0);
}
BENCHMARK(resampleTo16k)->Arg(44100)->Arg(48000)->Arg(8000);

} // namespace
