// SPDX-License-Identifier: Apache-2.0
// The events of a file of timelines, and the order in which one is written.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <memory>

#include "record/load_file.hpp"

namespace edgeeval {

/// The events of a file that write_timelines made: those of one request after those of another. Each pass
/// reads the file anew, so that memory holds one request's. Errors: io, record_unreadable.
[[nodiscard]] Result<std::unique_ptr<EventStream>> timeline_events(const std::filesystem::path& file);

/// write_timelines with a bound of its own on the events that are in memory at once (a request's own are
/// always).
[[nodiscard]] Result<void> write_timelines(LoadRecord& load, const std::filesystem::path& path,
                                           std::uint64_t most_events);

}  // namespace edgeeval
