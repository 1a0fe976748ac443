// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QLabel;
class QWidget;

namespace viva {

/// Text that wraps and can be selected with the mouse; `look` as in the style sheet ("muted").
[[nodiscard]] QLabel* wrappedLabel(QWidget* parent, const char* look = nullptr,
                                   const QString& text = {});

} // namespace viva
