// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt.h"

#include "core/base/error.h"

#include <atomic>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <thread>
#include <unistd.h>

namespace viva {

struct Interrupt::Impl {
    // --- immutable after construction
    int signals = -1; ///< becomes readable when a signal came
    int closing = -1; ///< becomes readable when the program ends

    // --- shared
    std::stop_source stop;
    std::atomic<int> graces{0};
    std::atomic<int> first{0}; ///< the signal that came first

    std::jthread thread;

    void watch() {
        for (;;) {
            std::array<pollfd, 2> waiting{pollfd{signals, POLLIN, 0}, pollfd{closing, POLLIN, 0}};
            if (::poll(waiting.data(), waiting.size(), -1) < 0)
                continue;
            if (waiting[1].revents != 0)
                return;
            signalfd_siginfo info{};
            if (::read(signals, &info, sizeof info) == sizeof info)
                onSignal(static_cast<int>(info.ssi_signo));
        }
    }

    void onSignal(int number) {
        if (first.exchange(number) != 0 || graces == 0)
            ::_exit(128 + number);
        stop.request_stop();
    }
};

Interrupt::Interrupt() : m_impl(std::make_unique<Impl>()) {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_impl->signals = ::signalfd(-1, &set, SFD_CLOEXEC);
    m_impl->closing = ::eventfd(0, EFD_CLOEXEC);
    VIVA_ASSERT(m_impl->signals >= 0 && m_impl->closing >= 0);
    m_impl->thread = std::jthread([impl = m_impl.get()] { impl->watch(); });
}

Interrupt::~Interrupt() {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(m_impl->closing, &one, sizeof one));
    m_impl->thread.join();
    ::close(m_impl->signals);
    ::close(m_impl->closing);
}

std::stop_token Interrupt::token() const {
    return m_impl->stop.get_token();
}

int Interrupt::exitCode() const {
    const int first = m_impl->first;
    return first == 0 ? 0 : 128 + first;
}

Interrupt::Grace::Grace(Interrupt& interrupt) : m_interrupt(interrupt) {
    ++m_interrupt.m_impl->graces;
}

Interrupt::Grace::~Grace() {
    --m_interrupt.m_impl->graces;
}

} // namespace viva
