// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/chat_template.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/inside_folder.h"
#include "core/base/json_reader.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vector>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStartOfRole = "<|start_of_role|>";
constexpr std::string_view kEndOfRole = "<|end_of_role|>";
constexpr std::string_view kEndOfText = "<|end_of_text|>";
constexpr std::uint64_t kMaxTemplateBytes = std::uint64_t{4} << 20;

/// Jinja's escapes in a string literal.
std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out.push_back(text[i]);
            continue;
        }
        const char next = text[++i];
        if (next == 'n')
            out.push_back('\n');
        else if (next == 't')
            out.push_back('\t');
        else
            out.push_back(next);
    }
    return out;
}

/// The literal system turn of a role-token template, or the dated one where it is put together.
std::optional<std::string> findDefaultSystem(std::string_view text) {
    const std::string opening = std::string(kStartOfRole) + "system" + std::string(kEndOfRole);
    for (std::size_t at = text.find(opening); at != std::string_view::npos;
         at = text.find(opening, at + 1)) {
        const std::size_t begin = at + opening.size();
        const std::size_t end = text.find(kEndOfText, begin);
        const std::size_t quote = text.find_first_of("'\"", begin);
        // an apostrophe that is not escaped closes the literal: what follows is computed
        const bool closed = quote != std::string_view::npos && quote < end &&
                            text[quote - 1] != '\\' && text.substr(quote + 1).starts_with(" +");
        if (end != std::string_view::npos && !closed)
            return unescape(text.substr(begin, end - begin));
    }
    if (text.find("strftime_now") != std::string_view::npos)
        return std::string(datedSystemTurn());
    return std::nullopt;
}

/// chat_template is a text, or a list of named texts of which "default" counts.
std::optional<std::string> templateOf(const nlohmann::json& file, const fs::path& path) {
    if (!file.is_object() || !file.contains("chat_template") || file["chat_template"].is_null())
        return std::nullopt;
    const nlohmann::json& entry = file["chat_template"];
    if (entry.is_string())
        return entry.get<std::string>();
    if (entry.is_array())
        for (const nlohmann::json& named : entry)
            if (named.is_object() && named.value("name", nlohmann::json()) == "default" &&
                named.contains("template") && named["template"].is_string())
                return named["template"].get<std::string>();
    throw Error(ErrorCode::Format,
                fmt::format("{}: chat_template: a text or a list with a template named \"default\" "
                            "is expected, found {}",
                            path.string(), entry.type_name()));
}

} // namespace

std::string_view datedSystemTurn() noexcept {
    return "Knowledge Cutoff Date: April 2024.\nToday's Date: December 19, 2024.\n"
           "You are Granite, developed by IBM. You are a helpful AI assistant";
}

ChatTemplate::ChatTemplate(PromptStyle style, std::optional<std::string> defaultSystem)
    : m_style(style), m_defaultSystem(std::move(defaultSystem)) {}

ChatTemplate ChatTemplate::load(const fs::path& folder) {
    if (const fs::path jinja = fileInside(folder, "chat_template.jinja"); fs::exists(jinja))
        return fromText(readFile(jinja, kMaxTemplateBytes), jinja.string());
    for (const char* name : {"chat_template.json", "tokenizer_config.json"}) {
        const fs::path path = fileInside(folder, name);
        if (!fs::exists(path))
            continue;
        if (const auto text = templateOf(readJsonFile(path), path))
            return fromText(*text, path.string());
    }
    throw Error(ErrorCode::NotFound,
                fmt::format("{}: no chat template; put chat_template.jinja into the folder or a "
                            "chat_template into its tokenizer_config.json",
                            folder.string()));
}

ChatTemplate ChatTemplate::fromText(std::string_view text, std::string_view origin) {
    if (text.find(kStartOfRole) != std::string_view::npos)
        return ChatTemplate(PromptStyle::RoleTokens, findDefaultSystem(text));
    if (text.find("USER: ") != std::string_view::npos &&
        text.find("ASSISTANT:") != std::string_view::npos)
        return ChatTemplate(PromptStyle::UserAssistant);
    throw Error(ErrorCode::Format,
                fmt::format("{}: the chat template has neither role tokens ({}) nor USER: and "
                            "ASSISTANT:; only these two layouts of Granite Speech are known",
                            origin, kStartOfRole));
}

std::string ChatTemplate::render(std::span<const ChatMessage> messages,
                                 bool addGenerationPrompt) const {
    std::string out;
    if (m_style == PromptStyle::UserAssistant) {
        for (const ChatMessage& message : messages) {
            if (message.role == "user")
                out += "USER: " + message.content + "\n ASSISTANT:";
            else if (message.role == "assistant")
                out += message.content;
        }
        return out;
    }
    const auto turn = [&out](std::string_view role, std::string_view content) {
        out += fmt::format("{}{}{}{}{}\n", kStartOfRole, role, kEndOfRole, content, kEndOfText);
    };
    if (m_defaultSystem && (messages.empty() || messages.front().role != "system"))
        turn("system", *m_defaultSystem);
    for (const ChatMessage& message : messages)
        turn(message.role, message.content);
    if (addGenerationPrompt)
        out += fmt::format("{}assistant{}", kStartOfRole, kEndOfRole);
    return out;
}

std::string buildPrompt(PromptStyle style, std::optional<std::string_view> system,
                        std::string_view userContent) {
    std::vector<ChatMessage> messages;
    if (system)
        messages.push_back({"system", std::string(*system)});
    messages.push_back({"user", std::string(userContent)});
    return ChatTemplate(style).render(messages);
}

} // namespace viva
