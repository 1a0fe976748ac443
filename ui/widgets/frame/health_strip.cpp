// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/frame/health_strip.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme_colors.h"
#include "ui/theme/type_scale.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QStyle>
#include <QToolButton>

#include <algorithm>

namespace viva {

namespace {

struct Look {
    const char* frame;
    const char* icon;
};

Look lookOf(HealthLevel level) {
    switch (level) {
    case HealthLevel::Good:
        return {"info", "check"};
    case HealthLevel::Normal:
        return {"info", "info"};
    case HealthLevel::Warning:
        return {"warning", "warning"};
    case HealthLevel::Bad:
        return {"error", "error"};
    }
    return {"info", "info"};
}

} // namespace

HealthStrip::HealthStrip(QWidget* parent)
    : QFrame(parent), m_icon(new QLabel(this)), m_text(new QLabel(this)), m_more(new QLabel(this)),
      m_why(new QToolButton(this)) {
    setAccessibleName(tr("Health of the run"));
    m_text->setWordWrap(true);
    m_text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_more->setWordWrap(true);
    m_more->hide();
    m_why->setText(tr("Why?"));
    m_why->setCheckable(true);
    m_why->setToolTip(tr("The reason, and what else is true of the curves"));
    connect(m_why, &QToolButton::toggled, m_more, &QLabel::setVisible);
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(12, 2, kHalfGrid, 2);
    layout->setHorizontalSpacing(kGrid);
    layout->setVerticalSpacing(kHalfGrid);
    layout->addWidget(m_icon, 0, 0);
    layout->addWidget(m_text, 0, 1);
    layout->addWidget(m_why, 0, 2);
    layout->addWidget(m_more, 1, 1, 1, 2);
    layout->setColumnStretch(1, 1);
    setMinimumHeight(4 * kGrid + 2);
    setSentences({});
}

void HealthStrip::setSentences(const std::vector<HealthSentence>& sentences) {
    const auto same = [](const HealthSentence& one, const HealthSentence& two) {
        return one.text == two.text;
    };
    const bool unchanged =
        !m_text->text().isEmpty() && sentences.size() == m_sentences.size() &&
        std::equal(sentences.begin(), sentences.end(), m_sentences.begin(), same);
    if (!unchanged)
        show(sentences);
}

void HealthStrip::show(const std::vector<HealthSentence>& sentences) {
    m_sentences = sentences;
    HealthSentence first;
    first.text = tr("Nothing to say yet: the first steps are still coming in.");
    if (!sentences.empty())
        first = sentences.front();
    const Look look = lookOf(first.level);
    const ThemeColors& colors = colorsFor(palette());
    QColor tint = colors.accent;
    if (first.level == HealthLevel::Good)
        tint = colors.up;
    else if (first.level == HealthLevel::Warning)
        tint = colors.warningText;
    else if (first.level == HealthLevel::Bad)
        tint = colors.errorText;
    m_icon->setPixmap(tintedPixmap(look.icon, {18, 18}, tint, devicePixelRatioF()));
    m_text->setText(first.text);
    QStringList lines{first.why};
    for (std::size_t index = 1; index < sentences.size(); ++index)
        lines << QStringLiteral("\u2022 ") + sentences[index].text + ' ' + sentences[index].why;
    lines.removeAll(QString());
    m_more->setText(lines.join('\n'));
    m_why->setVisible(!lines.isEmpty());
    if (property("look").toString() != look.frame) {
        setProperty("look", look.frame);
        for (QWidget* widget : {static_cast<QWidget*>(this), static_cast<QWidget*>(m_text),
                                static_cast<QWidget*>(m_more)}) {
            widget->style()->unpolish(widget);
            widget->style()->polish(widget);
        }
    }
    setAccessibleDescription(first.text);
}

QString HealthStrip::text() const {
    return m_text->text();
}

void HealthStrip::changeEvent(QEvent* event) {
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_text->text().isEmpty())
        show(m_sentences);
}

} // namespace viva
