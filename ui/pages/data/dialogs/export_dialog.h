// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/project/clip_export.h"
#include "ui/pages/data/dialogs/job_dialog.h"

class QComboBox;
class QLineEdit;

namespace viva {

/// Writes clips out as a Hugging Face audio folder.
class ExportDialog : public JobDialog {
    Q_OBJECT

public:
    /// `filter` is that of the list, which holds `listed` of `all` clips.
    ExportDialog(std::filesystem::path projectFolder, ClipFilter filter, std::int64_t listed,
                 std::int64_t all, QWidget* parent = nullptr);

    void setFolder(const QString& folder);

protected:
    void begin() override;

private:
    QWidget* createForm(std::int64_t listed, std::int64_t all);

    std::filesystem::path m_project;
    ClipFilter m_filter;
    QLineEdit* m_folder = nullptr;
    QComboBox* m_which = nullptr;
};

} // namespace viva
