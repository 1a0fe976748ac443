// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/data_page.h"

#include "core/project/clip_files.h"
#include "ui/bridge/manifest_clips.h"
#include "ui/models/clips/clip_text.h"
#include "ui/pages/data/clip/clip_card.h"
#include "ui/pages/data/clip/many_editor.h"
#include "ui/pages/data/clip/record_panel.h"
#include "ui/pages/data/clip_actions.h"
#include "ui/theme/type_scale.h"

#include <QApplication>
#include <QBoxLayout>
#include <QDragEnterEvent>
#include <QLabel>
#include <QMimeData>
#include <QSplitter>
#include <QStackedWidget>

#include <algorithm>

namespace viva {
namespace {

constexpr int kProject = 0;
constexpr int kDemo = 1;

QString labelFor(const QString& what, std::size_t count) {
    return DataPage::tr("%1 of %2").arg(what, clipCount(static_cast<std::int64_t>(count)));
}

} // namespace

DataPage::DataPage(const PageServices& services, const std::filesystem::path& demo, QWidget* parent)
    : Page(parent), m_services(services), m_clips(services.clips),
      m_demo(new ManifestClips(services.tasks, demo, this)) {
    setAcceptDrops(true);
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    m_list = new ClipListPanel(splitter);
    m_right = new QStackedWidget(splitter);
    m_card = new ClipCard(services.tasks, m_right);
    m_many = new ManyEditor(m_right);
    m_right->addWidget(m_card);
    m_right->addWidget(m_many);
    m_recordPage = new QWidget(m_right);
    m_record = new RecordPanel(services, m_recordPage);
    auto* recordColumn = new QVBoxLayout(m_recordPage);
    recordColumn->setContentsMargins(0, 0, 0, 0);
    recordColumn->addWidget(m_record);
    m_right->addWidget(m_recordPage);
    splitter->addWidget(m_list);
    splitter->addWidget(m_right);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({580, 590});
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(kGrid);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, kGrid);
    column->addWidget(splitter);
    m_actions = new ClipActions(services, m_clips, *this);
    connectSignals();
    createKeys();
    m_list->setSources({{tr("This project"), &m_clips}, {tr("Built-in demo"), m_demo}});
}

DataPage::~DataPage() {
    m_card->editor().commit();
}

ClipSource& DataPage::source() {
    return onProject() ? static_cast<ClipSource&>(m_clips) : *m_demo;
}

bool DataPage::onProject() const {
    return m_list->sourceIndex() == kProject;
}

void DataPage::connectSignals() {
    connectClips();
    connectCard();
    connectActions();
    connectRecorder();
    connect(m_list, &ClipListPanel::chosenChanged, this, &DataPage::showChosen);
    connect(m_list, &ClipListPanel::actionRequested, this, &DataPage::act);
    connect(m_list, &ClipListPanel::removeRequested, this, &DataPage::removeChosen);
    connect(m_list, &ClipListPanel::facetsChanged, this, [this] {
        m_card->editor().setChoices(m_list->facets());
        m_many->setChoices(m_list->facets());
    });
    connect(m_list, &ClipListPanel::sourceChanged, this, [this](int index) {
        if (index == kDemo)
            m_demo->open();
    });
    connect(m_many, &ManyEditor::changeRequested, this,
            [this](const QString& what, const ManyEditor::Mutate& mutate) {
                const std::vector<ClipId> ids = m_list->selectedIds();
                change(labelFor(what, ids.size()), ids, mutate);
            });
    connect(m_many, &ManyEditor::removeRequested, this, &DataPage::removeChosen);
    connect(m_many, &ManyEditor::copyRequested, this, &DataPage::copyChosen);
}

void DataPage::connectClips() {
    connect(&m_clips, &ProjectClips::historyChanged, m_list,
            [this] { m_list->setHistory(m_clips.undoLabel(), m_clips.redoLabel()); });
    connect(&m_clips, &ClipSource::failed, this, &DataPage::warn);
    m_clips.read(
        this, [folder = m_clips.folder()](const ClipStore&) { return readDrafts(folder); },
        [this](ClipDrafts drafts) { m_card->editor().setDrafts(std::move(drafts)); });
    connect(m_demo, &ClipSource::failed, this, [this](const QString& sentence) {
        emit messageRaised(
            {MessageKind::Error, sentence, tr("Try again"), [this] { m_demo->open(); }});
    });
    for (ClipSource* one : {static_cast<ClipSource*>(&m_clips), static_cast<ClipSource*>(m_demo)})
        connect(one, &ClipSource::changed, this, [this, one] {
            if (one == &source())
                loadCurrent();
        });
}

void DataPage::connectCard() {
    connect(m_card, &ClipCard::failed, this, &DataPage::warn);
    connect(m_card, &ClipCard::locateRequested, this,
            [this] { m_actions->locateAudio(m_card->clip()); });
    connect(m_card, &ClipCard::soundEditRequested, this,
            [this](const AudioEdit& edit) { editAudioOf(m_card->clipId(), edit); });
    connect(m_card, &ClipCard::removeRequested, this, &DataPage::removeChosen);
    connect(m_card, &ClipCard::copyRequested, this, &DataPage::copyChosen);
    connect(&m_card->editor(), &ClipEditor::draftsChanged, this, [this](const ClipDrafts& drafts) {
        m_clips.writeAside(
            [drafts](const Project& project) { writeDrafts(project.folder(), drafts); });
    });
    connect(&m_card->editor(), &ClipEditor::changeRequested, this,
            [this](ClipId id, const QString& label, const ClipEditor::Mutate& mutate,
                   const ChangeRefused& refused) { change(label, {id}, mutate, refused); });
}

void DataPage::connectActions() {
    connect(m_actions, &ClipActions::messageRaised, this, &Page::messageRaised);
    connect(m_actions, &ClipActions::projectRequested, this,
            [this] { m_list->showSource(kProject); });
    connect(m_actions, &ClipActions::clipRequested, this, &DataPage::activated);
}

void DataPage::connectRecorder() {
    connect(m_record, &RecordPanel::failed, this, [this](const QString& sentence) {
        // What the panel says itself need not be said twice.
        const QList<QLabel*> labels = m_record->findChildren<QLabel*>();
        if (std::none_of(labels.begin(), labels.end(), [&](const QLabel* label) {
                return label->isVisible() && label->text() == sentence;
            }))
            warn(sentence);
    });
    connect(m_record, &RecordPanel::clipKept, this, [this](qlonglong id) {
        m_list->selectClip(id);
        m_clips.refresh();
    });
    connect(m_record, &RecordPanel::closed, this, [this] {
        m_right->setCurrentWidget(m_card);
        showChosen();
        m_list->setFocus();
    });
}

void DataPage::activated(const QVariant& subject) {
    if (const qlonglong id = subject.toLongLong(); id > 0) {
        m_list->showSource(kProject);
        m_list->selectClip(id);
    }
}

void DataPage::deactivated() {
    m_card->editor().commit();
    m_card->stop();
}

void DataPage::warn(const QString& sentence) {
    emit messageRaised({MessageKind::Warning, sentence, {}, {}});
}

void DataPage::act(ClipListPanel::Action action) {
    using Action = ClipListPanel::Action;
    m_card->editor().commit();
    if (!onProject() && action != Action::Undo && action != Action::Redo)
        m_list->showSource(kProject);
    switch (action) {
    case Action::Undo:
        undoOrRedo(true);
        break;
    case Action::Redo:
        undoOrRedo(false);
        break;
    case Action::Record:
        m_card->stop();
        m_right->setCurrentWidget(m_recordPage);
        m_record->open();
        break;
    case Action::Open:
        m_actions->chooseFiles();
        break;
    case Action::Import:
        m_actions->openImport();
        break;
    case Action::Splits:
        m_actions->openSplits(m_list->model().ids());
        break;
    case Action::Export:
        m_actions->openExport(m_list->model().filter(), m_list->model().totals().clips,
                              m_list->clipsOfSource());
        break;
    }
}

void DataPage::undoOrRedo(bool undo) {
    if (!onProject())
        return;
    m_card->editor().commit();
    const auto done = [this] { m_card->editor().reloadNext(); };
    if (undo)
        m_clips.undo(done);
    else
        m_clips.redo(done);
}

void DataPage::showChosen() {
    // A clip that was just recorded is chosen too; the recorder stays for the next take until
    // somebody goes to the list.
    const bool byHand = m_list->isAncestorOf(QApplication::focusWidget());
    if (m_right->currentWidget() == m_recordPage && m_record->isVisible() &&
        (m_record->recording() || m_record->reviewing() || !byHand))
        return;
    const std::vector<ClipId> ids = m_list->selectedIds();
    if (ids.size() > 1) {
        m_card->editor().commit();
        m_many->setClips(ids.size(), onProject());
        m_right->setCurrentWidget(m_many);
        if (onProject())
            m_clips.read(
                m_many, [ids](const ClipStore& clips) { return clips.totals(ids); },
                [this](const ClipTotals& totals) { m_many->setTotals(totals); });
        return;
    }
    m_right->setCurrentWidget(m_card);
    if (m_list->currentId() == 0)
        m_card->clear();
    else if (m_list->currentId() != m_card->clipId() || onProject() != m_card->editor().editable())
        loadCurrent();
}

void DataPage::loadCurrent() {
    const ClipId id = m_list->currentId();
    const quint64 asked = ++m_asked;
    if (id == 0 || m_right->currentWidget() != m_card)
        return;
    ClipSource* from = &source();
    from->load({id}, [this, guard = QPointer(this), asked, from,
                      writes = m_clips.writesAsked()](const std::vector<ClipRow>& rows) {
        if (!guard || asked != m_asked || rows.empty() || from != &source())
            return;
        // What was written meanwhile is not in this answer; another one follows.
        if (from == &m_clips && writes != m_clips.writesAsked() &&
            rows.front().clip.id == m_card->clipId())
            return;
        showClip(rows.front());
    });
}

void DataPage::showClip(const ClipRow& row) {
    m_card->setClip(row, source().audioFile(row.clip), onProject());
}

void DataPage::change(const QString& label, std::vector<ClipId> ids,
                      const ClipEditor::Mutate& mutate, const ChangeRefused& refused) {
    m_clips.change(label, std::move(ids), mutate,
                   [this, guard = QPointer(this), refused](const ErrorInfo& error) {
                       if (!guard)
                           return;
                       if (!refused || !refused(error))
                           warn(QString::fromStdString(error.text()));
                       loadCurrent();
                   });
}

void DataPage::removeChosen() {
    const std::vector<ClipId> ids = m_list->selectedIds();
    if (!onProject() || ids.empty())
        return;
    m_clips.remove(labelFor(tr("Removal"), ids.size()), ids);
    emit messageRaised({MessageKind::Info,
                        tr("%1 removed from the list; the sound files stay where they are.")
                            .arg(clipCount(static_cast<std::int64_t>(ids.size()))),
                        tr("Undo"), [this] { undoOrRedo(true); }});
}

void DataPage::copyChosen() {
    if (onProject())
        return;
    std::vector<Utterance> chosen;
    for (const ClipId id : m_list->selectedIds())
        chosen.push_back(m_demo->manifest().utterances[static_cast<std::size_t>(id - 1)]);
    m_actions->copyFrom(m_demo->manifest(), std::move(chosen));
}

void DataPage::editAudioOf(ClipId id, const AudioEdit& edit) {
    m_clips.write(
        this,
        [id, edit](Project& project) {
            editClipAudio(project.store(), id, edit);
            return id;
        },
        [](ClipId) {});
}

void DataPage::saveAndNext() {
    m_card->editor().commit();
    m_list->moveBy(1);
}

void DataPage::openPaths(const QStringList& paths) {
    m_actions->openPaths(paths);
}

void DataPage::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void DataPage::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    if (paths.isEmpty())
        return;
    event->acceptProposedAction();
    openPaths(paths);
}

bool DataPage::playPause() {
    if (m_right->currentWidget() == m_recordPage)
        return m_record->playPause();
    return m_right->currentWidget() == m_card && m_card->playPause();
}

Page* makeDataPage(const PageServices& services) {
    return new DataPage(services, services.resourceFolder / "demo" / "manifest.jsonl");
}

} // namespace viva
