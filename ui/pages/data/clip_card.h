// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/utterance.h"
#include "ui/bridge/task_runner.h"

#include <QFrame>

#include <filesystem>

class QLabel;
class QVBoxLayout;

namespace viva {

class ClipStrip;
class MelView;

/// One clip: to hear, to see as sound and as the model hears it, and what is asked of it.
class ClipCard : public QFrame {
    Q_OBJECT

public:
    ClipCard(TaskRunner& tasks, QWidget* parent = nullptr);

    void setClip(const Utterance& utterance, const std::filesystem::path& audio);
    void clear();
    bool playPause();

signals:
    void failed(const QString& sentence);

private:
    QWidget* createSoundPanel(TaskRunner& tasks);
    QWidget* createTaskPanel();
    void connectSignals();
    void onClipLoaded();
    void addTask(const UtteranceTask& task);

    TaskChannel m_mel;
    QLabel* m_title = nullptr;
    QLabel* m_facts = nullptr;
    QLabel* m_text = nullptr;
    ClipStrip* m_clip = nullptr;
    MelView* m_picture = nullptr;
    QVBoxLayout* m_tasks = nullptr;
};

} // namespace viva
