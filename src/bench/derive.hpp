// SPDX-License-Identifier: Apache-2.0
// A load's figures and verdict from its folder alone, as often as one likes.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>

#include "bench/point.hpp"

namespace edgeeval {

/// Computes everything that the folder of a load holds. Objectives and limits come from `settings`.
/// `in_file`: `folder` is a file of several loads, and this is the name of the one. Errors: io,
/// record_unreadable.
[[nodiscard]] Result<BenchPoint> derive_point(const std::filesystem::path& folder,
                                              const BenchSettings& settings, const std::string& in_file = {});

/// The raw record of a load, from its folder or from a file of timelines, of one load or of several. Errors:
/// as read_load.
[[nodiscard]] Result<LoadRecord> record_of(const std::filesystem::path& folder, const std::string& in_file);

}  // namespace edgeeval
