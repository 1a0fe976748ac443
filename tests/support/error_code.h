// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <functional>

namespace viva {

/// The code of the Error that `action` throws; a failure of the test when it throws none.
inline ErrorCode codeOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::Internal;
}

} // namespace viva
