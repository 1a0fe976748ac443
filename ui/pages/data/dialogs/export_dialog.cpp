// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/dialogs/export_dialog.h"

#include "core/store/project_store.h"
#include "ui/models/clips/clip_text.h"
#include "ui/models/format.h"
#include "ui/pages/data/dialogs/form_rows.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/wrapped_label.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>

namespace viva {

ExportDialog::ExportDialog(std::filesystem::path projectFolder, ClipFilter filter,
                           std::int64_t listed, std::int64_t all, QWidget* parent)
    : JobDialog(parent), m_project(std::move(projectFolder)), m_filter(std::move(filter)) {
    setWindowTitle(tr("Export clips"));
    resize(640, 300);
    setForm(createForm(listed, all), tr("Export"));
    setReady(false);
}

QWidget* ExportDialog::createForm(std::int64_t listed, std::int64_t all) {
    auto* form = new QWidget(this);
    auto* title =
        wrappedLabel(form, "muted",
                     tr("A folder for each split, with the sounds as they are and their labels in "
                        "metadata.jsonl: what Hugging Face's datasets load as an audio folder."));
    const PathRow folder = makePathRow(form, PathKind::Folder, tr("Folder"));
    m_folder = folder.line;
    m_folder->setPlaceholderText(tr("a new or empty folder"));
    m_which = new QComboBox(form);
    if (listed < all)
        m_which->addItem(tr("the list as it is filtered: %1").arg(clipCount(listed)), true);
    m_which->addItem(tr("all of the project: %1").arg(clipCount(all)), false);
    auto* grid = new QGridLayout(form);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(kGrid);
    grid->addWidget(title, 0, 0, 1, 2);
    addFormRow(*grid, tr("Folder"), folder.widget);
    addFormRow(*grid, tr("Clips"), m_which);
    grid->setRowStretch(grid->rowCount(), 1);
    connect(m_folder, &QLineEdit::textChanged, this,
            [this](const QString& text) { setReady(!text.trimmed().isEmpty()); });
    return form;
}

void ExportDialog::setFolder(const QString& folder) {
    m_folder->setText(folder);
}

void ExportDialog::begin() {
    showProgress();
    ClipExportRequest request;
    request.folder = m_folder->text().trimmed().toStdString();
    if (m_which->currentData().toBool())
        request.filter = m_filter;
    job().start(
        [project = m_project, request](const std::stop_token& stop,
                                       const LongJob::Progress& progress) {
            const auto store = ProjectStore::openReadOnly(project);
            return exportClips(*store, request, stop, [&progress](double fraction) {
                progress(fraction, tr("Copying sounds and labels ..."));
            });
        },
        [this, folder = request.folder](const ClipExportReport& report) {
            QString words =
                tr("%1 written to %2 (%3).")
                    .arg(clipCount(report.clips), QString::fromStdString(folder.string()),
                         formatBytes(static_cast<std::int64_t>(report.bytes)));
            if (!report.faults.empty())
                words += tr(" %1 stayed out.")
                             .arg(clipCount(static_cast<std::int64_t>(report.faults.size())));
            if (report.stopped)
                words += tr(" Stopped before the end, as you asked; what was written is whole.");
            showReport(words, report.faults);
        },
        [this](const ErrorInfo& error) { showFailure(error); });
}

} // namespace viva
