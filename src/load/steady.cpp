// SPDX-License-Identifier: Apache-2.0
#include "load/steady.hpp"

#include <algorithm>
#include <cmath>

namespace edgeeval {

/// Of the window that is full; it is begun anew. Between the two in the middle where their number is even.
double SteadyRule::take_median() {
  std::sort(latencies_.begin(), latencies_.end());
  const auto middle = window_ / 2;
  const auto upper = static_cast<double>(latencies_[middle]);
  const double median =
      window_ % 2 == 1 ? upper : 0.5 * (upper + static_cast<double>(latencies_[middle - 1]));
  latencies_.clear();
  return median;
}

bool SteadyRule::add(std::int64_t latency_ns) {
  if (steady_) return true;
  latencies_.push_back(latency_ns);
  if (latencies_.size() < window_) return false;
  const double median = take_median();
  steady_ = has_before_ && std::abs(median - before_) <= kWithin * before_;
  before_ = median;
  has_before_ = true;
  return steady_;
}

}  // namespace edgeeval
