// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"

#include <fmt/format.h>

#include <cstdio>
#include <mutex>

namespace viva {
namespace {

struct SinkHolder {
    std::mutex mutex;
    LogSink sink;
};

SinkHolder& holder() {
    static SinkHolder instance;
    return instance;
}

} // namespace

void log(LogLevel level, std::string_view category, std::string_view text) {
    SinkHolder& h = holder();
    const std::lock_guard lock(h.mutex);
    if (h.sink)
        h.sink(level, category, text);
    else if (level != LogLevel::Debug)
        fmt::print(stderr, "{}: {}\n", category, text);
}

void setLogSink(LogSink sink) {
    SinkHolder& h = holder();
    const std::lock_guard lock(h.mutex);
    h.sink = std::move(sink);
}

} // namespace viva
