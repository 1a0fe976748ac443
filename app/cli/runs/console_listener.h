// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_listener.h"

#include <memory>

namespace viva {

/// How a run is told on the console.
enum class ConsoleStyle {
    Terminal, ///< one line that is drawn again, with a bar
    Plain,    ///< a line now and then, for logs
    Json,     ///< one JSON object an event
    Quiet     ///< what went wrong only
};

/// Terminal where the output is one, else Plain; --json and --quiet win.
[[nodiscard]] ConsoleStyle consoleStyle(bool json, bool quiet);

/// Training events as text or JSON lines. The text goes to standard error, so that results can be
/// piped; JSON goes to standard output.
class ConsoleListener final : public TrainingListener {
public:
    explicit ConsoleListener(ConsoleStyle style);
    ~ConsoleListener() override;

    void onEvent(const TrainingEvent& event) override;
    /// Blocks until the run ended or paused itself; what it is then.
    [[nodiscard]] RunState waitForEndOrPause();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
