// SPDX-License-Identifier: Apache-2.0
// A study of the published shape whose figures hold together, to compute with and to plant faults in.
#pragma once

#include <cstdint>

#include "tables/published_study.hpp"

namespace edgeeval {

/// 72 served and scored variants, 36 adaptations and 72 merges of two families, three sizes and three tasks:
/// figures drawn at random within what two 70 W boards allow, rounded to two decimals as published ones are,
/// and true to every identity. The energy window covers the load.
[[nodiscard]] PublishedStudy clean_study(std::uint64_t seed);

}  // namespace edgeeval
