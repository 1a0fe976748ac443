// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/configure_page.h"

#include "core/base/atomic_file.h"
#include "core/config/train_option.h"
#include "core/store/project_store.h"
#include "ui/bridge/run_service.h"
#include "ui/models/format.h"
#include "ui/pages/configure/form_view.h"
#include "ui/pages/configure/preset_bar.h"
#include "ui/pages/configure/reward_bench_panel.h"
#include "ui/pages/configure/side_panel.h"
#include "ui/theme/type_scale.h"

#include <nlohmann/json.hpp>

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QStandardPaths>
#include <QVBoxLayout>

namespace viva {

namespace {

std::filesystem::path ownPresetFolder() {
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation);
    return std::filesystem::path(folder.toStdString()) / "presets";
}

/// What a method says nothing about and a person has chosen: with what, on what and where.
TrainConfig placesOf(const TrainConfig& config) {
    TrainConfig places;
    places.name = config.name;
    places.model = config.model;
    places.data = config.data;
    places.device = config.device;
    places.dtype = config.dtype;
    places.threads = config.threads;
    places.seed = config.seed;
    return places;
}

} // namespace

MeasuredSpeed readMeasuredSpeed(const std::filesystem::path& projectFolder) {
    const auto store = ProjectStore::openReadOnly(projectFolder);
    for (const RunRecord& run : store->runs()) {
        if (run.stepsDone < 5 || run.trainSec <= 0)
            continue;
        const TrainConfig config =
            trainConfigFromJson(nlohmann::json::parse(run.configJson), run.name);
        const bool sft = config.objective == Objective::Sft;
        const double answers = static_cast<double>(run.stepsDone) * config.promptsPerStep *
                               (sft ? 1 : config.samplesPerGroup());
        return {run.trainSec / answers, config.model, config.objective, config.numIterations};
    }
    return {};
}

ConfigurePage::ConfigurePage(const PageServices& services, QWidget* parent)
    : Page(parent), m_services(services), m_measuring(services.tasks, this),
      m_reading(services.tasks, this), m_form(new ConfigForm(this)),
      m_presets(new PresetBar(services.resourceFolder / "configs", ownPresetFolder(), this)) {
    m_form->setConfig(services.runs.nextConfig()); // against the preset that a form begins with
    m_view = new FormView(*m_form, this);
    m_side = new SidePanel(*m_form, this);
    m_bench = new RewardBenchPanel(services, *m_form, this);
    m_side->addTab(m_bench, tr("Reward bench"));
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(m_view);
    auto* left = new QVBoxLayout;
    left->setSpacing(kGrid);
    left->addWidget(m_presets);
    left->addWidget(area, 1);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * kGrid, 12, 2 * kGrid, 12);
    layout->setSpacing(2 * kGrid);
    layout->addLayout(left, 3);
    layout->addWidget(m_side, 2);
    auto* openKey = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_O), this);
    connect(openKey, &QShortcut::activated, this, &ConfigurePage::askModel);
    connectSignals();
    readModel();
}

void ConfigurePage::connectSignals() {
    RunService& runs = m_services.runs;
    connect(m_form, &ConfigForm::checked, this, [this, &runs] {
        if (m_form->canStart())
            runs.setNextConfig(m_form->config());
        readModel();
    });
    connect(&runs, &RunService::statusChanged, this,
            [this](const RunStatus& status) { m_side->setRunActive(status.active()); });
    connect(m_side, &SidePanel::startRequested, this, &ConfigurePage::start);
    connect(m_view, &FormView::modelRequested, this, &ConfigurePage::askModel);
    connect(m_bench, &RewardBenchPanel::failed, this, [this](const QString& sentence) {
        emit messageRaised({MessageKind::Warning, sentence, {}, {}});
    });
    connect(m_side, &SidePanel::fieldRequested, m_view, &FormView::showField);
    connect(m_presets, &PresetBar::presetChosen, this,
            [this](const Preset& preset) { loadFile(preset.file, preset.name); });
    connect(m_presets, &PresetBar::openRequested, this, &ConfigurePage::askOpen);
    connect(m_presets, &PresetBar::saveRequested, this, &ConfigurePage::askSave);
    connect(m_presets, &PresetBar::copyRequested, this, [this] {
        QGuiApplication::clipboard()->setText(
            QString::fromStdString(toJson(m_form->config()).dump(2)));
        emit messageRaised(
            {MessageKind::Info, tr("The configuration is on the clipboard as JSON."), {}, {}});
    });
}

void ConfigurePage::activated(const QVariant& subject) {
    m_side->setRunActive(m_services.runs.status().active());
    measure();
    const bool stored = subject.typeId() == QMetaType::LongLong;
    if (stored)
        m_bench->openGroup(subject.toLongLong());
    if (stored || subject.toString() == QLatin1String("reward bench"))
        m_side->showTab(m_bench);
    else if (subject.isValid())
        m_view->showField(subject.toString());
}

void ConfigurePage::measure() {
    m_measuring.start([folder = m_services.projectFolder] { return readMeasuredSpeed(folder); },
                      [this](const MeasuredSpeed& speed) { m_side->setMeasured(speed); });
}

void ConfigurePage::start() {
    m_services.runs.startRun(m_form->config(), false);
    emit destinationRequested({QStringLiteral("train"), {}});
}

void ConfigurePage::loadFile(const std::filesystem::path& file, const QString& name) {
    try {
        m_form->setPreset(name, readTrainConfig(file, placesOf(m_form->config())));
        m_presets->choose(name);
    } catch (...) {
        emit messageRaised(
            {MessageKind::Error, QString::fromStdString(currentErrorInfo().text()), {}, {}});
    }
}

void ConfigurePage::savePreset(const QString& name) {
    const std::filesystem::path file = m_presets->ownFolder() / (name.toStdString() + ".json");
    std::filesystem::create_directories(m_presets->ownFolder());
    writeFileAtomically(file, toJson(m_form->config()).dump(2) + "\n");
    m_presets->reload();
    m_form->setPreset(name, m_form->config());
    m_presets->choose(name);
}

void ConfigurePage::askOpen() {
    const QString file = QFileDialog::getOpenFileName(this, tr("Load a configuration"), {},
                                                      tr("Configurations (*.json)"));
    if (!file.isEmpty())
        loadFile(file.toStdString(), QFileInfo(file).completeBaseName());
}

void ConfigurePage::askModel() {
    const QString now = m_form->text("model");
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a model folder"),
                                                             now == "demo" ? "" : now);
    if (!folder.isEmpty())
        openModel(folder);
}

void ConfigurePage::openModel(const QString& folder) {
    m_form->setText("model", folder);
    m_view->showField(QStringLiteral("model"));
}

void ConfigurePage::readModel() {
    const TrainConfig& config = m_form->config();
    const QString wanted =
        QString::fromStdString(config.model) + '\n' + fromView(nameOf(config.device));
    if (wanted == m_modelRead)
        return;
    m_modelRead = wanted;
    ModelView view;
    view.folder = QString::fromStdString(config.model);
    m_side->setModel(view);
    const auto folder = config.model == "demo" ? m_services.resourceFolder / "demo" / "model"
                                               : std::filesystem::path(config.model);
    m_reading.start(
        [view, folder, device = config.device] {
            ModelView read = view;
            read.card = readModelCard(folder);
            read.device = deviceMemory(device);
            return read;
        },
        [this](const ModelView& read) { m_side->setModel(read); },
        [this, view](const ErrorInfo& error) {
            ModelView read = view;
            read.failure = QString::fromStdString(error.text());
            m_side->setModel(read);
        });
}

void ConfigurePage::askSave() {
    const QString name =
        QInputDialog::getText(this, tr("Save as a preset"), tr("Name of the preset"),
                              QLineEdit::Normal, m_form->presetName())
            .trimmed();
    if (name.isEmpty())
        return;
    try {
        if (name.contains('/') || name.startsWith('.'))
            throw Error(ErrorCode::InvalidArgument,
                        tr("\"%1\" cannot be a file name: leave out slashes and a leading dot")
                            .arg(name)
                            .toStdString());
        savePreset(name);
        emit messageRaised({MessageKind::Info, tr("Saved as preset \"%1\".").arg(name), {}, {}});
    } catch (...) {
        emit messageRaised(
            {MessageKind::Error, QString::fromStdString(currentErrorInfo().text()), {}, {}});
    }
}

QList<Command> ConfigurePage::commands() {
    QList<Command> list;
    list.append({tr("Model"), tr("Open a model folder\u2026"), tr("a Granite Speech checkpoint"),
                 QKeySequence(Qt::CTRL | Qt::Key_O), [this] { askModel(); }});
    list.append(
        {tr("Rewards"), tr("Try the rewards on answers"), tr("the reward bench"), {}, [this] {
             emit destinationRequested({id(), QStringLiteral("reward bench")});
         }});
    for (const TrainOption& option : trainOptions()) {
        const QString key =
            QString::fromUtf8(option.key.data(), static_cast<qsizetype>(option.key.size()));
        const QString label =
            QString::fromUtf8(option.label.data(), static_cast<qsizetype>(option.label.size()));
        list.append({tr("Option"), label, key, {}, [this, key] {
                         emit destinationRequested({id(), key});
                     }});
    }
    for (const Preset& preset : m_presets->presets()) {
        list.append(
            {tr("Preset"), tr("Use the preset %1").arg(preset.name), {}, {}, [this, preset] {
                 loadFile(preset.file, preset.name);
                 emit destinationRequested({id(), {}});
             }});
    }
    return list;
}

Page* makeConfigurePage(const PageServices& services) {
    return new ConfigurePage(services);
}

} // namespace viva
