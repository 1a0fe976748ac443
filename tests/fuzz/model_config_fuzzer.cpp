// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/weight_files.h"
#include "core/families/granite/config/granite_config.h"
#include "tests/fuzz/fuzz_input.h"

#include <algorithm>

// The input is config.json, then after a byte 0x1e preprocessor_config.json, then after another the
// index of the weights.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const viva::fuzz::InputFolder folder;
    std::string_view rest = viva::fuzz::textOf(data, size);
    for (const char* name :
         {"config.json", "preprocessor_config.json", "model.safetensors.index.json"}) {
        const std::size_t end = std::min(rest.find('\x1e'), rest.size());
        folder.write(name, end > 0 ? rest.substr(0, end) : std::string_view("{}"));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    viva::fuzz::mayRefuse([&] {
        const viva::SpeechModelConfig config =
            viva::describe(viva::readGraniteConfig(folder.path()));
        if (viva::audioTokenCount(viva::featureFrames(16000, config.features), config) < 0)
            std::abort();
    });
    viva::fuzz::mayRefuse([&] {
        for (const viva::WeightFile& file : viva::findWeightFiles(folder.path()))
            if (file.path.lexically_normal().string().find(folder.path().string()) != 0)
                std::abort();
    });
    return 0;
}
