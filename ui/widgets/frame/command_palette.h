// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/frame/command.h"

#include <QDialog>

class QLineEdit;
class QListWidget;

namespace viva {

/// Ctrl+K: type a few letters, press Enter. Letters may skip ("gst" finds "Group size").
class CommandPalette : public QDialog {
    Q_OBJECT

public:
    explicit CommandPalette(QList<Command> commands, QWidget* parent = nullptr);

    /// How well `typed` fits `title`: 0 = not at all; higher = better.
    [[nodiscard]] static int fit(const QString& typed, const QString& title);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refill(const QString& typed);
    void runCurrent();

    QList<Command> m_commands;
    QLineEdit* m_field = nullptr;
    QListWidget* m_list = nullptr;
};

} // namespace viva
