// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWheelEvent>

namespace viva {

/// A wheel over a form scrolls the form; it changes a field only where the field has the focus.
template<typename Base>
class Calm : public Base {
public:
    explicit Calm(QWidget* parent) : Base(parent) { this->setFocusPolicy(Qt::StrongFocus); }

protected:
    void wheelEvent(QWheelEvent* event) override {
        if (this->hasFocus())
            Base::wheelEvent(event);
        else
            event->ignore();
    }
};

} // namespace viva
