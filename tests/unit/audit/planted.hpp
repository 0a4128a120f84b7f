// SPDX-License-Identifier: Apache-2.0
// A study of the published shape whose figures hold together, to plant faults in.
#pragma once

#include <cstdint>

#include "audit/audit.hpp"
#include "tables/published_study.hpp"

namespace edgeeval::audit {

/// 72 served and scored variants, 36 adaptations and 72 merges of two families, three sizes and three tasks:
/// figures drawn at random within what two 70 W boards allow, rounded to two decimals as published ones are,
/// and true to every identity. The energy window covers the load.
[[nodiscard]] PublishedStudy clean_study(std::uint64_t seed);

/// The findings of one detector.
[[nodiscard]] std::vector<Finding> findings_of(const PublishedStudy& study, std::string_view detector);

/// What a detector gave as its reason not to look; empty where it looked.
[[nodiscard]] std::string why_skipped(const PublishedStudy& study, std::string_view detector);

}  // namespace edgeeval::audit
