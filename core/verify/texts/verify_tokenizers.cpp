// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/texts/verify_tokenizers.h"

#include "core/base/error.h"
#include "core/tokenizer/tokenizer.h"
#include "core/verify/golden_lines.h"

#include <fmt/format.h>

#include <cstdint>
#include <memory>

namespace viva {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::int64_t>;

class TokenizerVerifier {
public:
    explicit TokenizerVerifier(const fs::path& folder) : m_folder(folder) {
        const fs::path file = folder / "tokenizer.json";
        m_tokenizer = Tokenizer::load(file);
        TokenizerOptions options;
        options.gpt2Pattern = true;
        m_gpt2 = Tokenizer::load(file, options);
    }

    void run(VerifySet& set) {
        eachGoldenLine(m_folder / "cases.jsonl",
                       [this](const auto& line, const auto& place) { verifyCase(line, place); });
        if (fs::exists(m_folder / "decode.jsonl"))
            eachGoldenLine(m_folder / "decode.jsonl", [this](const auto& line, const auto& place) {
                verifyDecode(line, place);
            });
        for (VerifyLine* line : {&m_ids, &m_special, &m_decoded, &m_skipped, &m_classIds, &m_odd})
            if (line->cases > 0 || line == &m_ids)
                set.lines.push_back(*line);
    }

private:
    static void addEqual(VerifyLine& line, const std::string& id, bool equal) {
        line.add(id, equal ? 0.0 : 1.0, 0.0);
    }
    static std::string nameOf(const nlohmann::json& line, const std::string& place) {
        return line.contains("id") ? "case " + line["id"].dump() : place;
    }

    void verifyCase(const nlohmann::json& line, const std::string& place) {
        const std::string id = nameOf(line, place);
        const auto text = line.at("text").get<std::string>();
        const auto ids = line.at("ids").get<Ids>();
        const Ids special = line.contains("ids_special") ? line["ids_special"].get<Ids>() : ids;
        const std::string decoded = line.value("decoded", text);
        addEqual(m_ids, id, m_tokenizer->encode(text) == ids);
        addEqual(m_special, id, m_tokenizer->encode(text, true) == special);
        addEqual(m_decoded, id, m_tokenizer->decode(special, false) == decoded);
        addEqual(m_skipped, id,
                 m_tokenizer->decode(special, true) == line.value("decoded_skip", decoded));
        if (line.contains("ids_gpt2class"))
            addEqual(m_classIds, id, m_gpt2->encode(text) == line["ids_gpt2class"].get<Ids>());
    }

    void verifyDecode(const nlohmann::json& line, const std::string& place) {
        const auto ids = line.at("ids").get<Ids>();
        const auto decoded = line.at("decoded").get<std::string>();
        addEqual(m_odd, nameOf(line, place),
                 m_tokenizer->decode(ids, false) == decoded &&
                     m_tokenizer->decode(ids, true) == line.value("decoded_skip", decoded));
    }

    fs::path m_folder;
    std::unique_ptr<Tokenizer> m_tokenizer;
    std::unique_ptr<Tokenizer> m_gpt2;
    VerifyLine m_ids{.quantity = "ids"};
    VerifyLine m_special{.quantity = "ids with special tokens"};
    VerifyLine m_decoded{.quantity = "decoded text"};
    VerifyLine m_skipped{.quantity = "decoded text, special tokens skipped"};
    VerifyLine m_classIds{.quantity = "ids as the class GPT2Tokenizer gives them"};
    VerifyLine m_odd{.quantity = "decoded ids that come from no text"};
};

} // namespace

bool isTokenizerSet(const fs::path& folder) {
    return fs::is_regular_file(folder / "tokenizer.json") &&
           fs::is_regular_file(folder / "cases.jsonl");
}

VerifySet verifyTokenizer(const fs::path& folder) {
    VerifySet set;
    set.folder = folder.string();
    set.kind = "tokenizer";
    try {
        TokenizerVerifier(folder).run(set);
    } catch (const Error& error) {
        set.problems.push_back(error.info().text());
    }
    return set;
}

} // namespace viva
