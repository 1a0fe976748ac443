// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/importers/text_source.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>

namespace viva {

/// Reads the objects of a JSON array, or of a file with an object a line, one by one and in
/// constant memory.
///
/// A broken object costs itself only: reading starts again at the next line that begins with "{".
class JsonItems {
public:
    /// @throws as TextSource.
    explicit JsonItems(const std::filesystem::path& path);
    ~JsonItems();

    /// False at the end. Either item() is an object, or fault() says why it is none.
    bool next();
    [[nodiscard]] const nlohmann::json& item() const { return *m_item; }
    [[nodiscard]] const std::string& fault() const { return m_fault; }
    [[nodiscard]] const std::string& beginning() const { return m_beginning; }
    [[nodiscard]] std::size_t line() const { return m_line; } ///< where it begins
    /// "FILE:LINE", and which object of the line it is where several share one.
    [[nodiscard]] std::string place(const std::string& file) const;
    [[nodiscard]] const TextSource& source() const { return m_source; }

private:
    bool readText();
    void failHere(const std::string& fault);

    TextSource m_source;
    std::unique_ptr<nlohmann::json> m_item;
    std::string m_text;
    std::string m_fault;
    std::string m_beginning;
    std::size_t m_line = 0;
    std::size_t m_ofLine = 0;  ///< 1-based, among the items that begin in the line
    TextSource::Place m_start; ///< behind the "{" of the item
};

} // namespace viva
