// SPDX-License-Identifier: Apache-2.0
// SHA-256, for content keys and for naming exactly which file was measured.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>
#include <string_view>

namespace edgeeval {

/// The SHA-256 of `bytes`, as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256(std::string_view bytes);

/// The SHA-256 of a file's content.
[[nodiscard]] Result<std::string> sha256_file(const std::filesystem::path& path);

}  // namespace edgeeval
