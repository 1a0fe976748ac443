// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/project/run_setup.h"
#include "core/run/training_engine.h"

#include <memory>

namespace viva {

/// The real engine (LibTorch inside). Never blocks; the work starts in prepare().
[[nodiscard]] std::unique_ptr<TrainingEngine> makeTrainingEngine(const RunSetup& setup);

} // namespace viva
