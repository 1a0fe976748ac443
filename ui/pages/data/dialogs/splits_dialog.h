// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/leaks.h"
#include "core/data/splits.h"
#include "ui/bridge/long_job.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/task_runner.h"

#include <QDialog>

#include <memory>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace viva {

/// Deals clips to train, validation and test, shows beforehand how it comes out, and the leaks
/// between splits with the clips concerned.
class SplitsDialog : public QDialog {
    Q_OBJECT

public:
    /// `ids`: the clips of the list, in its order.
    SplitsDialog(TaskRunner& tasks, ProjectClips& clips, std::vector<ClipId> ids,
                 QWidget* parent = nullptr);

signals:
    void clipRequested(qlonglong id); ///< show this clip

private:
    using Clips = std::shared_ptr<const std::vector<ClipRecord>>;
    struct Outcome {
        std::vector<std::string> splits;
        std::vector<SplitLeak> leaks;
    };

    QWidget* createForm();
    QWidget* createOutcome();
    void connectSignals();
    void deal();
    void readClips();
    void showOutcome(Outcome outcome);
    void showUnheard(std::int64_t clips);
    void compareAudio();
    void apply();
    [[nodiscard]] SplitRequest request() const;
    static Outcome outcomeOf(const std::vector<ClipRecord>& clips, const SplitRequest& request,
                             bool asTheyAre);

    ProjectClips& m_clips;
    TaskChannel m_deals;
    std::vector<ClipId> m_ids;
    Clips m_records;
    std::vector<std::string> m_dealt;
    QComboBox* m_by = nullptr;
    QDoubleSpinBox* m_shares[3] = {};
    QSpinBox* m_seed = nullptr;
    QCheckBox* m_keep = nullptr;
    QLabel* m_counts = nullptr;
    QLabel* m_leakWords = nullptr;
    QLabel* m_compareWords = nullptr;
    QString m_unreadable; ///< of the last comparison
    QListWidget* m_leaks = nullptr;
    QPushButton* m_compare = nullptr;
    QPushButton* m_apply = nullptr;
    LongJob m_hashing; ///< last: it ends before what it tells
};

} // namespace viva
