// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/dialogs/job_dialog.h"

#include "core/base/atomic_file.h"
#include "ui/models/clips/fault_table.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>

namespace viva {

JobDialog::JobDialog(QWidget* parent) : QDialog(parent) {
    m_faults = new FaultTable(this);
    m_stack = new QStackedWidget(this);
    m_formPage = new QWidget(m_stack);
    m_stack->addWidget(m_formPage);
    m_stack->addWidget(createProgressPage());
    m_stack->addWidget(createReportPage());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * kGrid, 2 * kGrid, 3 * kGrid, 2 * kGrid);
    column->addWidget(m_stack);
    connect(&m_job, &LongJob::progressed, this, [this](double fraction, const QString& text) {
        m_bar->setValue(static_cast<int>(fraction * m_bar->maximum()));
        m_progressText->setText(text);
    });
}

void JobDialog::setForm(QWidget* form, const QString& verb) {
    m_failure = wrappedLabel(m_formPage, "errorText");
    m_failure->hide();
    m_begin = new QPushButton(verb, m_formPage);
    m_begin->setProperty("look", "primary");
    m_begin->setDefault(true);
    auto* cancel = new QPushButton(tr("Cancel"), m_formPage);
    cancel->setAutoDefault(false);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_begin);
    auto* column = new QVBoxLayout(m_formPage);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addWidget(m_failure);
    column->addWidget(form, 1);
    column->addLayout(buttons);
    connect(m_begin, &QPushButton::clicked, this, [this] { begin(); });
    connect(cancel, &QPushButton::clicked, this, &JobDialog::reject);
}

QWidget* JobDialog::createProgressPage() {
    auto* page = new QWidget(m_stack);
    m_bar = new QProgressBar(page);
    m_bar->setRange(0, 1000);
    m_bar->setTextVisible(false);
    m_progressText = wrappedLabel(page);
    m_stop = new QPushButton(tr("Stop"), page);
    m_stop->setToolTip(tr("What has gone in stays; the rest can be brought in later"));
    auto* column = new QVBoxLayout(page);
    column->setSpacing(kGrid);
    column->addStretch();
    column->addWidget(m_progressText);
    column->addWidget(m_bar);
    column->addWidget(m_stop, 0, Qt::AlignRight);
    column->addStretch();
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_stop->setEnabled(false);
        m_progressText->setText(tr("Stopping ..."));
        m_job.stop();
    });
    return page;
}

QWidget* JobDialog::createReportPage() {
    auto* page = new QWidget(m_stack);
    m_headline = wrappedLabel(page);
    setTextSize(m_headline, TextSize::Heading);
    m_search = new QLineEdit(page);
    m_search->setPlaceholderText(tr("Search what did not go in"));
    m_search->setClearButtonEnabled(true);
    auto* filter = new QSortFilterProxyModel(page);
    filter->setSourceModel(m_faults);
    filter->setFilterKeyColumn(-1);
    filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table = new QTableView(page);
    m_table->setModel(filter);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAccessibleName(tr("What did not go in"));
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->setColumnWidth(FaultTable::Place, 160);
    m_table->setColumnWidth(FaultTable::Item, 160);
    m_save = new QPushButton(tr("Save this list..."), page);
    auto* close = new QPushButton(tr("Close"), page);
    close->setProperty("look", "primary");
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_save);
    buttons->addStretch();
    buttons->addWidget(close);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addWidget(m_headline);
    column->addWidget(m_search);
    column->addWidget(m_table, 1);
    column->addLayout(buttons);
    connect(m_search, &QLineEdit::textChanged, filter,
            &QSortFilterProxyModel::setFilterFixedString);
    connect(m_save, &QPushButton::clicked, this, &JobDialog::saveFaults);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    return page;
}

void JobDialog::setReady(bool ready) {
    m_begin->setEnabled(ready);
}

void JobDialog::showProgress() {
    m_failure->hide();
    m_bar->setValue(0);
    m_progressText->setText(tr("Beginning ..."));
    m_stop->setEnabled(true);
    m_stack->setCurrentIndex(1);
    m_stop->setFocus();
}

void JobDialog::showReport(const QString& headline, std::vector<ImportFault> faults) {
    const bool any = !faults.empty();
    m_faults->setFaults(std::move(faults));
    m_headline->setText(headline);
    m_search->setVisible(any);
    m_table->setVisible(any);
    m_save->setVisible(any);
    m_stack->setCurrentIndex(2);
}

void JobDialog::showFailure(const ErrorInfo& error) {
    m_failure->setText(QString::fromStdString(error.text()));
    m_failure->show();
    m_stack->setCurrentIndex(0);
}

void JobDialog::saveFaults() {
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Save what did not go in"), QStringLiteral("rejected.tsv"), tr("Tables (*.tsv)"));
    if (file.isEmpty())
        return;
    try {
        writeFileAtomically(file.toStdString(), m_faults->asText().toStdString());
    } catch (...) {
        m_headline->setText(QString::fromStdString(currentErrorInfo().text()));
    }
}

void JobDialog::reject() {
    if (m_job.running()) {
        m_stop->click();
        return;
    }
    QDialog::reject();
}

} // namespace viva
