// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/frame/command.h"
#include "ui/widgets/frame/message.h"

#include <QVariant>
#include <QWidget>

#include <filesystem>

namespace viva {

class ProjectClips;
class RewardBench;
class RunService;
class TaskRunner;
class Theme;

/// What every page is given; all of it outlives the pages.
struct PageServices {
    RunService& runs;
    ProjectClips& clips;
    RewardBench& rewardBench;
    TaskRunner& tasks;
    Theme& theme;
    std::filesystem::path projectFolder;
    std::filesystem::path resourceFolder; ///< presets, the demo
};

/// Where a page sends the person to: the page's id and what to show there.
struct Destination {
    QString page;     ///< its id, the name of its folder below ui/pages
    QVariant subject; ///< of the page's own choosing; for "groups" a step (qlonglong)
};

/// A page of the window. It holds no data, takes its services in the constructor, builds panels in
/// createXPanel() and connects in one connectSignals().
class Page : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    [[nodiscard]] virtual QString id() const = 0;       ///< "train", as its folder
    [[nodiscard]] virtual QString title() const = 0;    ///< "Train"
    [[nodiscard]] virtual QString iconName() const = 0; ///< of resources/icons
    /// Whether it is the page that is shown when a run begins.
    [[nodiscard]] virtual bool followsRun() const { return false; }
    /// Became visible, perhaps for something (Destination::subject).
    virtual void activated(const QVariant& subject) { Q_UNUSED(subject) }
    virtual void deactivated() {}
    /// Space: plays or pauses the clip in view. False when there is none.
    virtual bool playPause() { return false; }
    /// What the command palette offers of this page.
    [[nodiscard]] virtual QList<Command> commands() { return {}; }

signals:
    void messageRaised(const viva::Message& message);
    void destinationRequested(const viva::Destination& destination);
};

} // namespace viva
