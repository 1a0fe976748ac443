// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/bridge/clip_source.h"

#include <algorithm>

namespace viva {

/// Clips in memory that answers late, as a real source does, and notes what it was asked.
class FakeClipSource : public ClipSource {
    Q_OBJECT

public:
    explicit FakeClipSource(int clips, QObject* parent = nullptr) : ClipSource(parent) {
        for (ClipId id = 1; id <= clips; ++id)
            all.push_back(id);
    }

    void find(const ClipFilter& filter, std::function<void(ClipList)> done) override {
        filters.push_back(filter);
        ClipList found{all, {static_cast<std::int64_t>(all.size()), 2.0}};
        if (filter.descending)
            std::reverse(found.ids.begin(), found.ids.end());
        later([found, done = std::move(done)] { done(found); });
    }
    void load(std::vector<ClipId> ids, std::function<void(std::vector<ClipRow>)> done) override {
        loads.push_back(ids.size());
        std::vector<ClipRow> rows;
        for (const ClipId id : ids) {
            ClipRow row;
            row.clip.id = id;
            row.clip.utterance.id = prefix + std::to_string(id);
            rows.push_back(row);
        }
        later([rows, done = std::move(done)] { done(rows); });
    }
    void askFacets(std::function<void(ClipFacets)> done) override { done({}); }
    [[nodiscard]] std::filesystem::path audioFile(const ClipRecord&) const override { return {}; }
    [[nodiscard]] bool editable() const override { return false; }

    [[nodiscard]] std::size_t rowsLoaded() const {
        std::size_t sum = 0;
        for (const std::size_t rows : loads)
            sum += rows;
        return sum;
    }

    std::vector<ClipId> all;
    std::string prefix = "clip-";
    std::vector<ClipFilter> filters;
    std::vector<std::size_t> loads;

private:
    void later(std::function<void()> job) {
        QMetaObject::invokeMethod(this, std::move(job), Qt::QueuedConnection);
    }
};

} // namespace viva
