// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

enum class ErrorCode {
    InvalidArgument,
    NotFound,
    Io,
    Format,
    ShapeMismatch,
    Device,
    OutOfMemory,
    Audio,
    Database,
    Internal
};

[[nodiscard]] std::string_view toString(ErrorCode code) noexcept;

/// What crosses threads and processes when an operation failed: plain values.
struct ErrorInfo {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    std::vector<std::string> context;

    /// One line for people: the message, then the context from inner to outer in brackets.
    [[nodiscard]] std::string text() const;
};

/// The one exception of the program; thrown when the operation cannot go on.
///
/// The message is one clear sentence that names the thing (file, place, both values) and the cure.
/// Context lines are added by outer frames ("reading model folder /x/y").
class Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& message);

    [[nodiscard]] ErrorCode code() const noexcept { return m_code; }
    [[nodiscard]] const std::vector<std::string>& context() const noexcept { return m_context; }
    [[nodiscard]] ErrorInfo info() const;

    /// Adds what an outer frame was doing.
    Error& addContext(std::string text);

private:
    ErrorCode m_code;
    std::vector<std::string> m_context;
};

/// Makes an ErrorInfo of the exception being handled; for the borders only (thread top, main,
/// slot).
[[nodiscard]] ErrorInfo currentErrorInfo() noexcept;

[[noreturn]] void assertionFailed(const char* condition, const char* file, int line);

} // namespace viva

/// For bugs of ours, never for user input: throws Error(Internal) in every build.
#define VIVA_ASSERT(condition)                                                                     \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ::viva::assertionFailed(#condition, __FILE__, __LINE__);                               \
    } while (false)
