// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace viva {

/// Stands in the user's content where the audio is heard; one token in every Granite Speech
/// tokenizer.
inline constexpr std::string_view kAudioPlaceholder = "<|audio|>";

/// How a conversation is laid out for the model. @source spec granite-speech 6.2, 6.3
enum class PromptStyle {
    RoleTokens,   ///< <|start_of_role|>user<|end_of_role|>...<|end_of_text|> (3.2, 3.3, 4.1-plus)
    UserAssistant ///< "USER: ...\n ASSISTANT:" (4.0-1b, 4.1-2b); system turns are ignored
};

struct ChatMessage {
    std::string role; ///< "system", "user", "assistant"
    std::string content;
};

/// One of the two prompt layouts, recognised from a checkpoint's template text; no template engine.
class ChatTemplate {
public:
    /// `defaultSystem` is put first when the messages do not begin with a system turn.
    explicit ChatTemplate(PromptStyle style, std::optional<std::string> defaultSystem = {});

    /// Reads chat_template.jinja, else chat_template.json, else chat_template in
    /// tokenizer_config.json. @throws Error(NotFound) when the folder has none of them,
    /// Error(Format) when the layout is neither of the two.
    [[nodiscard]] static ChatTemplate load(const std::filesystem::path& folder);
    /// Recognises a template's text. A default system turn with today's date becomes the fixed text
    /// datedSystemTurn(), so that prompts stay the same from day to day.
    /// @throws Error(Format) naming `origin`.
    [[nodiscard]] static ChatTemplate fromText(std::string_view text, std::string_view origin);

    [[nodiscard]] PromptStyle style() const { return m_style; }
    [[nodiscard]] const std::optional<std::string>& defaultSystem() const {
        return m_defaultSystem;
    }

    /// The conversation as text; with `addGenerationPrompt` it ends where the assistant begins.
    [[nodiscard]] std::string render(std::span<const ChatMessage> messages,
                                     bool addGenerationPrompt = true) const;

private:
    PromptStyle m_style;
    std::optional<std::string> m_defaultSystem;
};

/// The system turn IBM's evaluation uses where the template would insert today's date.
[[nodiscard]] std::string_view datedSystemTurn() noexcept;

/// One prompt that ends where the answer begins; no system turn when `system` is absent.
/// `userContent` holds the audio placeholder where the clip is heard.
[[nodiscard]] std::string buildPrompt(PromptStyle style, std::optional<std::string_view> system,
                                      std::string_view userContent);

} // namespace viva
