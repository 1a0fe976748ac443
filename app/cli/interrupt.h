// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>

namespace viva {

/// Ctrl-C and SIGTERM as a stop token. To be made before any other thread, as it blocks the signals
/// in this thread and all that come after.
///
/// A command that can stop cleanly holds a Grace: the first signal then only asks to stop, the
/// second ends the program at once. Without one the first already does.
class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    [[nodiscard]] std::stop_token token() const;
    /// 128 + the signal that came first; 0 when none did.
    [[nodiscard]] int exitCode() const;

    class Grace {
    public:
        explicit Grace(Interrupt& interrupt);
        ~Grace();
        Grace(const Grace&) = delete;
        Grace& operator=(const Grace&) = delete;

    private:
        Interrupt& m_interrupt;
    };

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
