// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/bridge/run_service.h"
#include "ui/pages/page.h"

#include <QMainWindow>

class QSettings;
class QStackedWidget;

namespace viva {

class HeaderLine;
class MessageStrip;
class NavigationRail;
class RunBar;

/// The frame: rail, header, page stack, message strip, run bar. No logic but wiring. Closing while
/// a run is at work asks, stops the run, waits for its last event without blocking, then closes.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// `settings` is borrowed and outlives the window.
    MainWindow(const PageServices& services, QSettings& settings, QWidget* parent = nullptr);

    /// Takes ownership. The first page added is shown first.
    void addPage(Page* page);
    void showPage(const QString& id, const QVariant& subject = {});
    void showRun(); ///< the page that follows it
    [[nodiscard]] QString currentPageId() const;
    [[nodiscard]] Page* page(const QString& id) const;
    void showMessage(const Message& message);
    void openCommandPalette();
    /// Size, place and page of the last time.
    void restore();

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void createFrame();
    void createKeys();
    void createSettingsMenu();
    void connectSignals();
    void addKey(const QKeySequence& keys, const std::function<void()>& action);
    void startOrToggle();
    void oneStep();
    void onStatusChanged(const RunStatus& status);
    [[nodiscard]] QList<Command> allCommands();
    void appendRunCommands(QList<Command>& commands);
    bool mayClose();
    void switchTo(int index, const QVariant& subject);

    PageServices m_services;
    QSettings& m_settings;
    NavigationRail* m_rail = nullptr;
    HeaderLine* m_header = nullptr;
    QStackedWidget* m_stack = nullptr;
    MessageStrip* m_messages = nullptr;
    RunBar* m_runBar = nullptr;
    QList<Page*> m_pages;
    bool m_closing = false;
};

} // namespace viva
