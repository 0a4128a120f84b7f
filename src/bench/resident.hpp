// SPDX-License-Identifier: Apache-2.0
// The peak memory of an engine's processes, by the kernel's own books.
#pragma once

#include <edgeeval/record.hpp>
#include <filesystem>
#include <optional>

namespace edgeeval {

/// Sum of the peak resident sets (VmHWM) of `process` and its descendants (B); an upper bound, since peaks
/// need not fall together and shared pages are counted in each. Absent where it cannot be read. `root` holds
/// proc/.
[[nodiscard]] std::optional<Fact> peak_resident(int process, const std::filesystem::path& root = "/");

}  // namespace edgeeval
