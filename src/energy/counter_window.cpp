// SPDX-License-Identifier: Apache-2.0
#include "energy/counter_window.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "energy/counter_runs.hpp"
#include "energy/spacing.hpp"

namespace edgeeval::energy {
namespace {

/// Raw counted joules between two instants.
struct Counted {
  double best = 0.0;
  double lo = 0.0;
  double hi = 0.0;
  double gap_s = 0.0;              ///< Time that only the ceiling bounds.
  std::vector<std::string> flags;  ///< "reset", "glitch".
  void add(double best_j, double lo_j, double hi_j) {
    best += best_j;
    lo += std::max(0.0, lo_j);
    hi += std::max(0.0, hi_j);
  }
};

void flag(std::vector<std::string>& flags, const std::string& name) {
  if (std::find(flags.begin(), flags.end(), name) == flags.end()) flags.push_back(name);
}

/// The index of the last run that began by `at_s`.
std::optional<std::size_t> run_at(const std::vector<CounterRun>& runs, double at_s) {
  const auto later = std::partition_point(
      runs.begin(), runs.end(), [&](const CounterRun& run) { return run.samples.front().before_s <= at_s; });
  if (later == runs.begin()) return std::nullopt;
  return static_cast<std::size_t>(later - runs.begin()) - 1;
}

/// The time between ticks: the sensor's own, else the median time between the changes seen (s); 0: none seen.
double period_of(const Series& series, const std::vector<CounterRun>& runs) {
  if (series.info.character.period) return series.info.character.period->value();
  std::vector<double> gaps;
  for (const CounterRun& run : runs) {
    const std::vector<Tick> ticks = ticks_of(run);
    for (std::size_t i = 1; i < ticks.size(); ++i)
      gaps.push_back(ticks[i].middle_s() - ticks[i - 1].middle_s());
  }
  if (gaps.empty()) return 0.0;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::nth_element(gaps.begin(), middle, gaps.end());
  return *middle;
}

/// Brackets one window over the runs of a series.
class Bracket {
 public:
  Bracket(const Series& series, const std::vector<CounterRun>& runs, Span window, double period_s)
      : character_(series.info.character), runs_(runs), window_(window), period_s_(period_s) {}

  tl::expected<Counted, NotMeasured> counted() {
    const auto first = run_at(runs_, window_.begin_s);
    const auto last = run_at(runs_, window_.end_s);
    if (!first || !last) return missing("no reading before the window");
    low_ = lower_edge(*first);
    if (!low_) return missing("no reading before the window");
    high_ = upper_edge(*last);
    if (!high_) return missing("no reading after the window in which the counter moves");
    if (*first == *last) {
      within(*first);
    } else {
      head(*first);
      for (std::size_t index = *first + 1; index < *last; ++index) whole(index);
      tail(*last);
      for (std::size_t index = *first; index < *last; ++index) bridge(index);
    }
    if (counted_.gap_s > 0.0 && !character_.ceiling)
      return missing("the counter was reset in the window, and no power limit is known to bound the gap");
    const double steady = window_.length_s() - counted_.gap_s;
    const double rate = steady > 0.0 ? counted_.best / steady : 0.5 * ceiling();
    counted_.best += std::min(rate, ceiling()) * counted_.gap_s;
    counted_.hi += ceiling() * counted_.gap_s;
    counted_.best = std::clamp(counted_.best, counted_.lo, std::max(counted_.lo, counted_.hi));
    return counted_;
  }

 private:
  static tl::unexpected<NotMeasured> missing(std::string reason) {
    return tl::unexpected(NotMeasured{std::move(reason), std::nullopt});
  }
  /// In raw units.
  double ceiling() const {
    if (!character_.ceiling) return 0.0;
    return (character_.ceiling->value() - character_.offset_w) / character_.gain;
  }
  const CounterRun& run(std::size_t index) const { return runs_[index]; }
  CounterCurve curve(std::size_t index) const { return {run(index), period_s_, character_.resolution}; }
  double first_value(std::size_t index) const { return run(index).samples.front().value; }
  double last_value(std::size_t index) const { return run(index).samples.back().value; }

  /// Counts time that only the ceiling bounds.
  void open(double from_s, double to_s, const std::string& why) {
    const double time = std::min(to_s, window_.end_s) - std::max(from_s, window_.begin_s);
    if (time <= 0.0) return;
    counted_.gap_s += time;
    flag(counted_.flags, why);
  }

  std::optional<double> lower_edge(std::size_t index) {
    if (const auto value = at_least(run(index), window_.begin_s)) return value;
    if (index == 0) return std::nullopt;
    open(window_.begin_s, run(index).samples.front().after_s, run(index).cut);
    return first_value(index);
  }

  std::optional<double> upper_edge(std::size_t index) {
    if (const auto value = at_most(run(index), window_.end_s, character_)) return value;
    if (index + 1 == runs_.size()) return std::nullopt;
    open(run(index).last_tick_from_s(), window_.end_s, runs_[index + 1].cut);
    return last_value(index) + character_.resolution;
  }

  void within(std::size_t index) {
    const double after = at_most(run(index), window_.begin_s, character_).value_or(*high_);
    const double before = at_least(run(index), window_.end_s).value_or(*low_);
    const CounterCurve line = curve(index);
    counted_.add(line.at(window_.end_s) - line.at(window_.begin_s), before - after, *high_ - *low_);
  }

  /// From the window's beginning to the run's last tick.
  void head(std::size_t index) {
    const double high = last_value(index) + character_.resolution;
    const double after = at_most(run(index), window_.begin_s, character_).value_or(high);
    const double best = last_value(index) - curve(index).at(window_.begin_s);
    counted_.add(best, last_value(index) - after, high - *low_);
  }

  /// From a run's first tick to its last.
  void whole(std::size_t index) {
    const double end = last_value(index);
    counted_.add(end - first_value(index), end - latest_start(index),
                 end + character_.resolution - first_value(index));
  }

  /// From the run's first tick to the window's end.
  void tail(std::size_t index) {
    const double start = first_value(index);
    const double before = at_least(run(index), window_.end_s).value_or(start);
    const double best = curve(index).at(window_.end_s) - start;
    counted_.add(std::max(0.0, best), before - latest_start(index), *high_ - start);
  }

  /// The most that a later run may have counted when the window began: its first tick may have come before.
  double latest_start(std::size_t index) const {
    const double start = first_value(index) + character_.resolution;
    if (run(index).first_tick_from_s >= window_.begin_s) return start;
    return at_most(run(index), window_.begin_s, character_).value_or(std::max(start, last_value(index)));
  }

  /// Between two runs.
  void bridge(std::size_t index) {
    open(run(index).last_tick_from_s(), runs_[index + 1].samples.front().after_s, runs_[index + 1].cut);
  }

  const SensorCharacter& character_;
  const std::vector<CounterRun>& runs_;
  Span window_;
  double period_s_;
  Counted counted_;
  std::optional<double> low_;   ///< Counter at the beginning, at least.
  std::optional<double> high_;  ///< Counter at the end, at most.
};

/// Whether a tick surely came inside the window, or the counter was cut there.
bool ticks_inside(const std::vector<CounterRun>& runs, Span window) {
  for (const CounterRun& run : runs)
    for (const Tick& tick : ticks_of(run))
      if (tick.from_s >= window.begin_s && tick.to_s <= window.end_s) return true;
  return std::any_of(runs.begin(), runs.end(), [&](const CounterRun& run) {
    const double at = run.samples.front().after_s;
    return !run.cut.empty() && at >= window.begin_s && at <= window.end_s;
  });
}

NotMeasured too_short(const Series& series, Span window, double period_s) {
  const double spacing = median_spacing(series.samples, window);
  const double needed = 2.0 * (period_s + spacing);
  if (period_s <= 0.0 || window.length_s() >= needed) {
    const SensorCharacter& character = series.info.character;
    NotMeasured never{std::string(kNeverMoved), std::nullopt};
    if (character.resolution > 0.0) never.step_j = character.gain * character.resolution;
    return never;
  }
  return {"shorter than the sensor can resolve", needed};
}

/// The steepest rise inside the window over stretches long enough to tell (W, raw).
double peak_of(const Series& series, const std::vector<CounterRun>& runs, Span window, double period_s) {
  const double span = std::max(2.0 * period_s, 4.0 * median_spacing(series.samples, window));
  double peak = 0.0;
  for (const CounterRun& run : runs)
    peak =
        std::max(peak, CounterCurve(run, period_s, series.info.character.resolution).steepest(window, span));
  return peak;
}

/// What sums and differences of large counts round (J).
double rounding_of(const std::vector<CounterRun>& runs) {
  double largest = 0.0;
  for (const CounterRun& run : runs) largest = std::max(largest, std::abs(run.samples.back().value));
  return 8.0 * std::numeric_limits<double>::epsilon() * largest;
}

/// Flags of the window, in the order they matter.
std::vector<std::string> flags_of(const Counted& counted, const CounterRuns& cut, Span window,
                                  double period_s, bool gap) {
  std::vector<std::string> flags = counted.flags;
  const bool dropped = std::any_of(cut.dropped_s.begin(), cut.dropped_s.end(), [&](double at) {
    return at >= window.begin_s - period_s && at <= window.end_s + period_s;
  });
  if (dropped) flag(flags, "glitch");
  if (gap) flag(flags, "gap");
  return flags;
}

}  // namespace

EstimateResult counter_window(const Series& series, Span window) {
  if (const auto reason = vanished(series, window))
    return tl::unexpected(NotMeasured{"the sensor vanished: " + *reason, std::nullopt});
  const CounterRuns cut = counter_runs(series);
  if (cut.runs.empty()) return tl::unexpected(NotMeasured{"no reading", std::nullopt});
  const double period = period_of(series, cut.runs);
  if (!(window.length_s() > 0.0)) return tl::unexpected(too_short(series, window, period));
  const auto counted = Bracket(series, cut.runs, window, period).counted();
  if (!counted) return tl::unexpected(counted.error());
  if (!ticks_inside(cut.runs, window)) return tl::unexpected(too_short(series, window, period));

  const SensorCharacter& character = series.info.character;
  const double length = window.length_s();
  const auto truth = [&](double raw) { return character.gain * raw + character.offset_w * length; };
  const double rounding = rounding_of(cut.runs);
  Estimate estimate;
  estimate.joules = std::max(0.0, truth(counted->best));
  estimate.lo_j = std::clamp(truth(counted->lo - rounding), 0.0, estimate.joules);
  estimate.hi_j = std::max(truth(counted->hi + rounding), estimate.joules);
  estimate.hard = true;
  estimate.common_relative = character.gain_half_width;
  estimate.mean_w = estimate.joules / length;
  estimate.peak_w = std::max(estimate.mean_w,
                             character.gain * peak_of(series, cut.runs, window, period) + character.offset_w);
  if (character.lag && character.lag->value() > 0.0) {
    // A counter that is known to be late shows the energy of a window that much earlier.
    const double late = character.lag->value() * estimate.peak_w;
    estimate.lo_j = std::max(0.0, estimate.lo_j - late);
    estimate.hi_j += late;
    estimate.hard = false;
  }
  const Cover cover = cover_of(series, window);
  estimate.coverage = cover.share;
  estimate.longest_gap_s = cover.longest_gap_s;
  estimate.method = "counter";
  estimate.flags = flags_of(*counted, cut, window, period, cover.gap);
  return estimate;
}

}  // namespace edgeeval::energy
