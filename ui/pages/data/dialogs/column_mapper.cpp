// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/dialogs/column_mapper.h"

#include "core/base/error.h"
#include "core/project/clip_import.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QGridLayout>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include <algorithm>

namespace viva {
namespace {

constexpr int kPairsInRow = 3;

QString fieldName(const std::string& field) {
    const std::map<std::string, QString> names{
        {"id", ColumnMapper::tr("Name")},           {"audio", ColumnMapper::tr("Sound")},
        {"text", ColumnMapper::tr("Transcript")},   {"task", ColumnMapper::tr("Task")},
        {"question", ColumnMapper::tr("Question")}, {"reference", ColumnMapper::tr("Reference")},
        {"speaker", ColumnMapper::tr("Speaker")},   {"voice", ColumnMapper::tr("Voice")},
        {"language", ColumnMapper::tr("Language")}, {"split", ColumnMapper::tr("Split")},
        {"tags", ColumnMapper::tr("Tags")},         {"licence", ColumnMapper::tr("Licence")},
        {"start", ColumnMapper::tr("From (s)")},    {"length", ColumnMapper::tr("Length (s)")}};
    const auto place = names.find(field);
    return place == names.end() ? QString::fromStdString(field) : place->second;
}

} // namespace

ColumnMapper::ColumnMapper(std::filesystem::path projectFolder, QWidget* parent)
    : QWidget(parent), m_project(std::move(projectFolder)) {
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(kGrid);
    grid->setVerticalSpacing(kHalfGrid);
    int place = 0;
    for (const std::string& field : mappingFields()) {
        auto* box = new QComboBox(this);
        box->setAccessibleName(tr("Column of %1").arg(fieldName(field)));
        auto* label = new QLabel(fieldName(field), this);
        label->setProperty("look", "muted");
        label->setBuddy(box);
        const int row = place / kPairsInRow;
        const int column = 2 * (place % kPairsInRow);
        grid->addWidget(label, row, column);
        grid->addWidget(box, row, column + 1);
        grid->setColumnStretch(column + 1, 1);
        ++place;
        m_fields[field] = box;
        connect(box, &QComboBox::activated, this, &ColumnMapper::readFields);
    }
    m_saved = new QComboBox(this);
    m_saved->setAccessibleName(tr("Saved mapping"));
    m_separator = new QLineEdit(this);
    m_separator->setMaximumWidth(6 * kGrid);
    m_separator->setAccessibleName(tr("Sign between several references or tags"));
    m_separator->setToolTip(m_separator->accessibleName());
    auto* save = new QPushButton(tr("Save mapping..."), this);
    save->setAutoDefault(false);
    m_words = wrappedLabel(this, "errorText");
    m_words->hide();
    auto* row = new QHBoxLayout;
    row->addWidget(new QLabel(tr("Several parted by"), this));
    row->addWidget(m_separator);
    row->addStretch();
    row->addWidget(m_saved);
    row->addWidget(save);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addLayout(grid);
    column->addLayout(row);
    column->addWidget(m_words);
    connect(m_separator, &QLineEdit::editingFinished, this, &ColumnMapper::readFields);
    connect(m_saved, &QComboBox::activated, this, &ColumnMapper::useSaved);
    connect(save, &QPushButton::clicked, this, &ColumnMapper::save);
    fillSaved();
}

void ColumnMapper::fillSaved() {
    m_saved->clear();
    m_saved->addItem(tr("Saved mappings"));
    try {
        for (const std::string& name : savedMappings(m_project))
            m_saved->addItem(QString::fromStdString(name));
    } catch (const Error&) {
        // Without the folder there are none to choose from; saving says what is wrong.
    }
    m_saved->setVisible(m_saved->count() > 1);
}

void ColumnMapper::setColumns(const std::vector<std::string>& columns,
                              const ColumnMapping& mapping) {
    m_columns = columns;
    if (!m_own)
        m_mapping = mapping;
    showMapping();
}

std::optional<ColumnMapping> ColumnMapper::chosen() const {
    return m_own ? std::optional(m_mapping) : std::nullopt;
}

void ColumnMapper::forget() {
    m_own = false;
}

void ColumnMapper::showMapping() {
    m_showing = true;
    for (const auto& [field, box] : m_fields) {
        box->clear();
        box->addItem(QStringLiteral("–"), QString());
        for (const std::string& column : m_columns)
            box->addItem(QString::fromStdString(column), QString::fromStdString(column));
        const auto own = m_mapping.columns.find(field);
        const int index =
            own == m_mapping.columns.end() ? 0 : box->findData(QString::fromStdString(own->second));
        box->setCurrentIndex(std::max(index, 0));
    }
    m_separator->setText(QString::fromStdString(m_mapping.separator));
    m_showing = false;
}

void ColumnMapper::readFields() {
    if (m_showing)
        return;
    ColumnMapping now = m_mapping;
    now.columns.clear();
    for (const auto& [field, box] : m_fields)
        if (const QString column = box->currentData().toString(); !column.isEmpty())
            now.columns[field] = column.toStdString();
    now.separator = m_separator->text().toStdString();
    if (now == m_mapping)
        return;
    m_mapping = std::move(now);
    m_own = true;
    emit changed();
}

void ColumnMapper::useSaved() {
    if (m_saved->currentIndex() <= 0)
        return;
    try {
        m_mapping = loadMapping(m_project, m_saved->currentText().toStdString());
        m_own = true;
        m_words->hide();
        showMapping();
        emit changed();
    } catch (...) {
        m_words->setText(QString::fromStdString(currentErrorInfo().text()));
        m_words->show();
    }
}

void ColumnMapper::save() {
    const QString name =
        QInputDialog::getText(this, tr("Save mapping"), tr("Name of this mapping"));
    if (name.trimmed().isEmpty())
        return;
    try {
        saveMapping(m_project, name.trimmed().toStdString(), m_mapping);
        m_words->hide();
        fillSaved();
        m_saved->setCurrentText(name.trimmed());
    } catch (...) {
        m_words->setText(QString::fromStdString(currentErrorInfo().text()));
        m_words->show();
    }
}

} // namespace viva
