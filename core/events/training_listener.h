// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_event.h"

namespace viva {

/// Receives a run's events on the trainer's thread, in order. An implementation copies what it
/// needs and returns at once: it never blocks, never throws, never calls back into the session.
class TrainingListener {
public:
    virtual ~TrainingListener() = default;
    virtual void onEvent(const TrainingEvent& event) = 0;
};

} // namespace viva
