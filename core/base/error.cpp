// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

#include <fmt/format.h>

#include <new>

namespace viva {

std::string_view toString(ErrorCode code) noexcept {
    switch (code) {
    case ErrorCode::InvalidArgument:
        return "invalid-argument";
    case ErrorCode::NotFound:
        return "not-found";
    case ErrorCode::Io:
        return "io";
    case ErrorCode::Format:
        return "format";
    case ErrorCode::ShapeMismatch:
        return "shape-mismatch";
    case ErrorCode::Device:
        return "device";
    case ErrorCode::OutOfMemory:
        return "out-of-memory";
    case ErrorCode::Audio:
        return "audio";
    case ErrorCode::Database:
        return "database";
    case ErrorCode::Internal:
        return "internal";
    }
    return "internal";
}

std::string ErrorInfo::text() const {
    std::string out = message;
    for (const std::string& line : context)
        out += " [" + line + "]";
    return out;
}

Error::Error(ErrorCode code, const std::string& message)
    : std::runtime_error(message), m_code(code) {}

ErrorInfo Error::info() const {
    return {m_code, what(), m_context};
}

Error& Error::addContext(std::string text) {
    m_context.push_back(std::move(text));
    return *this;
}

ErrorInfo currentErrorInfo() noexcept {
    try {
        throw;
    } catch (const Error& error) {
        return error.info();
    } catch (const std::bad_alloc&) {
        return {ErrorCode::OutOfMemory, "not enough memory", {}};
    } catch (const std::exception& error) {
        return {ErrorCode::Internal, error.what(), {}};
    } catch (...) {
        return {ErrorCode::Internal, "unknown error", {}};
    }
}

void assertionFailed(const char* condition, const char* file, int line) {
    throw Error(ErrorCode::Internal,
                fmt::format("assertion failed: {} ({}:{})", condition, file, line));
}

} // namespace viva
