// SPDX-License-Identifier: Apache-2.0
// Raw power readings as stretches of mean power on CLOCK_MONOTONIC, ready to be set against requests.
#pragma once

#include <cstdint>
#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/monotonic.hpp"
#include "energy/series.hpp"
#include "serving/energy.hpp"

namespace edgeeval {

/// Power of one measuring point over time.
struct PointPower {
  ProbeInfo info;                ///< Of the source that speaks for the point.
  std::vector<PowerSpan> spans;  ///< In order, without overlap; a gap is where nothing can be told.
  std::string how;  ///< "between ticks of the counter", "between readings, 0.05 s earlier (lag)".
};

/// A stretch of CLOCK_MONOTONIC.
struct MonotonicSpan {
  std::int64_t begin_ns = 0, end_ns = 0;
};

/// The spans of each measuring point that touch `stretch`, the calibrated gain and offset applied. Of several
/// sources of one point the counter speaks, then the watts, then the model: as for windows.
///
/// A counter gives mean power between the middles of its ticks, and none over a reset or glitch; watts give
/// the mean of two neighbouring readings between them, moved earlier by the sensor's lag (or half its
/// averaging), and none over a gap of more than three periods, or of `longest_gap_s`; a model gives the power
/// between its readings. `epoch` is zero of the series' times.
[[nodiscard]] std::vector<PointPower> power_spans(const std::vector<energy::Series>& series, SteadyTime epoch,
                                                  MonotonicSpan stretch, double longest_gap_s = 1.0);

/// The same from power.csv, which holds the meter's last sitting (WindowMeter: its sources, its epoch).
/// Errors: as read_power_log().
[[nodiscard]] Result<std::vector<PointPower>> read_power_spans(const std::filesystem::path& power_csv,
                                                               const std::vector<ProbeInfo>& sources,
                                                               SteadyTime epoch, MonotonicSpan stretch);

/// Power of several points together.
struct TotalPower {
  std::vector<PowerSpan> spans;
  Grade grade = Grade::measured;      ///< The weakest of those added.
  std::string source;                 ///< Their ids.
  std::vector<std::string> left_out;  ///< Points with too few spans to be added, by id.
};

/// The points that no other one contains, added up over steps of `step_s` in which each of them is known for
/// at least half the step. Points that know less than half of the stretch that any point knows are left out
/// and named. Absent where there is none.
[[nodiscard]] std::optional<TotalPower> total_power(const std::vector<PointPower>& points,
                                                    double step_s = 0.1);

}  // namespace edgeeval
