// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace viva {

/// Call inside a catch block: throws the exception being handled on as an Error. Errors of ours
/// pass unchanged; LibTorch's become OutOfMemory, Device or Internal without their backtrace.
/// @param doing what was being done, added as context ("running step 12"); may be empty
[[noreturn]] void throwTranslated(const std::string& doing = {});

/// Runs `work` and translates what it throws.
template<typename Work>
auto translated(const std::string& doing, Work&& work) {
    try {
        return work();
    } catch (...) {
        throwTranslated(doing);
    }
}

} // namespace viva
