// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QString>

#include <functional>

namespace viva {

/// Something the command palette finds and does.
struct Command {
    QString section; ///< "Go to", "Run", "Option", "View"
    QString title;
    QString detail; ///< a second, quieter line; may be empty
    QKeySequence shortcut;
    std::function<void()> run;
};

} // namespace viva
