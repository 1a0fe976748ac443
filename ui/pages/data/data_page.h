// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/manifest.h"
#include "ui/bridge/task_runner.h"
#include "ui/page.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QTableView;

namespace viva {

class ClipCard;
class UtteranceFilter;
class UtteranceTableModel;

/// The clips of the data set in a table with search and filters, and the chosen one to hear and
/// see.
class DataPage : public Page {
    Q_OBJECT

public:
    DataPage(const PageServices& services, std::filesystem::path manifest,
             QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("data"); }
    [[nodiscard]] QString title() const override { return tr("Data"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("data"); }
    void activated(const QVariant& subject) override;
    bool playPause() override;
    [[nodiscard]] QList<Command> commands() override;

private:
    QWidget* createListPanel();
    QWidget* createFilterPanel();
    void connectSignals();
    void load();
    void applyManifest(Manifest manifest);
    void showChosen();
    void showCount();
    void moveBy(int rows);

    PageServices m_services;
    std::filesystem::path m_manifestPath;
    TaskChannel m_loads;
    Manifest m_manifest; ///< the folder only; the rows live in the model
    bool m_loaded = false;

    UtteranceTableModel* m_model;
    UtteranceFilter* m_filter;
    QLineEdit* m_search = nullptr;
    QComboBox* m_split = nullptr;
    QComboBox* m_voice = nullptr;
    QTableView* m_table = nullptr;
    QLabel* m_count = nullptr;
    ClipCard* m_card = nullptr;
};

} // namespace viva
