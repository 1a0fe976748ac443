// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/data_page.h"

#include "ui/models/utterance_table.h"
#include "ui/pages/data/clip_card.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTableView>

#include <algorithm>
#include <utility>

namespace viva {

DataPage::DataPage(const PageServices& services, std::filesystem::path manifest, QWidget* parent)
    : Page(parent), m_services(services), m_manifestPath(std::move(manifest)),
      m_loads(services.tasks, this), m_model(new UtteranceTableModel(this)),
      m_filter(new UtteranceFilter(*m_model, this)) {
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(createListPanel());
    m_card = new ClipCard(services.tasks, splitter);
    splitter->addWidget(m_card);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({600, 500});
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(kGrid);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, kGrid);
    column->addWidget(splitter);
    connectSignals();
}

QWidget* DataPage::createListPanel() {
    auto* panel = new QFrame(this);
    panel->setProperty("look", "card");
    m_table = new QTableView(panel);
    m_table->setProperty("look", "plain");
    m_table->setModel(m_filter);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(32);
    // What is said comes second and takes what the others leave, down to a few words.
    QHeaderView* header = m_table->horizontalHeader();
    header->moveSection(UtteranceTableModel::Text, 1);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setMinimumSectionSize(56);
    header->setSectionResizeMode(UtteranceTableModel::Text, QHeaderView::Stretch);
    const int widths[] = {96, 96, 60, 80, 80};
    for (int column = 0; column < UtteranceTableModel::Text; ++column)
        m_table->setColumnWidth(column, widths[column]);
    m_table->setAccessibleName(tr("Clips"));
    m_table->setTabKeyNavigation(false);
    m_count = new QLabel(panel);
    m_count->setProperty("look", "muted");
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, kGrid);
    column->setSpacing(kGrid);
    column->addWidget(createFilterPanel());
    column->addWidget(m_table, 1);
    column->addWidget(m_count);
    return panel;
}

QWidget* DataPage::createFilterPanel() {
    auto* panel = new QWidget(this);
    m_search = new QLineEdit(panel);
    m_search->setPlaceholderText(tr("Search what is said, questions, references"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(themedIcon(QStringLiteral("search"), IconTint::Muted),
                        QLineEdit::LeadingPosition);
    m_split = new QComboBox(panel);
    m_split->setAccessibleName(tr("Split"));
    m_voice = new QComboBox(panel);
    m_voice->setAccessibleName(tr("Voice"));
    auto* row = new QHBoxLayout(panel);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_search, 1);
    row->addWidget(m_split);
    row->addWidget(m_voice);
    return panel;
}

void DataPage::connectSignals() {
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filter->setText(text);
        showCount();
    });
    connect(m_split, &QComboBox::currentIndexChanged, this, [this] {
        m_filter->setSplit(m_split->currentData().toString());
        showCount();
    });
    connect(m_voice, &QComboBox::currentIndexChanged, this, [this] {
        m_filter->setVoice(m_voice->currentData().toString());
        showCount();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &DataPage::showChosen);
    connect(m_card, &ClipCard::failed, this, [this](const QString& sentence) {
        emit messageRaised({MessageKind::Warning, sentence, {}, {}});
    });
}

void DataPage::activated(const QVariant&) {
    if (!m_loaded)
        load();
}

void DataPage::load() {
    m_loaded = true;
    m_count->setText(tr("Reading the clip list ..."));
    m_loads.start([path = m_manifestPath] { return readManifest(path); },
                  [this](Manifest manifest) { applyManifest(std::move(manifest)); },
                  [this](const ErrorInfo& error) {
                      m_loaded = false;
                      m_count->setText(tr("The clip list cannot be read"));
                      emit messageRaised({MessageKind::Error, QString::fromStdString(error.text()),
                                          tr("Try again"), [this] { load(); }});
                  });
}

void DataPage::applyManifest(Manifest manifest) {
    m_manifest.folder = manifest.folder;
    m_model->setUtterances(std::move(manifest.utterances));
    const QSignalBlocker splitBlock(m_split);
    const QSignalBlocker voiceBlock(m_voice);
    m_split->clear();
    m_split->addItem(tr("all splits"), QString());
    for (const QString& name : m_model->splits())
        m_split->addItem(name, name);
    m_voice->clear();
    m_voice->addItem(tr("all voices"), QString());
    for (const QString& name : m_model->voices())
        m_voice->addItem(name, name);
    showCount();
    m_table->selectRow(0);
}

void DataPage::showCount() {
    m_count->setText(tr("%1 of %2 clips · %3 min of sound")
                         .arg(m_filter->rowCount())
                         .arg(m_model->rowCount())
                         .arg(m_model->totalSec() / 60.0, 0, 'f', 1));
}

void DataPage::showChosen() {
    const QModelIndex index = m_filter->mapToSource(m_table->currentIndex());
    if (!index.isValid()) {
        m_card->clear();
        return;
    }
    const Utterance& utterance = m_model->utterance(index.row());
    m_card->setClip(utterance, m_manifest.audioFile(utterance));
}

void DataPage::moveBy(int rows) {
    if (m_filter->rowCount() == 0)
        return;
    m_table->selectRow(
        std::clamp(m_table->currentIndex().row() + rows, 0, m_filter->rowCount() - 1));
}

bool DataPage::playPause() {
    return m_card->playPause();
}

QList<Command> DataPage::commands() {
    const QString section = tr("Data");
    return {
        {section, tr("Next clip"), {}, QKeySequence(Qt::ALT | Qt::Key_Down), [this] { moveBy(1); }},
        {section,
         tr("Clip before"),
         {},
         QKeySequence(Qt::ALT | Qt::Key_Up),
         [this] { moveBy(-1); }},
        {section, tr("Search clips"), {}, QKeySequence::Find, [this] { m_search->setFocus(); }}};
}

} // namespace viva
