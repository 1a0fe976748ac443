// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/manifest.h"
#include "ui/bridge/clip_source.h"
#include "ui/bridge/task_runner.h"

#include <optional>

namespace viva {

/// The clips of a manifest, to look at and to hear: the built-in demo. A clip's number is its place
/// in the manifest, counted from one.
class ManifestClips : public ClipSource {
    Q_OBJECT

public:
    ManifestClips(TaskRunner& tasks, std::filesystem::path manifest, QObject* parent = nullptr);

    /// Reads the manifest; changed() follows, or failed().
    void open();
    [[nodiscard]] const Manifest& manifest() const { return *m_manifest; }

    void find(const ClipFilter& filter, std::function<void(ClipList)> done) override;
    void load(std::vector<ClipId> ids, std::function<void(std::vector<ClipRow>)> done) override;
    void askFacets(std::function<void(ClipFacets)> done) override;
    [[nodiscard]] std::filesystem::path audioFile(const ClipRecord& clip) const override;
    [[nodiscard]] bool editable() const override { return false; }

private:
    TaskRunner& m_tasks;
    std::filesystem::path m_path;
    TaskChannel m_opens;
    TaskChannel m_finds;
    std::shared_ptr<const Manifest> m_manifest = std::make_shared<const Manifest>();
    bool m_opened = false;
};

} // namespace viva
