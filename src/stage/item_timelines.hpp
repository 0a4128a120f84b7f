// SPDX-License-Identifier: Apache-2.0
// From the raw record of a study's load to one timeline an item, as requests/<variant>.jsonl holds them.
#pragma once

#include <cstdint>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <string>
#include <vector>

#include "record/load_file.hpp"

namespace edgeeval {

/// The timelines of the measured requests, one for each of `items` (prompt n of the load asked item n) and in
/// their order; times are seconds from `epoch_ns` (CLOCK_MONOTONIC). Events have the kernel's receive stamps
/// where it gave any. An item that was never sent is a timeline that says so. A proper reply without a single
/// token is an answer here, an empty one: what it is worth is the scorer's to say. Errors: those of reading
/// the events.
[[nodiscard]] Result<std::vector<RequestTimeline>> item_timelines(LoadRecord& load,
                                                                  const std::vector<std::string>& items,
                                                                  std::int64_t epoch_ns);

}  // namespace edgeeval
