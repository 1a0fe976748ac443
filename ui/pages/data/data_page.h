// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/clip_edit.h"
#include "ui/bridge/project_clips.h"
#include "ui/pages/data/clip/clip_editor.h"
#include "ui/pages/data/clip_list_panel.h"
#include "ui/pages/page.h"

class QStackedWidget;

namespace viva {

class ClipActions;
class ClipCard;
class ManyEditor;
class ManifestClips;
class RecordPanel;

/// The project's clips (and the built-in demo's) in a table, and the chosen one to hear, to see and
/// to label; ways to bring clips in and to write them out.
class DataPage : public Page {
    Q_OBJECT

public:
    /// @param demo the manifest of the built-in demo
    DataPage(const PageServices& services, const std::filesystem::path& demo,
             QWidget* parent = nullptr);
    ~DataPage() override;

    [[nodiscard]] QString id() const override { return QStringLiteral("data"); }
    [[nodiscard]] QString title() const override { return tr("Data"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("data"); }
    void activated(const QVariant& subject) override;
    void deactivated() override;
    bool playPause() override;
    [[nodiscard]] QList<Command> commands() override;

    /// Sound files, folders or a data set, as if they had been dropped here.
    void openPaths(const QStringList& paths);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void connectSignals();
    void connectClips();
    void connectCard();
    void connectActions();
    void connectRecorder();
    void createKeys();
    void addKey(const QKeySequence& keys, const std::function<void()>& action);
    void act(ClipListPanel::Action action);
    void showChosen();
    void loadCurrent();
    void showClip(const ClipRow& row);
    void change(const QString& label, std::vector<ClipId> ids, const ClipEditor::Mutate& mutate,
                const ChangeRefused& refused = {});
    void removeChosen();
    void copyChosen();
    void editAudioOf(ClipId id, const AudioEdit& edit);
    void undoOrRedo(bool undo);
    void saveAndNext();
    void warn(const QString& sentence);
    [[nodiscard]] ClipSource& source();
    [[nodiscard]] bool onProject() const;

    PageServices m_services;
    ProjectClips& m_clips;
    ManifestClips* m_demo;
    ClipActions* m_actions = nullptr;
    ClipListPanel* m_list = nullptr;
    QStackedWidget* m_right = nullptr;
    ClipCard* m_card = nullptr;
    ManyEditor* m_many = nullptr;
    RecordPanel* m_record = nullptr;
    QWidget* m_recordPage = nullptr; ///< the recorder at its top
    quint64 m_asked = 0;             ///< of the newest question for the current clip
};

} // namespace viva
