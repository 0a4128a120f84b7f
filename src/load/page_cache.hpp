// SPDX-License-Identifier: Apache-2.0
// Whether a model file is already in memory: a cold start from the page cache is not as cold as one from the
// disk.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>

namespace edgeeval {

/// The share (0…1) of a file's pages that are in the page cache. Errors: io.
[[nodiscard]] Result<double> page_cache_share(const std::filesystem::path& file);

/// Asks the kernel to drop a file's pages and returns the share that stayed. Errors: io.
[[nodiscard]] Result<double> evict_page_cache(const std::filesystem::path& file);

}  // namespace edgeeval
