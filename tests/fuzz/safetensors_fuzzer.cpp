// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/safetensors_view.h"
#include "tests/fuzz/fuzz_input.h"

#include <cmath>

namespace {

/// Reads every byte that a view hands out, so that one outside the file is noticed.
void readAll(const std::filesystem::path& file) {
    const viva::SafetensorsView view(file);
    double sum = 0;
    for (const std::string& name : view.names()) {
        const viva::TensorView& tensor = view.get(name);
        if (static_cast<std::size_t>(tensor.elements()) * viva::bytesPerElement(tensor.dtype) !=
            tensor.bytes.size())
            std::abort();
        for (const float value : viva::toFloats(tensor))
            sum += std::isnan(value) ? 1.0 : 0.0;
    }
    if (sum < 0)
        std::abort();
}

} // namespace

// The input is a file. One whose first bytes are '{' gets the length of the header put before it,
// up to the first line break, so that the fuzzer reaches what lies behind that check.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const viva::fuzz::InputFolder folder;
    std::string bytes(viva::fuzz::textOf(data, size));
    if (bytes.starts_with('{')) {
        const std::size_t line = bytes.find('\n');
        const std::uint64_t length = line == std::string::npos ? bytes.size() : line;
        if (line != std::string::npos)
            bytes.erase(line, 1);
        std::string prefix(8, '\0');
        for (std::size_t i = 0; i < 8; ++i)
            prefix[i] = static_cast<char>((length >> (8 * i)) & 0xffU);
        bytes.insert(0, prefix);
    }
    viva::fuzz::mayRefuse([&] { readAll(folder.write("x.safetensors", bytes)); });
    return 0;
}
