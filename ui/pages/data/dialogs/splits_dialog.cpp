// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/dialogs/splits_dialog.h"

#include "core/project/clip_check.h"
#include "ui/models/clips/clip_text.h"
#include "ui/pages/data/dialogs/form_rows.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace viva {
namespace {

constexpr const char* kSplits[] = {"train", "validation", "test"};
constexpr double kShares[] = {80, 10, 10};
constexpr std::size_t kMostLeaksShown = 500;
/// Of the first box: the splits the clips have, to look at their leaks.
constexpr int kAsTheyAre = -1;

QString leakText(const SplitLeak& leak) {
    const QString what = leak.reason == "audio" ? SplitsDialog::tr("the same sound")
                                                : SplitsDialog::tr("the same sentence");
    return SplitsDialog::tr("%1 (%2) and %3 (%4): %5")
        .arg(QString::fromStdString(leak.first), QString::fromStdString(leak.firstSplit),
             QString::fromStdString(leak.second), QString::fromStdString(leak.secondSplit), what);
}

} // namespace

SplitsDialog::SplitsDialog(TaskRunner& tasks, ProjectClips& clips, std::vector<ClipId> ids,
                           QWidget* parent)
    : QDialog(parent), m_clips(clips), m_deals(tasks, this) {
    setWindowTitle(tr("Splits and leaks"));
    resize(720, 560);
    auto* title = wrappedLabel(
        this, "muted",
        tr("The %1 of the list. What is trained on must not be tested on: the same speaker or "
           "sentence on both sides makes a test say too much.")
            .arg(clipCount(static_cast<std::int64_t>(ids.size()))));
    m_apply = new QPushButton(tr("Set these splits"), this);
    m_apply->setProperty("look", "primary");
    m_apply->setEnabled(false);
    auto* close = new QPushButton(tr("Close"), this);
    close->setAutoDefault(false);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(close);
    buttons->addWidget(m_apply);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * kGrid, 2 * kGrid, 3 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid);
    column->addWidget(title);
    column->addWidget(createForm());
    column->addWidget(createOutcome(), 1);
    column->addLayout(buttons);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connectSignals();
    m_ids = std::move(ids);
    readClips();
}

void SplitsDialog::readClips() {
    m_clips.read(
        this,
        [ids = m_ids](const ClipStore& store) {
            return Clips(std::make_shared<const std::vector<ClipRecord>>(store.clips(ids)));
        },
        [this](const Clips& records) {
            m_records = records;
            deal();
        });
}

QWidget* SplitsDialog::createForm() {
    auto* form = new QWidget(this);
    m_by = new QComboBox(form);
    m_by->addItem(tr("by speaker: all clips of a speaker together"),
                  static_cast<int>(SplitBy::Speaker));
    m_by->addItem(tr("by sentence: the same words together"), static_cast<int>(SplitBy::Sentence));
    m_by->addItem(tr("by ratio: each clip on its own"), static_cast<int>(SplitBy::Clip));
    m_by->addItem(tr("as they are: only look for leaks"), kAsTheyAre);
    auto* shares = new QWidget(form);
    auto* row = new QHBoxLayout(shares);
    row->setContentsMargins(0, 0, 0, 0);
    for (int index = 0; index < 3; ++index) {
        m_shares[index] = new QDoubleSpinBox(shares);
        m_shares[index]->setRange(0, 100);
        m_shares[index]->setDecimals(0);
        m_shares[index]->setSuffix(QStringLiteral(" %"));
        m_shares[index]->setValue(kShares[index]);
        m_shares[index]->setAccessibleName(tr("Share of %1").arg(kSplits[index]));
        row->addWidget(new QLabel(QString::fromLatin1(kSplits[index]), shares));
        row->addWidget(m_shares[index]);
        row->addSpacing(kGrid);
    }
    row->addStretch();
    m_seed = new QSpinBox(form);
    m_seed->setRange(0, 1'000'000);
    m_seed->setToolTip(tr("The same clips and the same seed give the same splits"));
    m_keep = new QCheckBox(tr("Clips that have a split keep it"), form);
    auto* grid = new QGridLayout(form);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(kGrid);
    addFormRow(*grid, tr("Deal"), m_by);
    addFormRow(*grid, tr("Shares"), shares);
    addFormRow(*grid, tr("Seed"), m_seed);
    grid->addWidget(m_keep, grid->rowCount(), 1);
    grid->setColumnStretch(1, 1);
    return form;
}

QWidget* SplitsDialog::createOutcome() {
    auto* panel = new QWidget(this);
    m_counts = wrappedLabel(panel, nullptr, tr("Reading the clips ..."));
    m_leakWords = wrappedLabel(panel, "muted");
    m_leaks = new QListWidget(panel);
    m_leaks->setAccessibleName(tr("Leaks between splits"));
    m_leaks->setToolTip(tr("Enter or double click shows the first of the two clips"));
    m_compareWords = wrappedLabel(panel, "muted");
    m_compare = new QPushButton(tr("Compare the sounds"), panel);
    m_compare->setToolTip(tr("Reads every sound once, to find the same one in two splits"));
    m_compare->setAutoDefault(false);
    auto* compare = new QHBoxLayout;
    compare->addWidget(m_compareWords, 1);
    compare->addWidget(m_compare);
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(0, kGrid, 0, 0);
    column->setSpacing(kGrid);
    column->addWidget(m_counts);
    column->addWidget(m_leakWords);
    column->addLayout(compare);
    column->addWidget(m_leaks, 1);
    column->addStretch();
    return panel;
}

void SplitsDialog::connectSignals() {
    connect(m_by, &QComboBox::currentIndexChanged, this, &SplitsDialog::deal);
    for (QDoubleSpinBox* share : m_shares)
        connect(share, &QDoubleSpinBox::valueChanged, this, &SplitsDialog::deal);
    connect(m_seed, &QSpinBox::valueChanged, this, &SplitsDialog::deal);
    connect(m_keep, &QCheckBox::toggled, this, &SplitsDialog::deal);
    connect(m_apply, &QPushButton::clicked, this, &SplitsDialog::apply);
    connect(m_compare, &QPushButton::clicked, this, &SplitsDialog::compareAudio);
    connect(&m_hashing, &LongJob::progressed, this, [this](double fraction) {
        m_compareWords->setText(tr("Comparing the sounds: %1 %").arg(qRound(100 * fraction)));
    });
    connect(m_leaks, &QListWidget::itemActivated, this, [this](const QListWidgetItem* item) {
        emit clipRequested(item->data(Qt::UserRole).toLongLong());
    });
}

SplitRequest SplitsDialog::request() const {
    SplitRequest request;
    request.by = static_cast<SplitBy>(std::max(m_by->currentData().toInt(), 0));
    request.shares.clear();
    for (int index = 0; index < 3; ++index)
        if (m_shares[index]->value() > 0)
            request.shares.push_back({kSplits[index], m_shares[index]->value() / 100});
    request.seed = static_cast<std::uint64_t>(m_seed->value());
    request.keepGiven = m_keep->isChecked();
    return request;
}

SplitsDialog::Outcome SplitsDialog::outcomeOf(const std::vector<ClipRecord>& clips,
                                              const SplitRequest& request, bool asTheyAre) {
    std::vector<Utterance> utterances;
    utterances.reserve(clips.size());
    for (const ClipRecord& clip : clips)
        utterances.push_back(clip.utterance);
    Outcome outcome;
    if (asTheyAre)
        for (const Utterance& utterance : utterances)
            outcome.splits.push_back(utterance.split);
    else
        outcome.splits = dealSplits(utterances, request);
    std::vector<Utterance> split;
    for (std::size_t index = 0; index < utterances.size(); ++index) {
        utterances[index].split = outcome.splits[index];
        if (!outcome.splits[index].empty())
            split.push_back(std::move(utterances[index]));
    }
    outcome.leaks = findSplitLeaks(split);
    return outcome;
}

void SplitsDialog::deal() {
    if (!m_records)
        return;
    const bool asTheyAre = m_by->currentData().toInt() == kAsTheyAre;
    for (QDoubleSpinBox* share : m_shares)
        share->setEnabled(!asTheyAre);
    m_apply->setEnabled(false);
    m_deals.start([records = m_records, wanted = request(),
                   asTheyAre] { return outcomeOf(*records, wanted, asTheyAre); },
                  [this](Outcome outcome) { showOutcome(std::move(outcome)); },
                  [this](const ErrorInfo& error) {
                      m_counts->setText(QString::fromStdString(error.text()));
                  });
}

void SplitsDialog::showOutcome(Outcome outcome) {
    m_dealt = std::move(outcome.splits);
    std::map<std::string, ClipTotals> totals;
    std::map<std::string, std::set<std::string>> speakers;
    std::unordered_map<std::string, ClipId> ids;
    std::size_t others = 0;
    std::size_t unheard = 0;
    for (std::size_t index = 0; index < m_dealt.size(); ++index) {
        const ClipRecord& clip = (*m_records)[index];
        ClipTotals& sum = totals[m_dealt[index]];
        ++sum.clips;
        sum.durationSec += clip.utterance.durationSec;
        if (!clip.utterance.speaker.empty())
            speakers[m_dealt[index]].insert(clip.utterance.speaker);
        unheard += clip.utterance.sha256.empty();
        ids[clip.utterance.id] = clip.id;
        others += clip.utterance.split != m_dealt[index];
    }
    QStringList lines;
    const auto say = [&](const std::string& split, const ClipTotals& sum) {
        const std::size_t voices = speakers[split].size();
        lines << tr("%1: %2, %3, %4")
                     .arg(split.empty() ? tr("none") : QString::fromStdString(split),
                          clipCount(sum.clips), soundLength(sum.durationSec),
                          voices == 0   ? tr("no speaker named")
                          : voices == 1 ? tr("1 speaker")
                                        : tr("%1 speakers").arg(voices));
    };
    for (const char* split : kSplits)
        if (const auto place = totals.find(split); place != totals.end())
            say(place->first, place->second);
    for (const auto& [split, sum] : totals)
        if (std::find(std::begin(kSplits), std::end(kSplits), split) == std::end(kSplits))
            say(split, sum);
    m_counts->setText(lines.join(u'\n'));
    m_leakWords->setText(!outcome.leaks.empty()
                             ? tr("Leaks between splits: %1").arg(outcome.leaks.size())
                         : unheard > 0 ? tr("No sentence is in two splits.")
                                       : tr("No sentence and no sound is in two splits."));
    showUnheard(static_cast<std::int64_t>(unheard));
    m_leaks->clear();
    m_leaks->setVisible(!outcome.leaks.empty());
    for (std::size_t index = 0; index < outcome.leaks.size() && index < kMostLeaksShown; ++index) {
        auto* item = new QListWidgetItem(leakText(outcome.leaks[index]), m_leaks);
        item->setData(Qt::UserRole, static_cast<qlonglong>(ids[outcome.leaks[index].first]));
    }
    m_apply->setEnabled(others > 0);
}

/// Clips that are only referred to have no hash yet: nothing is known of the same sound twice.
void SplitsDialog::showUnheard(std::int64_t clips) {
    m_compareWords->setVisible(clips > 0);
    m_compare->setVisible(clips > 0);
    if (!m_hashing.running())
        m_compareWords->setText(
            m_unreadable.isEmpty()
                ? tr("%1: the sound has not been compared yet.").arg(clipCount(clips))
                : m_unreadable);
}

void SplitsDialog::compareAudio() {
    if (m_hashing.running()) {
        m_compare->setEnabled(false);
        m_hashing.stop();
        return;
    }
    m_compare->setText(tr("Stop"));
    const auto ended = [this] {
        m_compare->setText(tr("Compare the sounds"));
        m_compare->setEnabled(true);
    };
    m_hashing.start(
        [folder = m_clips.folder()](const std::stop_token& stop, const LongJob::Progress& tell) {
            const auto store = ProjectStore::open(folder);
            return hashClips(*store, stop, [&](double fraction) { tell(fraction, {}); });
        },
        [this, ended](const ClipHashReport& report) {
            ended();
            m_unreadable.clear();
            if (!report.faults.empty())
                m_unreadable = tr("%1 could not be compared; the first: %2")
                                   .arg(clipCount(static_cast<std::int64_t>(report.faults.size())),
                                        QString::fromStdString(report.faults.front().reason));
            readClips();
        },
        [this, ended](const ErrorInfo& error) {
            ended();
            m_compareWords->setText(QString::fromStdString(error.text()));
        });
}

void SplitsDialog::apply() {
    std::vector<std::pair<ClipId, std::string>> splits;
    for (std::size_t index = 0; index < m_dealt.size(); ++index)
        splits.emplace_back((*m_records)[index].id, m_dealt[index]);
    const std::string label =
        tr("Splits of %1").arg(clipCount(static_cast<std::int64_t>(splits.size()))).toStdString();
    m_apply->setEnabled(false);
    m_clips.write(
        this,
        [splits = std::move(splits), label](Project& project) {
            return ClipStore(project.store()).setSplits(label, splits);
        },
        [this](std::size_t) { accept(); });
}

} // namespace viva
