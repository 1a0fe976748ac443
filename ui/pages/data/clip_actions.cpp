// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/clip_actions.h"

#include "core/project/clip_import.h"
#include "ui/models/clips/clip_text.h"
#include "ui/pages/data/dialogs/export_dialog.h"
#include "ui/pages/data/dialogs/import_dialog.h"
#include "ui/pages/data/dialogs/open_dialog.h"
#include "ui/pages/data/dialogs/splits_dialog.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QProgressDialog>

namespace viva {
namespace {

namespace fs = std::filesystem;

QString audioFilter() {
    return ClipActions::tr("Sound files (*.wav *.flac *.ogg *.oga *.opus *.mp3 *.aif *.aiff *.au "
                           "*.caf *.w64 *.rf64 *.sph);;All files (*)");
}

bool looksLikeData(const QString& path) {
    const QString ending = QFileInfo(path).suffix().toLower();
    if (QStringList{"csv", "tsv", "json", "jsonl", "yaml", "txt"}.contains(ending))
        return true;
    if (!QFileInfo(path).isDir())
        return false;
    const std::optional<std::string> format = detectImportFormat(path.toStdString());
    return format && *format != "audio";
}

/// A sound in `from` that now is in `to`, by the same name.
std::string movedPath(const ClipRecord& clip, const fs::path& project, const fs::path& from,
                      const fs::path& to) {
    const fs::path own = project / clip.utterance.audioPath;
    std::error_code failure;
    if (own.parent_path() != from || fs::exists(own, failure))
        return {};
    const fs::path moved = to / own.filename();
    return fs::is_regular_file(moved, failure) ? moved.string() : std::string();
}

} // namespace

ClipActions::ClipActions(const PageServices& services, ProjectClips& clips, QWidget& page)
    : QObject(&page), m_services(services), m_clips(clips), m_page(page) {}

void ClipActions::chooseFiles() {
    const QStringList paths =
        QFileDialog::getOpenFileNames(&m_page, tr("Open sound files"), {}, audioFilter());
    if (!paths.isEmpty())
        openPaths(paths);
}

void ClipActions::openPaths(const QStringList& paths) {
    if (paths.isEmpty())
        return;
    if (paths.size() == 1 && looksLikeData(paths.front())) {
        openImport(paths.front());
        return;
    }
    auto* dialog = new OpenDialog(m_clips.folder(), paths, &m_page);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &OpenDialog::opened, this, &ClipActions::showNewest);
    dialog->open();
}

void ClipActions::showNewest(const QStringList& names) {
    emit projectRequested();
    m_clips.refresh();
    if (names.isEmpty())
        return;
    emit messageRaised({MessageKind::Info, tr("%1 added.").arg(clipCount(names.size())), {}, {}});
    m_clips.read(
        this,
        [name = names.front().toStdString()](const ClipStore& clips) {
            const auto ids = clips.ids({.search = name});
            for (const ClipRecord& clip : clips.clips(ids))
                if (clip.utterance.id == name)
                    return clip.id;
            return ClipId{0};
        },
        [this](ClipId id) {
            if (id > 0)
                emit clipRequested(id);
        });
}

void ClipActions::openImport(const QString& path) {
    auto* dialog = new ImportDialog(m_services.tasks, m_clips.folder(), &m_page);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ImportDialog::imported, this, [this] {
        emit projectRequested();
        m_clips.refresh();
    });
    if (!path.isEmpty())
        dialog->setPath(path);
    dialog->open();
}

void ClipActions::openSplits(const std::vector<ClipId>& ids) {
    auto* dialog = new SplitsDialog(m_services.tasks, m_clips, ids, &m_page);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &SplitsDialog::clipRequested, this, &ClipActions::clipRequested);
    dialog->open();
}

void ClipActions::openExport(const ClipFilter& filter, std::int64_t listed, std::int64_t all) {
    auto* dialog = new ExportDialog(m_clips.folder(), filter, listed, all, &m_page);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void ClipActions::copyFrom(const Manifest& manifest, std::vector<Utterance> chosen) {
    if (m_copying.running())
        return;
    auto* shown = new QProgressDialog(tr("Copying clips ..."), tr("Stop"), 0, 1000, &m_page);
    connect(&m_copying, &LongJob::progressed, shown,
            [shown](double fraction) { shown->setValue(static_cast<int>(1000 * fraction)); });
    connect(shown, &QProgressDialog::canceled, &m_copying, &LongJob::stop);
    m_copying.start(
        [chosen = std::move(chosen), from = manifest.folder, project = m_clips.folder()](
            const std::stop_token& stop, const LongJob::Progress& progress) {
            const auto store = ProjectStore::open(project);
            return copyClips(*store, chosen, from, stop,
                             [&](const ImportProgress& now) { progress(now.fraction, {}); });
        },
        [this, shown](const ImportReport& report) {
            shown->deleteLater();
            m_clips.refresh();
            showCopied(report);
        },
        [this, shown](const ErrorInfo& error) {
            shown->deleteLater();
            emit messageRaised(
                {MessageKind::Warning, QString::fromStdString(error.text()), {}, {}});
        });
}

void ClipActions::showCopied(const ImportReport& report) {
    QString text = tr("%1 copied to the project.").arg(clipCount(report.counts.added));
    if (report.counts.known > 0)
        text += tr(" %1 had been there already.").arg(clipCount(report.counts.known));
    if (report.stopped)
        text += tr(" Stopped before the end, as you asked.");
    if (!report.failure.empty())
        text += u' ' + QString::fromStdString(report.failure);
    if (!report.faults.empty())
        text += u' ' + QString::fromStdString(report.faults.front().item) + u' ' +
                QString::fromStdString(report.faults.front().reason);
    const bool trouble = !report.faults.empty() || !report.failure.empty();
    emit messageRaised({trouble ? MessageKind::Warning : MessageKind::Info, text, tr("Show"),
                        [this] { emit projectRequested(); }});
}

void ClipActions::locateAudio(const ClipRecord& clip) {
    const QString file = QFileDialog::getOpenFileName(
        &m_page,
        tr("Where is %1 now?")
            .arg(QString::fromStdString(fs::path(clip.utterance.audioPath).filename().string())),
        {}, audioFilter());
    if (!file.isEmpty())
        pointAt(clip, file.toStdString());
}

void ClipActions::pointAt(const ClipRecord& clip, const fs::path& file) {
    const fs::path from = (m_clips.folder() / clip.utterance.audioPath).parent_path();
    const std::string label = tr("Place of sounds").toStdString();
    m_clips.write(
        this,
        [id = clip.id, from, file, label](Project& project) {
            ClipStore store(project.store());
            return store.change(label, store.ids(), [&](ClipRecord& one) {
                const std::string path =
                    one.id == id ? file.string()
                                 : movedPath(one, project.folder(), from, file.parent_path());
                if (!path.empty())
                    one.utterance.audioPath = path;
            });
        },
        [this](std::size_t moved) {
            if (moved > 1)
                emit messageRaised({MessageKind::Info,
                                    tr("%1 of the same folder were found there too.")
                                        .arg(clipCount(static_cast<std::int64_t>(moved) - 1)),
                                    {},
                                    {}});
        });
}

} // namespace viva
