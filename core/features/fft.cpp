// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/features/fft.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <mutex>

namespace viva {
namespace {

/// FFTW's planner keeps global tables; only execution may run in several threads.
std::mutex& plannerMutex() {
    static std::mutex mutex;
    return mutex;
}

} // namespace

FftMemory::FftMemory(int size)
    : in(fftwf_alloc_real(static_cast<std::size_t>(size))),
      out(fftwf_alloc_complex(static_cast<std::size_t>(size / 2 + 1))) {
    if (!in || !out)
        throw Error(ErrorCode::OutOfMemory, "there is no memory for a Fourier transform");
}

FftPlan::FftPlan(int size) {
    const FftMemory memory(size);
    const std::lock_guard lock(plannerMutex());
    // ESTIMATE, not MEASURE: a plan chosen by timing differs between runs, and so do roundings.
    m_plan = fftwf_plan_dft_r2c_1d(size, memory.in.get(), memory.out.get(), FFTW_ESTIMATE);
    if (m_plan == nullptr)
        throw Error(ErrorCode::Internal, fmt::format("there is no transform of size {}", size));
}

FftPlan::~FftPlan() {
    const std::lock_guard lock(plannerMutex());
    fftwf_destroy_plan(m_plan);
}

} // namespace viva
