// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/dialogs/form_rows.h"

#include "ui/theme/type_scale.h"

#include <QBoxLayout>
#include <QFileDialog>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

namespace viva {

void addFormRow(QGridLayout& grid, const QString& name, QWidget* field, QWidget* behind) {
    const int row = grid.rowCount();
    auto* label = new QLabel(name, field->parentWidget());
    label->setProperty("look", "muted");
    label->setBuddy(field);
    if (field->accessibleName().isEmpty())
        field->setAccessibleName(name);
    grid.addWidget(label, row, 0);
    grid.addWidget(field, row, 1);
    if (behind)
        grid.addWidget(behind, row, 2);
}

PathRow makePathRow(QWidget* parent, PathKind kind, const QString& title) {
    PathRow row;
    row.widget = new QWidget(parent);
    row.line = new QLineEdit(row.widget);
    row.line->setAccessibleName(title);
    auto* layout = new QHBoxLayout(row.widget);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGrid);
    layout->addWidget(row.line, 1);
    const auto add = [&](const QString& label, bool folder) {
        auto* button = new QPushButton(label, row.widget);
        button->setAutoDefault(false);
        layout->addWidget(button);
        QObject::connect(button, &QPushButton::clicked, row.line, [line = row.line, title, folder] {
            const QString path = folder
                                     ? QFileDialog::getExistingDirectory(line, title, line->text())
                                     : QFileDialog::getOpenFileName(line, title, line->text());
            if (!path.isEmpty())
                line->setText(path);
        });
    };
    if (kind != PathKind::Folder)
        add(QObject::tr("File..."), false);
    if (kind != PathKind::File)
        add(QObject::tr("Folder..."), true);
    return row;
}

} // namespace viva
