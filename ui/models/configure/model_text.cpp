// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/configure/model_text.h"

#include "ui/models/format.h"

#include <QObject>
#include <QThread>

#include <algorithm>

namespace viva {
namespace {

QString cardRow(const QString& what, const QString& value) {
    return QStringLiteral("<tr><td>%1</td><td align='right'>&nbsp;&nbsp;<b>%2</b></td></tr>")
        .arg(what, value);
}

QString millions(std::int64_t parameters) {
    if (parameters >= 1'000'000'000)
        return QObject::tr("%1 B").arg(static_cast<double>(parameters) / 1e9, 0, 'f', 2);
    return QObject::tr("%1 M").arg(static_cast<double>(parameters) / 1e6, 0, 'f',
                                   parameters >= 100'000'000 ? 0 : 2);
}

QString size(std::uint64_t bytes) {
    return formatBytes(static_cast<std::int64_t>(bytes));
}

QString partName(const std::string& name) {
    QString text = QString::fromStdString(name);
    text[0] = text[0].toUpper();
    return text.toHtmlEscaped();
}

QString muted(const QString& text, const ThemeColors& colors) {
    return QStringLiteral("<div style='color:%1'>%2</div>")
        .arg(colors.textMuted.name(), text.toHtmlEscaped());
}

} // namespace

QString modelCardText(const ModelView& view, const ThemeColors& colors) {
    if (!view.failure.isEmpty())
        return QStringLiteral("<span style='color:%1'>%2</span>")
            .arg(colors.errorText.name(), view.failure.toHtmlEscaped());
    if (!view.card)
        return muted(QObject::tr("Reading the folder\u2026"), colors);
    const ModelCard& card = *view.card;
    QString html = QStringLiteral("<table width='100%'>");
    for (const ModelCardPart& part : card.parts)
        html += cardRow(partName(part.name),
                        QObject::tr("%1 \u00B7 %2")
                            .arg(millions(part.parameters), QString::fromStdString(part.dtypes)));
    html +=
        cardRow(QObject::tr("Together"),
                QObject::tr("%1 \u00B7 %2").arg(millions(card.parameters()), size(card.bytes())));
    html += cardRow(QObject::tr("Its own adapter"),
                    card.bundled ? QObject::tr("rank %1, scale %2")
                                       .arg(card.bundled->config.rank)
                                       .arg(formatNumber(card.bundled->config.scale()))
                                 : QObject::tr("none"));
    html += cardRow(QObject::tr("Context"),
                    QObject::tr("%L1 tokens").arg(card.config.text.maxPositionEmbeddings));
    html +=
        cardRow(QObject::tr("Prompts"), QString::fromStdString(card.promptStyle).toHtmlEscaped());
    html += QStringLiteral("</table>");
    for (const std::string& note : card.notes)
        html += muted(QString::fromStdString(note), colors);
    return html;
}

MemoryEstimate estimateFor(const ModelView& view, const TrainConfig& config) {
    MemorySetting setting;
    setting.gpu = view.device.gpu;
    setting.workers =
        config.threads > 0 ? config.threads : std::max(1, QThread::idealThreadCount());
    return estimateMemory(*view.card, config, setting);
}

QString memoryText(const ModelView& view, const TrainConfig& config, const ThemeColors& colors) {
    if (!view.card)
        return {};
    const MemoryEstimate estimate = estimateFor(view, config);
    const TrainableCount trained = countTrainable(*view.card, config);
    QString html = QStringLiteral("<table width='100%'>");
    html += cardRow(
        QObject::tr("Trained"),
        QObject::tr("%1 of %2")
            .arg(millions(trained.total()), millions(view.card->parameters() + trained.adapter)));
    for (const MemoryPart& part : estimate.parts)
        if (part.bytes >= 1'000'000)
            html += cardRow(partName(part.name), size(part.bytes));
    html += cardRow(QObject::tr("Memory, about"), size(estimate.total()));
    html += cardRow(QString::fromStdString(view.device.device).toHtmlEscaped(),
                    QObject::tr("%1 free").arg(size(view.device.freeBytes)));
    html += QStringLiteral("</table>");
    for (const std::string& pattern : trained.unused)
        html += QStringLiteral("<div style='color:%1'>%2</div>")
                    .arg(colors.errorText.name(),
                         QObject::tr("No weight fits %1.")
                             .arg(QString::fromStdString(pattern).toHtmlEscaped()));
    if (view.device.freeBytes > 0 && estimate.total() > view.device.freeBytes)
        html += QStringLiteral("<div style='color:%1'>%2</div>")
                    .arg(colors.warningText.name(),
                         QObject::tr("This does not fit: take fewer or shorter answers, bfloat16, "
                                     "or more gradient_accumulation_steps."));
    return html;
}

} // namespace viva
