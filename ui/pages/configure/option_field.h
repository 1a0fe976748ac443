// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_option.h"

#include <QWidget>

class QHBoxLayout;
class QLabel;

namespace viva {

class ConfigForm;

/// One option of the form: label with symbol, editor, unit, and what is wrong with it below.
class OptionField : public QWidget {
    Q_OBJECT

public:
    OptionField(const TrainOption& option, ConfigForm& form, QWidget* parent = nullptr);

    [[nodiscard]] const TrainOption& option() const { return m_option; }
    /// Shows the form's present value.
    void readForm();
    /// Shows what is wrong and whether it differs from the preset.
    void showState();
    void focusEditor();

    [[nodiscard]] static QString explanation(const TrainOption& option);

signals:
    void browseRequested(); ///< the button of a field that names a folder

private:
    QWidget* createEditor();
    QWidget* createNumber();
    QWidget* createChoice();
    QWidget* createData();
    QWidget* createSwitch();
    QWidget* createText();
    QWidget* createHeading();
    QHBoxLayout* createModelLine();
    void write(const QString& text);
    void setEditorFlag(const char* name, bool on);

    const TrainOption& m_option;
    ConfigForm& m_form;
    QWidget* m_editor = nullptr;
    QLabel* m_problem = nullptr;
    QLabel* m_label = nullptr;
    bool m_reading = false;
    bool m_writing = false;
};

} // namespace viva
