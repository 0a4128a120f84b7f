// SPDX-License-Identifier: Apache-2.0
// The page cache made as a cold start wants it, and what of the model files is in it.
#pragma once

#include <filesystem>
#include <vector>

#include "bench/cold_start.hpp"

namespace edgeeval {

/// Reads, drops or leaves the pages of `files` as `wish` says, and tells what share is resident then. A file
/// that cannot be read has no share.
[[nodiscard]] std::vector<CachedFile> prepare_cache(const std::vector<std::filesystem::path>& files,
                                                    CacheWish wish);

/// Notes what is resident now.
void note_cache_after(std::vector<CachedFile>& files);

/// The share of all bytes that was resident before; absent where no file is known, or none could be asked.
[[nodiscard]] std::optional<double> resident_before(const std::vector<CachedFile>& files);

}  // namespace edgeeval
