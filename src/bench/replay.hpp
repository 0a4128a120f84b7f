// SPDX-License-Identifier: Apache-2.0
// A load made again from the schedule that an earlier one left.
#pragma once

#include <edgeeval/result.hpp>

#include "bench/settings.hpp"

namespace edgeeval {

/// The settings with what the schedule file tells of its load in place of their own: scenario, seeds, made-up
/// prompts, the limit of replies. As they are where there is no schedule, or one that tells nothing. Errors:
/// those of Schedule::read, usage (its prompts came from a file that is not given).
[[nodiscard]] Result<BenchSettings> replayed(const BenchSettings& settings);

}  // namespace edgeeval
