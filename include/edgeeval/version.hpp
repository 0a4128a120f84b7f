// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace edgeeval {

/// EdgeEval's own version, "major.minor.patch".
[[nodiscard]] std::string_view version() noexcept;

/// The major.minor version of the record format this build writes.
[[nodiscard]] std::string_view record_version() noexcept;

}  // namespace edgeeval
