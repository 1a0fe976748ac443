// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>

namespace viva {

enum class MessageKind { Info, Warning, Error };

/// A line for the strip above the bottom bar.
struct Message {
    MessageKind kind = MessageKind::Info;
    QString text;
    QString actionLabel; ///< empty = no button
    std::function<void()> action;
};

} // namespace viva
