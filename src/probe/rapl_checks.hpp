// SPDX-License-Identifier: Apache-2.0
// Counters that would be counted twice or hold nothing: found by reading them a few times
#pragma once

#include <functional>

#include "probe/value_probe.hpp"

namespace edgeeval {

/// Lets time pass between two looks at the counters, a few milliseconds.
using LetTimePass = std::function<void()>;

/// Leaves out, with a note each,
/// - packages and memories that mirror another one of their domain: over three steps both counted exactly the
/// same
///   and not nothing (dies that show one register twice, codecarbon #1274), and what such a package holds;
/// - a platform zone (psys) that counts less than the packages it should hold, or nothing: many boards do not
/// wire it. Costs three waits, and only where there are two of a domain or a platform zone.
void leave_out_doubtful_counters(SourceSet& set, const LetTimePass& wait);

}  // namespace edgeeval
