// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/dialogs/open_dialog.h"

#include "core/store/project_store.h"
#include "ui/models/clips/clip_text.h"
#include "ui/pages/data/dialogs/form_rows.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/wrapped_label.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>

namespace viva {

OpenDialog::OpenDialog(std::filesystem::path projectFolder, const QStringList& paths,
                       QWidget* parent)
    : JobDialog(parent), m_project(std::move(projectFolder)) {
    for (const QString& path : paths)
        m_paths.emplace_back(path.toStdString());
    setWindowTitle(tr("Open sound files"));
    resize(560, 380);
    setForm(createForm(), tr("Open"));
}

QWidget* OpenDialog::createForm() {
    auto* form = new QWidget(this);
    const QString first = QString::fromStdString(m_paths.front().filename().string());
    const QString what =
        m_paths.size() == 1 ? first : tr("%1 and %2 more").arg(first).arg(m_paths.size() - 1);
    auto* title = wrappedLabel(form, nullptr, what);
    setTextSize(title, TextSize::Heading);
    m_copy = new QComboBox(form);
    m_copy->addItem(tr("copy them into the project"), true);
    m_copy->addItem(tr("refer to them where they lie"), false);
    m_segment = new QCheckBox(tr("Cut files over 30 s at silence into clips"), form);
    m_split = new QComboBox(form);
    m_split->setEditable(true);
    m_split->addItems(
        {QString(), QStringLiteral("train"), QStringLiteral("validation"), QStringLiteral("test")});
    m_split->lineEdit()->setPlaceholderText(tr("none yet"));
    m_speaker = new QLineEdit(form);
    m_language = new QLineEdit(form);
    m_language->setPlaceholderText(QStringLiteral("en"));
    m_tags = new QLineEdit(form);
    m_tags->setPlaceholderText(tr("parted by commas"));
    auto* grid = new QGridLayout(form);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(kGrid);
    grid->addWidget(title, 0, 0, 1, 2);
    addFormRow(*grid, tr("Sounds"), m_copy);
    addFormRow(*grid, tr("Speaker of all"), m_speaker);
    addFormRow(*grid, tr("Language of all"), m_language);
    addFormRow(*grid, tr("Split of all"), m_split);
    addFormRow(*grid, tr("Tags of all"), m_tags);
    grid->addWidget(m_segment, grid->rowCount(), 1);
    grid->setRowStretch(grid->rowCount(), 1);
    return form;
}

void OpenDialog::begin() {
    showProgress();
    OpenClipsOptions options;
    options.copy = m_copy->currentData().toBool();
    if (m_segment->isChecked())
        options.segments.emplace();
    options.labels.split = m_split->currentText().trimmed().toStdString();
    options.labels.speaker = m_speaker->text().trimmed().toStdString();
    options.labels.language = m_language->text().trimmed().toStdString();
    options.labels.tags = tagsFrom(m_tags->text());
    job().start(
        [project = m_project, paths = m_paths, options](const std::stop_token& stop,
                                                        const LongJob::Progress& progress) mutable {
            options.stop = stop;
            options.progress = [&progress](double fraction) {
                progress(fraction, tr("Reading and checking the sounds ..."));
            };
            const auto store = ProjectStore::open(project);
            return openClips(*store, paths, options);
        },
        [this](const OpenClipsReport& report) { showReportOf(report); },
        [this](const ErrorInfo& error) { showFailure(error); });
}

void OpenDialog::showReportOf(const OpenClipsReport& report) {
    QStringList names;
    for (const std::string& name : report.added)
        names << QString::fromStdString(name);
    emit opened(names);
    if (report.faults.empty() && report.known.empty() && !report.stopped && !names.isEmpty()) {
        accept();
        return;
    }
    QStringList words{tr("%1 added.").arg(clipCount(names.size()))};
    if (!report.known.empty())
        words << tr("%1 had been there already.")
                     .arg(clipCount(static_cast<std::int64_t>(report.known.size())));
    if (!report.faults.empty())
        words << tr("%1 did not go in.")
                     .arg(clipCount(static_cast<std::int64_t>(report.faults.size())));
    if (report.stopped)
        words << tr("Stopped before the end, as you asked.");
    showReport(words.join(u' '), report.faults);
}

} // namespace viva
