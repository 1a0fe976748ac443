// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/token_strip.h"

#include "ui/theme/theme_colors.h"
#include "ui/theme/type_scale.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr double kTokenPad = 3;
constexpr double kTokenGap = 2;

double measureOf(const Answer& answer, std::size_t i, TokenMeasure measure) {
    const double policy = answer.logProbs[i];
    if (measure == TokenMeasure::LogProb)
        return policy;
    const double difference = answer.refLogProbs[i] - policy; // log ref - log policy
    return measure == TokenMeasure::LogRatio ? -difference : std::exp(difference) - difference - 1;
}

QString measureWord(TokenMeasure measure) {
    switch (measure) {
    case TokenMeasure::LogProb:
        return QObject::tr("log-prob");
    case TokenMeasure::KlToBase:
        return QObject::tr("KL to the reference policy");
    case TokenMeasure::LogRatio:
        return QObject::tr("log-prob against the reference policy");
    }
    return {};
}

} // namespace

TokenStrip::TokenStrip(QWidget* parent) : QWidget(parent) {
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Tokens"));
}

bool TokenStrip::available(const Answer& answer, TokenMeasure measure) {
    if (answer.tokens.empty() || answer.logProbs.size() != answer.tokens.size())
        return false;
    return measure == TokenMeasure::LogProb || answer.refLogProbs.size() == answer.tokens.size();
}

void TokenStrip::setAnswer(const Answer& answer) {
    m_answer = answer;
    measureTokens();
}

void TokenStrip::clear() {
    setAnswer({});
}

void TokenStrip::setMeasure(TokenMeasure measure) {
    m_measure = measure;
    measureTokens();
}

void TokenStrip::measureTokens() {
    m_tokens.clear();
    m_range = 1e-3;
    const bool known = available(m_answer, m_measure);
    QStringList spoken;
    for (std::size_t i = 0; i < m_answer.tokens.size(); ++i) {
        QString text = QString::fromStdString(m_answer.tokens[i]);
        text.replace(u'\n', QChar(0x21B5));
        const double value = known ? measureOf(m_answer, i, m_measure) : 0.0;
        m_range = std::max(m_range, std::abs(value));
        spoken << (known ? tr("%1 %2").arg(text.trimmed()).arg(value, 0, 'f', 2) : text.trimmed());
        m_tokens.push_back({text.isEmpty() ? QString(QChar(0x2205)) : text, value, {}});
    }
    setAccessibleDescription(spoken.join(u", "));
    static_cast<void>(layoutTokens(width()));
    updateGeometry();
    update();
}

int TokenStrip::layoutTokens(int width) const {
    const QFontMetricsF metrics(monospaceFont());
    const double lineHeight = metrics.height() + 2 * kTokenPad + 4;
    double x = 0;
    double y = 0;
    for (Token& token : m_tokens) {
        const double w = std::max(8.0, metrics.horizontalAdvance(token.text)) + 2 * kTokenPad;
        if (x > 0 && x + w > width) {
            x = 0;
            y += lineHeight;
        }
        token.area = QRectF(x, y + 2, w, lineHeight - 4);
        x += w + kTokenGap;
    }
    return static_cast<int>(std::ceil(y + lineHeight));
}

int TokenStrip::heightForWidth(int width) const {
    return layoutTokens(width);
}

QSize TokenStrip::sizeHint() const {
    return {240, layoutTokens(std::max(240, width()))};
}

void TokenStrip::paintEvent(QPaintEvent*) {
    const ThemeColors& colors = colorsFor(palette());
    static_cast<void>(layoutTokens(width()));
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(monospaceFont());
    for (const Token& token : m_tokens) {
        const double strength = std::min(1.0, std::abs(token.value) / m_range);
        const bool upwards = m_measure == TokenMeasure::LogRatio && token.value > 0;
        QColor ground =
            m_measure == TokenMeasure::KlToBase ? colors.kl : (upwards ? colors.up : colors.down);
        ground.setAlphaF(static_cast<float>(0.06 + 0.42 * strength));
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground);
        painter.drawRoundedRect(token.area, 3, 3);
        ground.setAlphaF(static_cast<float>(strength));
        painter.setPen(QPen(ground, 2));
        const double edge = upwards ? token.area.top() : token.area.bottom();
        painter.drawLine(QPointF(token.area.left() + 2, edge),
                         QPointF(token.area.right() - 2, edge));
        painter.setPen(colors.text);
        painter.drawText(token.area, Qt::AlignCenter, token.text);
    }
}

bool TokenStrip::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        for (std::size_t i = 0; i < m_tokens.size(); ++i) {
            if (!m_tokens[i].area.contains(help->pos()))
                continue;
            QString tip = available(m_answer, m_measure) ? tr("%1: %2 nats")
                                                               .arg(measureWord(m_measure))
                                                               .arg(m_tokens[i].value, 0, 'f', 3)
                                                         : tr("this answer carries no log-probs");
            if (available(m_answer, TokenMeasure::LogProb))
                tip += tr("\nprobability %1").arg(std::exp(m_answer.logProbs[i]), 0, 'f', 3);
            QToolTip::showText(help->globalPos(), tip, this);
            return true;
        }
        QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace viva
