// SPDX-License-Identifier: Apache-2.0
// Where the cumulative cost of serving locally meets that of an API whose price falls.
#pragma once

#include <optional>

namespace edgeeval::economics {

/// Two cumulative costs t seconds after the start: upfront + local·t, and api·(1 − e^−decay·t)/decay, which
/// is api·t at decay 0. Their difference is convex in t, so that it is 0 at most twice.
struct Race {
  double upfront_usd = 0.0;      ///< At least 0.
  double local_usd_per_s = 0.0;  ///< At least 0.
  double api_usd_per_s = 0.0;    ///< At t = 0; at least 0.
  double decay_per_s = 0.0;      ///< At least 0.
};

/// When the local curve first falls to the API's (s): 0 where nothing was spent before and the API costs more
/// from the start; nothing where it never does. Equal curves never cross.
[[nodiscard]] std::optional<double> first_crossing(const Race& race);

/// When the API's curve is the lower again (s), after first_crossing(); nothing where that never is.
[[nodiscard]] std::optional<double> second_crossing(const Race& race);

}  // namespace edgeeval::economics
