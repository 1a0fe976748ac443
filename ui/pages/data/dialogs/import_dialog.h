// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/project/clip_import.h"
#include "ui/bridge/task_runner.h"
#include "ui/pages/data/dialogs/job_dialog.h"

#include <QTimer>

class QComboBox;
class QLabel;
class QLineEdit;
class QTableView;

namespace viva {

class ColumnMapper;
class ImportPreviewTable;

/// Brings a data set into the project: what lies at a path, how its columns are read, what the
/// first clips would look like, then the import itself.
class ImportDialog : public JobDialog {
    Q_OBJECT

public:
    ImportDialog(TaskRunner& tasks, std::filesystem::path projectFolder, QWidget* parent = nullptr);

    void setPath(const QString& path);
    [[nodiscard]] ClipImportRequest request() const;

signals:
    void imported(); ///< something may have gone in

protected:
    void begin() override;

private:
    QWidget* createForm();
    QWidget* createOptions(QWidget* parent);
    void connectSignals();
    void preview();
    void applyPreview(ImportPreview preview);
    void showReportOf(const ImportReport& report);

    std::filesystem::path m_project;
    TaskChannel m_previews;
    QTimer m_typing;
    ImportPreviewTable* m_rows = nullptr;
    QLineEdit* m_path = nullptr;
    QComboBox* m_format = nullptr;
    QComboBox* m_copy = nullptr;
    QComboBox* m_split = nullptr;
    QComboBox* m_task = nullptr;
    QLineEdit* m_language = nullptr;
    QLineEdit* m_audioFolder = nullptr;
    QLabel* m_told = nullptr;
    QLabel* m_problem = nullptr;
    ColumnMapper* m_mapper = nullptr;
    QTableView* m_table = nullptr;
};

} // namespace viva
