// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/runs/health.h"

#include <QFrame>

class QLabel;
class QToolButton;

namespace viva {

/// One line above the charts: what the curves mean now; "why?" unfolds the reason and the sentences
/// that are also true.
class HealthStrip : public QFrame {
    Q_OBJECT

public:
    explicit HealthStrip(QWidget* parent = nullptr);

    void setSentences(const std::vector<HealthSentence>& sentences);
    [[nodiscard]] QString text() const;

protected:
    void changeEvent(QEvent* event) override;

private:
    void show(const std::vector<HealthSentence>& sentences);

    QLabel* m_icon = nullptr;
    QLabel* m_text = nullptr;
    QLabel* m_more = nullptr;
    QToolButton* m_why = nullptr;
    std::vector<HealthSentence> m_sentences;
};

} // namespace viva
