// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/bridge/task_runner.h"
#include "ui/models/configure/config_form.h"
#include "ui/models/configure/run_estimate.h"
#include "ui/pages/page.h"

namespace viva {

class FormView;
class PresetBar;
class RewardBenchPanel;
class SidePanel;
struct Preset;

/// What the next run shall be: a form over every option of TrainConfig, and what it means.
class ConfigurePage : public Page {
    Q_OBJECT

public:
    explicit ConfigurePage(const PageServices& services, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("configure"); }
    [[nodiscard]] QString title() const override { return tr("Configure"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("configure"); }
    /// subject: the key of a field to show, "reward bench", or the number of a stored group to try
    /// rewards on
    void activated(const QVariant& subject) override;
    [[nodiscard]] QList<Command> commands() override;

    [[nodiscard]] ConfigForm& form() { return *m_form; }
    [[nodiscard]] FormView& formView() { return *m_view; }
    void loadFile(const std::filesystem::path& file, const QString& name);
    /// Into the folder of own presets. @throws Error(Io)
    void savePreset(const QString& name);
    /// Takes a checkpoint folder as the model of the next run.
    void openModel(const QString& folder);
    [[nodiscard]] SidePanel& sidePanel() { return *m_side; }
    [[nodiscard]] RewardBenchPanel& rewardBench() { return *m_bench; }

private:
    void connectSignals();
    void askOpen();
    void askModel();
    void readModel();
    void askSave();
    void start();
    void measure();

    PageServices m_services;
    TaskChannel m_measuring;
    TaskChannel m_reading;
    QString m_modelRead; ///< model and device that the card is for
    ConfigForm* m_form = nullptr;
    PresetBar* m_presets = nullptr;
    FormView* m_view = nullptr;
    SidePanel* m_side = nullptr;
    RewardBenchPanel* m_bench = nullptr;
};

/// The speed of the newest run that did steps; blocks, for task threads.
[[nodiscard]] MeasuredSpeed readMeasuredSpeed(const std::filesystem::path& projectFolder);

} // namespace viva
