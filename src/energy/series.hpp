// SPDX-License-Identifier: Apache-2.0
// What was read of one source over time, on the epoch's steady clock
#pragma once

#include <edgeeval/probe.hpp>
#include <string>
#include <vector>

namespace edgeeval::energy {

/// One reading: between two stamps (s from the epoch), a value with bounds. Of a counter or model the
/// cumulative joules, of a power source watts (then lo = hi = value).
struct Sample {
  double before_s = 0.0;
  double after_s = 0.0;
  double value = 0.0;
  double lo = 0.0;
  double hi = 0.0;
};

/// A reading that failed.
struct ReadFailure {
  double at_s = 0.0;
  std::string reason;
};

/// One source's readings in the order they were made. Values are raw: the character's gain is not applied.
struct Series {
  ProbeInfo info;
  std::vector<Sample> samples;
  std::vector<ReadFailure> failures;
};

/// The stretch of time that is asked about (s from the epoch), begin_s <= end_s.
struct Span {
  double begin_s = 0.0;
  double end_s = 0.0;
  [[nodiscard]] double length_s() const { return end_s - begin_s; }
};

}  // namespace edgeeval::energy
