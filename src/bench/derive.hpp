// SPDX-License-Identifier: Apache-2.0
// A load's figures and verdict from its folder alone, as often as one likes.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>

#include "bench/point.hpp"

namespace edgeeval {

/// Computes everything that the folder of a load holds. Objectives and limits come from `settings`. Errors:
/// io, record_unreadable.
[[nodiscard]] Result<BenchPoint> derive_point(const std::filesystem::path& folder,
                                              const BenchSettings& settings);

}  // namespace edgeeval
