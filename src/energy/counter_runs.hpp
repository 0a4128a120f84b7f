// SPDX-License-Identifier: Apache-2.0
// A counter's readings cut into runs without resets and glitches, and what a run tells about an instant
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "energy/series.hpp"

namespace edgeeval::energy {

/// Readings between which the counter only grew, and never faster than the device can draw.
struct CounterRun {
  std::vector<Sample> samples;
  double first_tick_from_s = 0.0;  ///< The tick that the first reading shows was not before this.
  std::string cut;                 ///< Why the run before it ended: "reset" or "glitch"; empty for the first.
  /// The last tick was not before this (s).
  [[nodiscard]] double last_tick_from_s() const;
};

/// The runs of a series, and when readings were dropped as glitches that went away again.
struct CounterRuns {
  std::vector<CounterRun> runs;
  std::vector<double> dropped_s;
};

/// Cuts a counter's readings where a value is below the last one or above what 1.2 × the ceiling allows since
/// the last tick. A value that goes away again within a few readings is dropped instead: a spike, or a dip
/// that no device could climb out of. Not finite: dropped.
[[nodiscard]] CounterRuns counter_runs(const Series& series);

/// The counter's true value at an instant is at least this: the last reading done by then. Absent before the
/// run.
[[nodiscard]] std::optional<double> at_least(const CounterRun& run, double at_s);

/// The counter's true value at an instant is at most this: its first tick that surely came later (seen as a
/// change after a reading that began at or after the instant), plus one resolution. A value that stands still
/// for three known periods was refreshed meanwhile and counts too. Absent where the run ends before.
[[nodiscard]] std::optional<double> at_most(const CounterRun& run, double at_s,
                                            const SensorCharacter& character);

/// Between two ticks: the time it may have been seen, and the value it brought.
struct Tick {
  double from_s = 0.0;
  double to_s = 0.0;
  double value = 0.0;
  [[nodiscard]] double middle_s() const { return 0.5 * (from_s + to_s); }
};

/// The changes of a run's value.
[[nodiscard]] std::vector<Tick> ticks_of(const CounterRun& run);

/// The counter's curve as straight lines between the middles of its ticks.
class CounterCurve {
 public:
  /// `period_s`: between ticks, known or seen.
  CounterCurve(const CounterRun& run, double period_s, double resolution);
  /// Value at an instant, interpolated; constant before the first and after the last point.
  [[nodiscard]] double at(double at_s) const;
  /// The steepest slope (W) over stretches of at least `span_s` inside `window`; 0 where there is none.
  [[nodiscard]] double steepest(Span window, double span_s) const;

 private:
  struct Point {
    double at_s, value;
  };
  std::vector<Point> points_;
};

}  // namespace edgeeval::energy
