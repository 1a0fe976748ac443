// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/clip_records.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <functional>
#include <vector>

namespace viva {

/// A clip as the table shows it.
struct ClipRow {
    ClipRecord clip;
    bool missing = false; ///< its sound is not where it should be
};

/// Where a table of clips gets its rows from: a project or the built-in demo.
///
/// Lives on the GUI thread. Questions return at once and are answered on the GUI thread, in the
/// order they were asked; a search that a newer one has overtaken is not answered. Answers that
/// come when the source is gone are dropped.
class ClipSource : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void find(const ClipFilter& filter, std::function<void(ClipList)> done) = 0;
    /// In the order of `ids`; clips that are gone are left out.
    virtual void load(std::vector<ClipId> ids, std::function<void(std::vector<ClipRow>)> done) = 0;
    virtual void askFacets(std::function<void(ClipFacets)> done) = 0;
    [[nodiscard]] virtual std::filesystem::path audioFile(const ClipRecord& clip) const = 0;
    [[nodiscard]] virtual bool editable() const = 0;

signals:
    void changed(); ///< every answer so far may be old
    void failed(const QString& sentence);
};

} // namespace viva
