// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/dialogs/import_dialog.h"

#include "core/store/project_store.h"
#include "ui/models/clips/clip_text.h"
#include "ui/models/clips/import_preview_table.h"
#include "ui/models/format.h"
#include "ui/pages/data/dialogs/column_mapper.h"
#include "ui/pages/data/dialogs/form_rows.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>

namespace viva {
namespace {

constexpr int kTypingMs = 250;
constexpr std::size_t kPreviewRows = 50;

QString titleOf(const std::string& format) {
    for (const ImportFormat& one : importFormats())
        if (one.name == format)
            return QString::fromStdString(one.title);
    return QString::fromStdString(format);
}

QString progressText(const ImportProgress& progress) {
    const ImportCounts& counts = progress.counts;
    QString text = ImportDialog::tr("%1 read · %2 new · %3 not accepted")
                       .arg(clipCount(counts.read()))
                       .arg(counts.added)
                       .arg(counts.rejected);
    if (progress.bytesCopied > 0)
        text += ImportDialog::tr(" · %1 copied")
                    .arg(formatBytes(static_cast<std::int64_t>(progress.bytesCopied)));
    return text;
}

} // namespace

ImportDialog::ImportDialog(TaskRunner& tasks, std::filesystem::path projectFolder, QWidget* parent)
    : JobDialog(parent), m_project(std::move(projectFolder)), m_previews(tasks, this) {
    setWindowTitle(tr("Import a data set"));
    resize(960, 640);
    m_typing.setSingleShot(true);
    m_typing.setInterval(kTypingMs);
    setForm(createForm(), tr("Import"));
    connectSignals();
    setReady(false);
}

QWidget* ImportDialog::createForm() {
    auto* form = new QWidget(this);
    auto* column = new QVBoxLayout(form);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addWidget(createOptions(form));
    m_told = wrappedLabel(form, "muted",
                          tr("Choose a file or a folder; what it is, is told from "
                             "what lies there."));
    m_problem = wrappedLabel(form, "errorText");
    m_mapper = new ColumnMapper(m_project, form);
    m_rows = new ImportPreviewTable(this);
    m_table = new QTableView(form);
    m_table->setModel(m_rows);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setAccessibleName(tr("The first clips as they would go in"));
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setStretchLastSection(true);
    const std::pair<int, int> widths[] = {
        {ImportPreviewTable::Sound, 150},     {ImportPreviewTable::Text, 190},
        {ImportPreviewTable::Task, 60},       {ImportPreviewTable::Question, 170},
        {ImportPreviewTable::Reference, 150}, {ImportPreviewTable::Split, 80}};
    for (const auto& [one, width] : widths)
        m_table->setColumnWidth(one, width);
    // Why something would not go in is what matters most where there is such a thing.
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->moveSection(ImportPreviewTable::Fault, 1);
    m_table->setColumnWidth(ImportPreviewTable::Fault, 200);
    m_mapper->hide();
    m_problem->hide();
    column->addWidget(m_told);
    column->addWidget(m_mapper);
    column->addWidget(m_problem);
    column->addWidget(m_table, 1);
    return form;
}

QWidget* ImportDialog::createOptions(QWidget* parent) {
    auto* options = new QWidget(parent);
    const PathRow path = makePathRow(options, PathKind::FileOrFolder, tr("Data set"));
    m_path = path.line;
    m_format = new QComboBox(options);
    m_format->addItem(tr("told from the path"), QString());
    for (const ImportFormat& format : importFormats()) {
        m_format->addItem(QString::fromStdString(format.title),
                          QString::fromStdString(format.name));
        m_format->setItemData(m_format->count() - 1, QString::fromStdString(format.takes),
                              Qt::ToolTipRole);
    }
    m_copy = new QComboBox(options);
    m_copy->addItem(tr("refer to them where they lie"), false);
    m_copy->addItem(tr("copy them into the project"), true);
    m_split = new QComboBox(options);
    m_split->setEditable(true);
    m_split->addItems(
        {QString(), QStringLiteral("train"), QStringLiteral("validation"), QStringLiteral("test")});
    m_split->lineEdit()->setPlaceholderText(tr("as the data says"));
    m_task = new QComboBox(options);
    m_task->addItem(tr("as the data says"), QString());
    for (const char* task : {"sqa", "ast", "asr"})
        m_task->addItem(taskWord(task), QString::fromLatin1(task));
    m_language = new QLineEdit(options);
    m_language->setPlaceholderText(tr("as the data says"));
    const PathRow audio = makePathRow(options, PathKind::Folder, tr("Sounds lie in"));
    m_audioFolder = audio.line;
    m_audioFolder->setPlaceholderText(tr("beside the texts"));

    auto* grid = new QGridLayout;
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(kGrid);
    grid->setVerticalSpacing(kHalfGrid);
    addFormRow(*grid, tr("Data set"), path.widget);
    addFormRow(*grid, tr("Format"), m_format);
    addFormRow(*grid, tr("Sounds lie in"), audio.widget);
    auto* second = new QGridLayout;
    second->setHorizontalSpacing(kGrid);
    second->setVerticalSpacing(kHalfGrid);
    addFormRow(*second, tr("Sounds"), m_copy);
    addFormRow(*second, tr("Split"), m_split);
    addFormRow(*second, tr("Task"), m_task);
    addFormRow(*second, tr("Language"), m_language);
    auto* row = new QHBoxLayout(options);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(3 * kGrid);
    row->addLayout(grid, 3);
    row->addLayout(second, 2);
    row->setAlignment(grid, Qt::AlignTop);
    return options;
}

void ImportDialog::connectSignals() {
    const auto later = [this] { m_typing.start(); };
    connect(&m_typing, &QTimer::timeout, this, &ImportDialog::preview);
    connect(m_path, &QLineEdit::textChanged, this, [this] {
        m_mapper->forget();
        m_typing.start();
    });
    connect(m_audioFolder, &QLineEdit::textChanged, this, later);
    connect(m_language, &QLineEdit::textChanged, this, later);
    connect(m_split, &QComboBox::editTextChanged, this, later);
    connect(m_task, &QComboBox::currentIndexChanged, this, later);
    connect(m_format, &QComboBox::currentIndexChanged, this, [this] {
        m_mapper->forget();
        m_typing.start();
    });
    connect(m_mapper, &ColumnMapper::changed, this, later);
}

void ImportDialog::setPath(const QString& path) {
    m_path->setText(path);
}

ClipImportRequest ImportDialog::request() const {
    ClipImportRequest request;
    request.path = m_path->text().trimmed().toStdString();
    request.format = m_format->currentData().toString().toStdString();
    request.copyAudio = m_copy->currentData().toBool();
    request.settings.audioFolder = m_audioFolder->text().trimmed().toStdString();
    request.settings.split = m_split->currentText().trimmed().toStdString();
    request.settings.task = m_task->currentData().toString().toStdString();
    request.settings.language = m_language->text().trimmed().toStdString();
    request.settings.mapping = m_mapper->chosen();
    return request;
}

void ImportDialog::preview() {
    setReady(false);
    const ClipImportRequest wanted = request();
    if (wanted.path.empty())
        return;
    m_told->setText(tr("Looking at it ..."));
    m_previews.start([wanted] { return previewImport(wanted, kPreviewRows); },
                     [this](ImportPreview preview) { applyPreview(std::move(preview)); },
                     [this](const ErrorInfo& error) {
                         ImportPreview none;
                         none.problem = error.text();
                         applyPreview(std::move(none));
                     });
}

void ImportDialog::applyPreview(ImportPreview preview) {
    const bool table = !preview.columns.empty();
    m_mapper->setVisible(table);
    if (table)
        m_mapper->setColumns(preview.columns, preview.mapping);
    m_problem->setText(QString::fromStdString(preview.problem));
    m_problem->setVisible(!preview.problem.empty());
    const bool any = !preview.rows.empty();
    m_rows->setRows(std::move(preview.rows));
    m_table->setColumnHidden(ImportPreviewTable::Fault, m_rows->faults() == 0);
    QStringList told;
    if (!preview.format.empty())
        told << tr("This is %1.").arg(titleOf(preview.format));
    if (any)
        told << (m_rows->faults() == 0
                     ? tr("The first %1 would all go in.").arg(clipCount(m_rows->rowCount()))
                     : tr("Of the first %1, %2 would not go in; the second column says why.")
                           .arg(clipCount(m_rows->rowCount()))
                           .arg(m_rows->faults()));
    for (const std::string& note : preview.notes)
        told << QString::fromStdString(note);
    m_told->setText(told.join(u' '));
    setReady(any && preview.problem.empty());
}

void ImportDialog::begin() {
    showProgress();
    job().start(
        [project = m_project, wanted = request()](const std::stop_token& stop,
                                                  const LongJob::Progress& progress) {
            const auto store = ProjectStore::open(project);
            return importClips(*store, wanted, stop, [&](const ImportProgress& now) {
                progress(now.fraction, progressText(now));
            });
        },
        [this](const ImportReport& report) { showReportOf(report); },
        [this](const ErrorInfo& error) {
            showFailure(error);
            emit imported();
        });
}

void ImportDialog::showReportOf(const ImportReport& report) {
    const ImportCounts& counts = report.counts;
    QStringList words{tr("%1 added.").arg(clipCount(counts.added))};
    if (counts.extended > 0)
        words << tr("%1 had been there and got further questions.").arg(clipCount(counts.extended));
    if (counts.known > 0)
        words << tr("%1 had been there with all of this.").arg(clipCount(counts.known));
    if (counts.rejected > 0)
        words << tr("%1 did not go in.").arg(clipCount(counts.rejected));
    if (report.stopped)
        words << tr("Stopped before the end, as you asked; importing again brings the rest.");
    if (!report.failure.empty())
        words << QString::fromStdString(report.failure);
    for (const std::string& note : report.notes)
        words << QString::fromStdString(note);
    showReport(words.join(u' '), report.faults);
    emit imported();
}

} // namespace viva
