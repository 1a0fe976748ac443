// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import_item.h"
#include "ui/bridge/long_job.h"

#include <QDialog>

#include <vector>

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace viva {

class FaultTable;

/// A dialog around a long job: a form with the button that begins, progress with Stop, and a report
/// of what went wrong that can be searched and saved. Closing while the job runs asks it to stop.
class JobDialog : public QDialog {
    Q_OBJECT

public:
    explicit JobDialog(QWidget* parent = nullptr);

    [[nodiscard]] LongJob& job() { return m_job; }

protected:
    /// The form, and the words on the button that calls begin().
    void setForm(QWidget* form, const QString& verb);
    void setReady(bool ready); ///< whether the button can be pressed
    virtual void begin() = 0;
    void showProgress();
    void showReport(const QString& headline, std::vector<ImportFault> faults);
    void showFailure(const ErrorInfo& error); ///< back to the form, with the words above it
    void reject() override;

private:
    QWidget* createProgressPage();
    QWidget* createReportPage();
    void saveFaults();

    LongJob m_job;
    QStackedWidget* m_stack = nullptr;
    QWidget* m_formPage = nullptr;
    QLabel* m_failure = nullptr;
    QPushButton* m_begin = nullptr;
    QProgressBar* m_bar = nullptr;
    QLabel* m_progressText = nullptr;
    QPushButton* m_stop = nullptr;
    QLabel* m_headline = nullptr;
    QLineEdit* m_search = nullptr;
    QTableView* m_table = nullptr;
    QPushButton* m_save = nullptr;
    FaultTable* m_faults = nullptr;
};

} // namespace viva
