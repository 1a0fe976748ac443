// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/clip_records.h"

#include <QTimer>
#include <QWidget>

class QLineEdit;
class QPushButton;

namespace viva {

class FilterButton;

/// What is searched for in a list of clips: words, and values of task, split, tag, speaker and
/// language.
class ClipFilterBar : public QWidget {
    Q_OBJECT

public:
    explicit ClipFilterBar(QWidget* parent = nullptr);

    void setFacets(const ClipFacets& facets);
    void clear(); ///< changed() follows
    void focusSearch();
    [[nodiscard]] ClipFilter filter() const;
    [[nodiscard]] bool filtered() const;

signals:
    void changed(); ///< a short while after the last letter

private:
    void onChanged();

    QTimer m_typing;
    QLineEdit* m_search = nullptr;
    FilterButton* m_task = nullptr;
    FilterButton* m_split = nullptr;
    FilterButton* m_tag = nullptr;
    FilterButton* m_speaker = nullptr;
    FilterButton* m_language = nullptr;
    QPushButton* m_clear = nullptr;
};

} // namespace viva
