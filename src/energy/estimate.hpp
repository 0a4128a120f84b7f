// SPDX-License-Identifier: Apache-2.0
// The energy of a window as one source tells it, with what is uncertain about it kept in parts
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace edgeeval::energy {

/// Joules of one window from one source, or from the sources of one measuring point together.
///
/// The interval has two parts that must not be mixed: `lo_j` and `hi_j` hold what is this window's own
/// (edges, quantisation, gaps, curvature), `common_relative` what all windows of the device share (gain).
/// Ratios on one device need the first alone. Combined 95 % bounds: with_common().
struct Estimate {
  double joules = 0.0;  ///< Best estimate, gain applied.
  double lo_j = 0.0;    ///< Own bounds, gain applied.
  double hi_j = 0.0;
  bool hard = false;             ///< Own bounds hold always (counter brackets, models); else at 95 %.
  double common_relative = 0.0;  ///< 95 % half-width of the shared gain, as a fraction of the joules.
  double mean_w = 0.0;
  double peak_w = 0.0;
  double coverage = 1.0;       ///< Share of the window that samples cover.
  double longest_gap_s = 0.0;  ///< Longest time without a sample inside the window.
  std::optional<double> tail_j;
  std::string method;              ///< As in EnergyEntry::method.
  std::vector<std::string> flags;  ///< As in EnergyEntry::flags.
};

/// Why a window has no energy from a source.
struct NotMeasured {
  std::string reason;
  std::optional<double>
      needed_s;  ///< The length that would do, where the window is too short for the sensor.
  /// Of a counter that did not move: its smallest step (J). Less than two of them may hide between ticks.
  std::optional<double> step_j{};
};

/// The reason of a counter that had time to tick and did not: reconcile() holds it against watts.
inline constexpr std::string_view kNeverMoved = "the counter never moved";

using EstimateResult = tl::expected<Estimate, NotMeasured>;

}  // namespace edgeeval::energy
