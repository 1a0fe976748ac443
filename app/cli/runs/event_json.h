// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_event.h"

#include <nlohmann/json_fwd.hpp>

namespace viva {

/// An event as one JSON object with its kind under "event"; groups without their token vectors.
[[nodiscard]] nlohmann::ordered_json toJson(const TrainingEvent& event);

} // namespace viva
