// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

struct TokenizerOptions {
    /// Cut words by GPT-2's pattern whatever the file says, as transformers 5 does for the class
    /// GPT2Tokenizer. Off: the file is followed.
    bool gpt2Pattern = false;
};

/// Text to token ids and back, driven by a Hugging Face tokenizer.json alone.
///
/// The text is cut at added tokens, normalized, cut into pieces and each piece given to the model
/// (BPE, WordPiece or Unigram). All const functions may be called from several threads at once;
/// pieces seen before are looked up in a bounded cache.
class Tokenizer {
public:
    /// @throws Error(NotFound | Io | Format) naming the file and the place inside it.
    [[nodiscard]] static std::unique_ptr<Tokenizer> load(const std::filesystem::path& tokenizerJson,
                                                         TokenizerOptions options = {});
    ~Tokenizer();
    Tokenizer(const Tokenizer&) = delete;
    Tokenizer& operator=(const Tokenizer&) = delete;

    /// The ids of a text; ill-formed UTF-8 is read as U+FFFD. With `addSpecial` the
    /// post-processor's tokens stand around them.
    [[nodiscard]] std::vector<std::int64_t> encode(std::string_view text,
                                                   bool addSpecial = false) const;
    /// Valid UTF-8; ids that do not exist are dropped, with `skipSpecial` the special ones too.
    [[nodiscard]] std::string decode(std::span<const std::int64_t> ids,
                                     bool skipSpecial = true) const;

    /// The token as the file spells it (byte-level characters and all); empty for an unknown id.
    [[nodiscard]] std::string tokenText(std::int64_t id) const;
    /// What the one token adds to a text, for showing: parts of a character become U+FFFD.
    [[nodiscard]] std::string displayText(std::int64_t id) const;
    [[nodiscard]] std::optional<std::int64_t> idOf(std::string_view token) const;
    [[nodiscard]] bool isSpecial(std::int64_t id) const;
    /// One more than the largest id, added tokens included.
    [[nodiscard]] std::int64_t vocabSize() const;

private:
    struct Impl;
    explicit Tokenizer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
