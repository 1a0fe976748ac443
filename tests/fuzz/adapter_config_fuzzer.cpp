// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/model_config.h"
#include "tests/fuzz/fuzz_input.h"

#include <cmath>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const viva::fuzz::InputFolder folder;
    viva::fuzz::mayRefuse([&] {
        const viva::AdapterConfig adapter = viva::readAdapterConfig(
            folder.write("adapter_config.json", viva::fuzz::textOf(data, size)));
        if (adapter.rank < 1 || !std::isfinite(adapter.scale()))
            std::abort();
    });
    return 0;
}
