// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/chat_template.h"
#include "core/tokenizer/tokenizer.h"
#include "tests/fuzz/fuzz_input.h"

#include <span>
#include <vector>

namespace {

constexpr std::string_view kTexts[] = {
    "",
    " ",
    "Hello, world 12\n",
    "don't  stop\t\xC3\xA9\xE2\x82\xAC \xF0\x9F\x98\x80",
    "<|start_of_role|>user<|end_of_role|><|audio|>what?<|end_of_text|>",
    "a\xFF\xC3"
    "(",
    "\xE4\xB8\xAD"
    "1\xC2\xBD"};

} // namespace

// The input is tokenizer.json; what it makes of a few texts, and of ids that no text gives, must
// come back without trouble. Behind a byte 0x1e stands a chat template.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const viva::fuzz::InputFolder folder;
    const std::string_view input = viva::fuzz::textOf(data, size);
    const std::size_t end = input.find('\x1e');
    viva::fuzz::mayRefuse([&] {
        const auto tokenizer =
            viva::Tokenizer::load(folder.write("tokenizer.json", input.substr(0, end)));
        for (const std::string_view text : kTexts)
            viva::fuzz::mayRefuse([&] {
                const std::vector<std::int64_t> ids = tokenizer->encode(text, true);
                (void)tokenizer->decode(ids, false);
                (void)tokenizer->decode(ids, true);
            });
        const std::vector<std::int64_t> odd{-1, 0, 1, 2, 3, 1 << 24, std::int64_t{1} << 62};
        (void)tokenizer->decode(odd);
        (void)tokenizer->displayText(tokenizer->vocabSize() - 1);
    });
    if (end != std::string_view::npos)
        viva::fuzz::mayRefuse([&] {
            const std::vector<viva::ChatMessage> messages{{"user", "hello"}};
            (void)viva::ChatTemplate::fromText(input.substr(end + 1), "template").render(messages);
        });
    return 0;
}
