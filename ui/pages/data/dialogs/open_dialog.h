// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/project/clip_files.h"
#include "ui/pages/data/dialogs/job_dialog.h"

#include <QStringList>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;

namespace viva {

/// Sound files and folders on their way into the project: copied or referred to, cut at silence if
/// wished, with the labels they share.
class OpenDialog : public JobDialog {
    Q_OBJECT

public:
    OpenDialog(std::filesystem::path projectFolder, const QStringList& paths,
               QWidget* parent = nullptr);

signals:
    void opened(const QStringList& names); ///< of the clips that are new

protected:
    void begin() override;

private:
    QWidget* createForm();
    void showReportOf(const OpenClipsReport& report);

    std::filesystem::path m_project;
    std::vector<std::filesystem::path> m_paths;
    QComboBox* m_copy = nullptr;
    QCheckBox* m_segment = nullptr;
    QComboBox* m_split = nullptr;
    QLineEdit* m_speaker = nullptr;
    QLineEdit* m_language = nullptr;
    QLineEdit* m_tags = nullptr;
};

} // namespace viva
