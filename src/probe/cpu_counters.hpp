// SPDX-License-Identifier: Apache-2.0
// The CPU's and its memory's energy counters, by the best way there is to each
#pragma once

#include <memory>

#include "probe/perf_energy.hpp"
#include "probe/rapl_checks.hpp"

namespace edgeeval {

/// perf's counters where they open, since they never wrap; else powercap's; packages (with platform, cores
/// and uncore) and memory each on their own. The way that is not taken is left out rather than read as an
/// audit: both show the same hardware register, so agreement would prove nothing. Mirrored and empty zones
/// are left out (rapl_checks.hpp).
[[nodiscard]] SourceSet open_cpu_counters(const Sysfs& sysfs, const Clock& clock,
                                          const std::shared_ptr<PerfEvents>& events, const LetTimePass& wait);

}  // namespace edgeeval
