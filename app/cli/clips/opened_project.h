// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/clip_store.h"
#include "core/store/project_store.h"

#include <memory>
#include <string>
#include <vector>

namespace viva {

/// A project's store with its clips, for one command.
struct OpenedProject {
    std::unique_ptr<ProjectStore> store;
    ClipStore clips;

    /// @throws Error(NotFound | Database).
    [[nodiscard]] static OpenedProject reading(const std::string& project);
    /// A project that is there. @throws Error(NotFound | Database | Io).
    [[nodiscard]] static OpenedProject writing(const std::string& project);

    /// Clips by name or number, in the order given. @throws Error(NotFound) naming the first that
    /// is not there.
    [[nodiscard]] std::vector<ClipRecord> named(const std::vector<std::string>& names) const;
    [[nodiscard]] std::vector<ClipRecord> all(const ClipFilter& filter = {}) const;
};

} // namespace viva
