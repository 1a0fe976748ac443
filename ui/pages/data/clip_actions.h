// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/manifest.h"
#include "core/project/clip_import.h"
#include "ui/bridge/long_job.h"
#include "ui/bridge/project_clips.h"
#include "ui/pages/page.h"

#include <QStringList>

namespace viva {

/// The ways into the project and out of it: open, import, splits, export, copies of the demo, and
/// finding a sound again. Shows its dialogs over `page`.
class ClipActions : public QObject {
    Q_OBJECT

public:
    ClipActions(const PageServices& services, ProjectClips& clips, QWidget& page);

    void chooseFiles();
    /// Sound files and folders become clips; anything else is looked at as a data set.
    void openPaths(const QStringList& paths);
    void openImport(const QString& path = {});
    void openSplits(const std::vector<ClipId>& ids);
    void openExport(const ClipFilter& filter, std::int64_t listed, std::int64_t all);
    /// Copies clips of the demo into the project, with progress and Stop.
    void copyFrom(const Manifest& manifest, std::vector<Utterance> chosen);
    void locateAudio(const ClipRecord& clip);
    /// Where the clip's sound is now. Clips that lie beside it in the same way are found with it.
    void pointAt(const ClipRecord& clip, const std::filesystem::path& file);

signals:
    void messageRaised(const viva::Message& message);
    void clipRequested(qlonglong id); ///< show this clip
    void projectRequested();          ///< show the project's clips

private:
    void showNewest(const QStringList& names);
    void showCopied(const ImportReport& report);

    PageServices m_services;
    ProjectClips& m_clips;
    QWidget& m_page;
    LongJob m_copying;
};

} // namespace viva
