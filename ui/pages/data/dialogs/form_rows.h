// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QGridLayout;
class QLineEdit;
class QPushButton;
class QWidget;

namespace viva {

/// A row of a dialog's form: label, field and perhaps something behind it; the label is the field's
/// accessible name.
void addFormRow(QGridLayout& grid, const QString& name, QWidget* field, QWidget* behind = nullptr);

/// A path to type or to choose; `button` opens a dialog for a folder (or a file) and fills it in.
struct PathRow {
    QWidget* widget = nullptr;
    QLineEdit* line = nullptr;
};
enum class PathKind { File, Folder, FileOrFolder };
[[nodiscard]] PathRow makePathRow(QWidget* parent, PathKind kind, const QString& title);

} // namespace viva
