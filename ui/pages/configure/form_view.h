// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QMap>
#include <QWidget>

class QGridLayout;

namespace viva {

class ConfigForm;
class FoldSection;
class OptionField;
struct TrainOption;

/// The form made from the table of options: the common ones in view, the rest in groups that fold.
class FormView : public QWidget {
    Q_OBJECT

public:
    explicit FormView(ConfigForm& form, QWidget* parent = nullptr);

    /// Unfolds its group and gives it the focus.
    void showField(const QString& key);
    [[nodiscard]] OptionField* field(const QString& key) const { return m_fields.value(key); }

signals:
    void modelRequested(); ///< a model folder is to be chosen

private:
    QWidget* createCommon();
    void createGroups(class QVBoxLayout& layout);
    QWidget* makeGrid(const QList<const TrainOption*>& options);
    void updateStates();
    void updateNotes();

    ConfigForm& m_form;
    QMap<QString, OptionField*> m_fields;
    QMap<QString, FoldSection*> m_sections; ///< by group
};

} // namespace viva
