// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include "ui/theme/theme.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/frame/command_palette.h"
#include "ui/widgets/frame/header_line.h"
#include "ui/widgets/frame/message_strip.h"
#include "ui/widgets/frame/navigation_rail.h"
#include "ui/widgets/frame/run_bar.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QSettings>
#include <QShortcut>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace viva {

namespace {

QString projectName(const std::filesystem::path& folder) {
    return QString::fromStdString(folder.filename().string());
}

} // namespace

MainWindow::MainWindow(const PageServices& services, QSettings& settings, QWidget* parent)
    : QMainWindow(parent), m_services(services), m_settings(settings) {
    setWindowTitle(tr("%1 - Viva Voce").arg(projectName(services.projectFolder)));
    setMinimumSize(960, 640);
    createFrame();
    createSettingsMenu();
    createKeys();
    connectSignals();
    onStatusChanged(m_services.runs.status());
}

void MainWindow::createFrame() {
    auto* center = new QWidget(this);
    m_rail = new NavigationRail(center);
    m_header = new HeaderLine(center);
    m_stack = new QStackedWidget(center);
    m_messages = new MessageStrip(center);
    m_runBar = new RunBar(center);

    auto* strip = new QHBoxLayout;
    strip->setContentsMargins(2 * kGrid, 0, 2 * kGrid, kGrid);
    strip->addWidget(m_messages);
    auto* column = new QVBoxLayout;
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_stack, 1);
    column->addLayout(strip);
    column->addWidget(m_runBar);
    auto* row = new QHBoxLayout(center);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_rail);
    row->addLayout(column, 1);
    setCentralWidget(center);
}

void MainWindow::createSettingsMenu() {
    auto* menu = new QMenu(this);
    auto* themes = new QActionGroup(menu);
    const std::pair<ThemeMode, QString> modes[] = {
        {ThemeMode::System, tr("Theme of the system")},
        {ThemeMode::Light, tr("Light theme")},
        {ThemeMode::Dark, tr("Dark theme")},
    };
    for (const auto& [mode, label] : modes) {
        QAction* action = menu->addAction(label);
        action->setCheckable(true);
        action->setChecked(m_services.theme.mode() == mode);
        themes->addAction(action);
        connect(action, &QAction::triggered, this, [this, mode = mode] {
            m_services.theme.setMode(mode);
            m_settings.setValue("theme", static_cast<int>(mode));
        });
        connect(&m_services.theme, &Theme::modeChanged, action,
                [action, mode = mode](ThemeMode now) { action->setChecked(now == mode); });
    }
    menu->addSeparator();
    menu->addAction(tr("Find anything\tCtrl+K"), this, &MainWindow::openCommandPalette);
    m_rail->settingsButton()->setMenu(menu);
}

void MainWindow::addKey(const QKeySequence& keys, const std::function<void()>& action) {
    auto* shortcut = new QShortcut(keys, this);
    connect(shortcut, &QShortcut::activated, this, action);
}

void MainWindow::createKeys() {
    addKey(QKeySequence(Qt::Key_F5), [this] { startOrToggle(); });
    addKey(QKeySequence(Qt::Key_F10), [this] { oneStep(); });
    addKey(QKeySequence(Qt::CTRL | Qt::Key_K), [this] { openCommandPalette(); });
    // Widgets that use Space themselves (buttons, text) get it first; the rest is the clip in view.
    addKey(QKeySequence(Qt::Key_Space), [this] {
        const int index = m_stack->currentIndex();
        if (index >= 0)
            m_pages[index]->playPause();
    });
}

void MainWindow::connectSignals() {
    RunService& runs = m_services.runs;
    connect(m_rail, &NavigationRail::pageChosen, this, [this](int index) { switchTo(index, {}); });
    connect(m_runBar, &RunBar::startRequested, this, &MainWindow::startOrToggle);
    connect(m_runBar, &RunBar::pauseRequested, &runs, &RunService::pause);
    connect(m_runBar, &RunBar::proceedRequested, &runs, &RunService::proceed);
    connect(m_runBar, &RunBar::stepRequested, this, &MainWindow::oneStep);
    connect(m_runBar, &RunBar::stopRequested, &runs, &RunService::stop);
    connect(&runs, &RunService::statusChanged, this, &MainWindow::onStatusChanged);
    for (const auto trouble : {&RunService::runFailed, &RunService::recordingFailed})
        connect(&runs, trouble, this, [this](const QString& sentence) {
            showMessage({MessageKind::Error, sentence, {}, {}});
        });
    connect(&m_services.theme, &Theme::modeChanged, this, [this] {
        if (m_stack->currentIndex() >= 0)
            m_header->setPlace(projectName(m_services.projectFolder),
                               m_pages[m_stack->currentIndex()]->title());
    });
}

void MainWindow::addPage(Page* page) {
    const int index = static_cast<int>(m_pages.size());
    const QKeySequence keys(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + index));
    m_pages.append(page);
    m_stack->addWidget(page);
    m_rail->addPage(
        page->iconName(), page->title(),
        QStringLiteral("%1 (%2)").arg(page->title(), keys.toString(QKeySequence::NativeText)));
    addKey(keys, [this, index] { switchTo(index, {}); });
    connect(page, &Page::messageRaised, this, &MainWindow::showMessage);
    connect(page, &Page::destinationRequested, this,
            [this](const Destination& to) { showPage(to.page, to.subject); });
    if (index == 0)
        switchTo(0, {});
}

void MainWindow::switchTo(int index, const QVariant& subject) {
    if (index < 0 || index >= m_pages.size())
        return;
    const int before = m_stack->currentIndex();
    if (before != index && before >= 0)
        m_pages[before]->deactivated();
    m_stack->setCurrentIndex(index);
    m_rail->setCurrent(index);
    m_header->setPlace(projectName(m_services.projectFolder), m_pages[index]->title());
    m_pages[index]->setFocus(Qt::OtherFocusReason);
    m_pages[index]->activated(subject);
}

void MainWindow::showPage(const QString& id, const QVariant& subject) {
    for (int index = 0; index < m_pages.size(); ++index) {
        if (m_pages[index]->id() == id)
            switchTo(index, subject);
    }
}

void MainWindow::showRun() {
    for (int index = 0; index < m_pages.size(); ++index) {
        if (m_pages[index]->followsRun())
            return switchTo(index, {});
    }
}

QString MainWindow::currentPageId() const {
    const int index = m_stack->currentIndex();
    return index >= 0 ? m_pages[index]->id() : QString();
}

Page* MainWindow::page(const QString& id) const {
    for (Page* page : m_pages) {
        if (page->id() == id)
            return page;
    }
    return nullptr;
}

void MainWindow::showMessage(const Message& message) {
    m_messages->showMessage(message);
}

void MainWindow::startOrToggle() {
    RunService& runs = m_services.runs;
    const RunState state = runs.status().state;
    if (state == RunState::Paused) {
        runs.proceed();
    } else if (runs.status().active()) {
        runs.pause();
    } else {
        runs.startRun(runs.nextConfig(), false);
        showRun();
    }
}

void MainWindow::oneStep() {
    RunService& runs = m_services.runs;
    if (runs.status().active()) {
        runs.stepOnce();
        return;
    }
    runs.startRun(runs.nextConfig(), true);
    runs.stepOnce();
    showRun();
}

void MainWindow::onStatusChanged(const RunStatus& status) {
    m_header->setStatus(status);
    m_runBar->setStatus(status);
    if (m_closing && !status.active())
        close();
}

QList<Command> MainWindow::allCommands() {
    QList<Command> commands;
    for (int index = 0; index < m_pages.size(); ++index) {
        commands.append({tr("Go to"),
                         m_pages[index]->title(),
                         {},
                         QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + index)),
                         [this, index] { switchTo(index, {}); }});
    }
    appendRunCommands(commands);
    for (const auto& [mode, title] : {std::pair{ThemeMode::Light, tr("Light theme")},
                                      std::pair{ThemeMode::Dark, tr("Dark theme")},
                                      std::pair{ThemeMode::System, tr("Theme of the system")}}) {
        commands.append({tr("View"), title, {}, {}, [this, mode = mode] {
                             m_services.theme.setMode(mode);
                             m_settings.setValue("theme", static_cast<int>(mode));
                         }});
    }
    for (Page* page : m_pages)
        commands.append(page->commands());
    return commands;
}

void MainWindow::appendRunCommands(QList<Command>& commands) {
    RunService& runs = m_services.runs;
    const QString section = tr("Run");
    const RunState state = runs.status().state;
    if (!runs.status().active()) {
        commands.append({section, tr("Start the run"), {}, QKeySequence(Qt::Key_F5), [this] {
                             startOrToggle();
                         }});
    } else {
        commands.append({section,
                         state == RunState::Paused ? tr("Continue") : tr("Pause"),
                         {},
                         QKeySequence(Qt::Key_F5),
                         [this] { startOrToggle(); }});
        commands.append({section, tr("Stop and keep"), {}, {}, [&runs] { runs.stop(); }});
        commands.append(
            {section, tr("Save a checkpoint now"), {}, {}, [&runs] { runs.requestCheckpoint(); }});
        commands.append(
            {section, tr("Evaluate now"), {}, {}, [&runs] { runs.requestEvaluation(); }});
    }
    commands.append(
        {section, tr("One step"), {}, QKeySequence(Qt::Key_F10), [this] { oneStep(); }});
}

void MainWindow::openCommandPalette() {
    auto* palette = new CommandPalette(allCommands(), this);
    palette->setAttribute(Qt::WA_DeleteOnClose);
    palette->move(mapToGlobal(QPoint((width() - palette->width()) / 2, 10 * kGrid)));
    palette->open();
}

void MainWindow::restore() {
    if (!restoreGeometry(m_settings.value("window/geometry").toByteArray()))
        resize(1280, 800);
    if (const QString last = m_settings.value("window/page").toString(); !last.isEmpty())
        showPage(last);
    else
        showRun();
}

bool MainWindow::mayClose() {
    if (!m_services.runs.status().active())
        return true;
    if (m_closing)
        return false;
    QMessageBox question(QMessageBox::Question, tr("Close Viva Voce?"),
                         tr("A run is at work. It can be saved now and resumed next time."),
                         QMessageBox::NoButton, this);
    QPushButton* save = question.addButton(tr("Save and close"), QMessageBox::AcceptRole);
    question.addButton(tr("Stay"), QMessageBox::RejectRole);
    question.setDefaultButton(save);
    question.exec();
    if (question.clickedButton() != save)
        return false;
    if (!m_services.runs.status().active())
        return true;
    m_closing = true;
    m_services.runs.stop();
    showMessage({MessageKind::Info, tr("Saving the run before closing ..."), {}, {}});
    return false;
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!mayClose()) {
        event->ignore();
        return;
    }
    m_settings.setValue("window/geometry", saveGeometry());
    m_settings.setValue("window/page", currentPageId());
    event->accept();
}

} // namespace viva
