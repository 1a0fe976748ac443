// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fftw3.h>

#include <memory>

namespace viva {

/// Memory aligned as a plan expects it: `size` real numbers in, size / 2 + 1 complex ones out.
struct FftMemory {
    struct Free {
        void operator()(void* memory) const { fftwf_free(memory); }
    };

    /// @throws Error(OutOfMemory).
    explicit FftMemory(int size);

    std::unique_ptr<float, Free> in;
    std::unique_ptr<fftwf_complex, Free> out;
};

/// Fourier transform of real numbers; internal to core/audio. run() may be called from several
/// threads, each with memory of its own.
class FftPlan {
public:
    /// @throws Error(Internal | OutOfMemory).
    explicit FftPlan(int size);
    ~FftPlan();
    FftPlan(const FftPlan&) = delete;
    FftPlan& operator=(const FftPlan&) = delete;

    void run(const FftMemory& memory) const {
        fftwf_execute_dft_r2c(m_plan, memory.in.get(), memory.out.get());
    }

private:
    fftwf_plan m_plan = nullptr;
};

} // namespace viva
