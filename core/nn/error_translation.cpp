// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/error_translation.h"

#include "core/base/error.h"
#include "core/nn/memory_pressure.h"

#include <c10/util/Exception.h>

#include <exception>
#include <string_view>

namespace viva {
namespace {

[[noreturn]] void throwWith(ErrorCode code, const std::string& message, const std::string& doing) {
    Error error(code, message);
    if (!doing.empty())
        error.addContext(doing);
    throw error;
}

constexpr const char* kOutOfMemory =
    "the memory is full; lower prompts_per_step, num_generations or "
    "max_completion_length, or close other programs";

} // namespace

void throwTranslated(const std::string& doing) {
    try {
        throw;
    } catch (Error& error) {
        if (!doing.empty())
            error.addContext(doing);
        throw;
    } catch (const c10::Error& error) {
        if (isOutOfMemory(error))
            throwWith(ErrorCode::OutOfMemory, kOutOfMemory, doing);
        const std::string text = error.what_without_backtrace();
        const bool device = text.find("CUDA") != std::string::npos;
        throwWith(device ? ErrorCode::Device : ErrorCode::Internal, text, doing);
    } catch (const std::exception& error) {
        if (isOutOfMemory(error))
            throwWith(ErrorCode::OutOfMemory, kOutOfMemory, doing);
        throwWith(ErrorCode::Internal, error.what(), doing);
    }
}

} // namespace viva
