// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/clips/opened_project.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <charconv>
#include <unordered_map>

namespace viva {

OpenedProject OpenedProject::reading(const std::string& project) {
    auto store = ProjectStore::openReadOnly(project);
    ClipStore clips(*store);
    return {std::move(store), clips};
}

OpenedProject OpenedProject::writing(const std::string& project) {
    if (!ProjectStore::isIn(project))
        return reading(project); // says that there is none
    auto store = ProjectStore::open(project);
    ClipStore clips(*store);
    return {std::move(store), clips};
}

std::vector<ClipRecord> OpenedProject::named(const std::vector<std::string>& names) const {
    std::unordered_map<std::string, ClipId> ids;
    for (const ClipRecord& clip : all())
        ids.emplace(clip.utterance.id, clip.id);
    std::vector<ClipId> wanted;
    for (const std::string& name : names) {
        if (const auto found = ids.find(name); found != ids.end()) {
            wanted.push_back(found->second);
            continue;
        }
        ClipId id = 0;
        const char* end = name.data() + name.size();
        const auto [stop, failure] = std::from_chars(name.data(), end, id);
        if (failure != std::errc() || stop != end || !clips.clip(id))
            throw Error(ErrorCode::NotFound,
                        fmt::format("{} has no clip \"{}\"; viva data list shows them",
                                    store->folder().string(), name));
        wanted.push_back(id);
    }
    return clips.clips(wanted);
}

std::vector<ClipRecord> OpenedProject::all(const ClipFilter& filter) const {
    return clips.clips(clips.ids(filter));
}

} // namespace viva
