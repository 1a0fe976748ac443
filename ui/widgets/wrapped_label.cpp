// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/wrapped_label.h"

#include <QLabel>
#include <QVariant>

namespace viva {

QLabel* wrappedLabel(QWidget* parent, const char* look, const QString& text) {
    auto* label = new QLabel(text, parent);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    if (look)
        label->setProperty("look", look);
    return label;
}

} // namespace viva
