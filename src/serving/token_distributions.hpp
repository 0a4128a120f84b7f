// SPDX-License-Identifier: Apache-2.0
// Distributions over chunks and tokens: millions of values, read twice where they lie and never sorted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "serving/distribution.hpp"
#include "serving/load_view.hpp"

namespace edgeeval {

/// Inter-chunk gaps and both inter-token latencies (s). A distribution is absent where it has no values.
struct TokenDistributions {
  std::optional<Distribution> icg, delivered, amortised;
  std::uint64_t uncountable = 0;  ///< Replies whose events' tokens cannot be told: in neither itl_amortised.
  std::uint64_t inferred = 0;     ///< Replies whose events' tokens follow from the reply's count.
};

/// Of gaps that ended within `window`. Intervals of means resample blocks of requests, since the gaps of one
/// reply and of its neighbours in time depend on each other.
[[nodiscard]] TokenDistributions token_distributions(const LoadView& view, const Stretch& window,
                                                     const BoundSettings& settings);

}  // namespace edgeeval
