// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/group/group.h"

#include <QWidget>

#include <vector>

namespace viva {

/// What a token's colour tells.
enum class TokenMeasure {
    LogProb,  ///< log-prob under the sampling policy: how sure it was
    KlToBase, ///< k3 against the reference policy
    LogRatio  ///< log-prob of the policy less that of the reference: what training changed
};

/// An answer's tokens in a row, wrapped, each on a ground whose strength and colour tell one
/// measure; the value stands in the tooltip, and upwards and downwards differ by a line above or
/// below.
class TokenStrip : public QWidget {
    Q_OBJECT

public:
    explicit TokenStrip(QWidget* parent = nullptr);

    void setAnswer(const Answer& answer);
    void clear();
    void setMeasure(TokenMeasure measure);
    /// Whether the answer carries what the measure needs.
    [[nodiscard]] static bool available(const Answer& answer, TokenMeasure measure);

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Token {
        QString text;
        double value = 0;
        QRectF area;
    };
    void measureTokens();
    [[nodiscard]] int layoutTokens(int width) const;

    Answer m_answer;
    TokenMeasure m_measure = TokenMeasure::LogRatio;
    mutable std::vector<Token> m_tokens;
    double m_range = 1;
};

} // namespace viva
