// SPDX-License-Identifier: Apache-2.0
// The events of a file of timelines, and the order in which one is written.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "record/load_file.hpp"
#include "record/text_out.hpp"

namespace edgeeval {

/// The events of a file that write_timelines made: those of one request after those of another. Each pass
/// reads the file anew, so that memory holds one request's. Errors: io, record_unreadable.
/// `load`: of a file of several loads only this one's; empty = the file is of a single one.
[[nodiscard]] Result<std::unique_ptr<EventStream>> timeline_events(const std::filesystem::path& file,
                                                                   const std::string& load = {});

/// Events that are in memory at once while timelines are written: 64 MiB.
inline constexpr std::uint64_t kMostTimelineEvents = std::uint64_t{1} << 21U;

/// Appends the lines of a load to what is being written; each begins with its name where `name` is not empty.
/// At most `most_events` are in memory at once (a request's own are always). Errors: io, disk_full.
[[nodiscard]] Result<void> append_timelines(LoadRecord& load, const std::string& name,
                                            std::uint64_t most_events, TextOut& out);

/// write_timelines with a bound of its own on the events that are in memory at once (a request's own are
/// always).
[[nodiscard]] Result<void> write_timelines(LoadRecord& load, const std::filesystem::path& path,
                                           std::uint64_t most_events);

}  // namespace edgeeval
