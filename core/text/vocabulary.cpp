// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/vocabulary.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {

void Vocabulary::add(std::string token, std::int64_t id) {
    VIVA_ASSERT(id >= 0 && id <= kLargestId);
    const auto place = static_cast<std::size_t>(id);
    if (place >= m_tokens.size())
        m_tokens.resize(place + 1, nullptr);
    const auto entry = m_ids.insert_or_assign(std::move(token), id).first;
    m_tokens[place] = &entry->first; // keys of a node-based map stay where they are
}

std::optional<std::int64_t> Vocabulary::idOf(std::string_view token) const {
    const auto found = m_ids.find(token);
    return found == m_ids.end() ? std::nullopt : std::optional(found->second);
}

const std::string* Vocabulary::tokenOf(std::int64_t id) const {
    return id >= 0 && id < size() ? m_tokens[static_cast<std::size_t>(id)] : nullptr;
}

Vocabulary readVocabulary(JsonReader& model) {
    const nlohmann::json* entries = model.raw("vocab");
    if (entries == nullptr || !entries->is_object())
        model.fail("vocab", "an object of token and id is expected");
    Vocabulary vocabulary;
    for (const auto& [token, id] : entries->items()) {
        if (!id.is_number_integer() || id < 0 || id > Vocabulary::kLargestId)
            model.fail("vocab",
                       fmt::format("token \"{}\" has the id {}; a whole number from 0 to {} "
                                   "is expected",
                                   token, id.dump(), Vocabulary::kLargestId));
        vocabulary.add(token, id.get<std::int64_t>());
    }
    if (vocabulary.size() == 0)
        model.fail("vocab", "the vocabulary is empty; fetch the file again");
    return vocabulary;
}

} // namespace viva
