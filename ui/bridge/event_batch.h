// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_event.h"

#include <QMetaType>

#include <memory>
#include <vector>

namespace viva {

/// Events of a run in the order they happened; an immutable snapshot that is shared, not copied.
using EventBatch = std::shared_ptr<const std::vector<TrainingEvent>>;

} // namespace viva

Q_DECLARE_METATYPE(viva::EventBatch)
