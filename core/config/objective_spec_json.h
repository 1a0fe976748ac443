// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json_reader.h"
#include "core/config/objective_spec.h"

#include <nlohmann/json_fwd.hpp>

namespace viva {

/// Writes the options as plain keys into `json`, an object.
void writeObjectiveSpec(const ObjectiveSpec& spec, nlohmann::json& json);
/// Reads those that are there. @throws Error(Format) naming the key and what is expected.
void readObjectiveSpec(JsonReader& reader, ObjectiveSpec& spec);

} // namespace viva
