// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string_view>

namespace viva {

enum class LogLevel { Debug, Info, Warning, Error };

using LogSink = std::function<void(LogLevel, std::string_view category, std::string_view text)>;

/// Sends one line to the sink; safe from any thread. Category is the folder ("audio", "train").
/// For decisions and recoveries; never inside loops over samples or tokens.
void log(LogLevel level, std::string_view category, std::string_view text);

/// Replaces the sink (set by the programs; the default drops Debug and writes the rest to stderr).
void setLogSink(LogSink sink);

} // namespace viva
