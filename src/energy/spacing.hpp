// SPDX-License-Identifier: Apache-2.0
// How densely a series of readings covers a window, and whether its sensor vanished
#pragma once

#include <optional>
#include <span>
#include <string>

#include "energy/series.hpp"

namespace edgeeval::energy {

/// The middle of a reading's two stamps (s).
[[nodiscard]] double instant(const Sample& sample);

/// The median time between readings that touch `window` or lie beside it (s); 0 below two readings.
[[nodiscard]] double median_spacing(std::span<const Sample> samples, Span window);

/// How a window is covered.
struct Cover {
  double share = 0.0;          ///< 0…1; a gap longer than three periods is not covered.
  double longest_gap_s = 0.0;  ///< Clipped to the window.
  bool gap = false;            ///< Some gap is longer than three periods.
};

/// Coverage of `window`, a period being the longer of the sensor's own and the median time between readings.
[[nodiscard]] Cover cover_of(const Series& series, Span window);

/// The reason of a failure inside `window` after which the source gave nothing more; nothing where each
/// failure was followed by a reading again (a counter has counted on meanwhile, watts have a gap).
[[nodiscard]] std::optional<std::string> vanished(const Series& series, Span window);

}  // namespace edgeeval::energy
