// SPDX-License-Identifier: Apache-2.0
#include "energy/counter_runs.hpp"

#include <algorithm>
#include <cmath>

#include "energy/spacing.hpp"

namespace edgeeval::energy {
namespace {

/// How many readings a passing glitch may last.
constexpr std::size_t kPassing = 16;
/// The share of the ceiling that a plausible step stays below.
constexpr double kPlausible = 1.2;
/// Before the first reading the last tick is not further away than this, where the period is not known (s).
constexpr double kFirstTick = 1.0;

double lower(const Sample& s) { return s.lo <= s.value && s.value <= s.hi ? s.lo : s.value; }
double upper(const Sample& s) { return s.lo <= s.value && s.value <= s.hi ? s.hi : s.value; }

class Cutter {
 public:
  explicit Cutter(const Series& series) : series_(series), character_(series.info.character) {}

  CounterRuns cut() {
    const auto& samples = series_.samples;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const Sample& sample = samples[i];
      if (!std::isfinite(sample.value) || (!good(sample) && passes(i))) {
        result_.dropped_s.push_back(instant(sample));
      } else if (result_.runs.empty()) {
        const double back = character_.period ? 3.0 * character_.period->value() : kFirstTick;
        begin(sample, sample.before_s - back, "");
      } else if (good(sample)) {
        append(sample);
      } else {
        begin(sample, last().before_s, sample.value < last().value ? "reset" : "glitch");
      }
    }
    return std::move(result_);
  }

 private:
  const Sample& last() const { return result_.runs.back().samples.back(); }

  void begin(const Sample& sample, double tick_from_s, std::string cut) {
    result_.runs.push_back({{sample}, tick_from_s, std::move(cut)});
    tick_from_s_ = tick_from_s;
  }

  void append(const Sample& sample) {
    if (sample.value != last().value) tick_from_s_ = last().before_s;
    result_.runs.back().samples.push_back(sample);
  }

  /// A step that no device below the ceiling can make.
  bool implausible(double step, double from_s, double to_s) const {
    if (!character_.ceiling) return false;
    const double time = std::max(0.0, to_s - from_s);
    const double joules = character_.gain * step + character_.offset_w * time;
    return joules > kPlausible * character_.ceiling->value() * time + 2.0 * character_.resolution;
  }

  bool good(const Sample& sample) const {
    if (result_.runs.empty()) return true;
    return sample.value >= last().value &&
           !implausible(sample.value - last().value, tick_from_s_, sample.after_s);
  }

  /// Whether the counter is back on its old course within a few readings after the odd one at `odd`.
  bool passes(std::size_t odd) const {
    const auto& samples = series_.samples;
    const Sample& strange = samples[odd];
    const bool dip = strange.value < last().value;
    for (std::size_t i = odd + 1; i < std::min(samples.size(), odd + 1 + kPassing); ++i) {
      const Sample& next = samples[i];
      if (!std::isfinite(next.value) || !good(next)) continue;
      // After a reset the counter may climb past its old value by itself; a leap cannot be a climb.
      return !dip || implausible(next.value - strange.value, strange.before_s, next.after_s);
    }
    return false;
  }

  const Series& series_;
  const SensorCharacter& character_;
  CounterRuns result_;
  double tick_from_s_ = 0.0;
};

}  // namespace

double CounterRun::last_tick_from_s() const {
  for (std::size_t i = samples.size(); i-- > 1;)
    if (samples[i].value != samples[i - 1].value) return samples[i - 1].before_s;
  return first_tick_from_s;
}

CounterRuns counter_runs(const Series& series) { return Cutter(series).cut(); }

std::optional<double> at_least(const CounterRun& run, double at_s) {
  const auto later = std::partition_point(run.samples.begin(), run.samples.end(),
                                          [&](const Sample& s) { return s.after_s <= at_s; });
  if (later == run.samples.begin()) return std::nullopt;
  return lower(*std::prev(later));
}

std::optional<double> at_most(const CounterRun& run, double at_s, const SensorCharacter& character) {
  const auto first = std::partition_point(run.samples.begin(), run.samples.end(),
                                          [&](const Sample& s) { return s.before_s < at_s; });
  for (auto next = first; next != run.samples.end(); ++next) {
    const bool refreshed =
        character.period && next->before_s - first->after_s >= 3.0 * character.period->value();
    if (next->value != first->value || refreshed) return upper(*next) + character.resolution;
  }
  return std::nullopt;
}

std::vector<Tick> ticks_of(const CounterRun& run) {
  std::vector<Tick> ticks;
  for (std::size_t i = 1; i < run.samples.size(); ++i) {
    const Sample& last = run.samples[i - 1];
    const Sample& now = run.samples[i];
    if (now.value != last.value) ticks.push_back({last.before_s, now.after_s, now.value});
  }
  return ticks;
}

CounterCurve::CounterCurve(const CounterRun& run, double period_s, double resolution) {
  const Sample& first = run.samples.front();
  points_.push_back({instant(first) - 0.5 * period_s, first.value});
  for (Tick tick : ticks_of(run)) {
    // Readings further apart than the period: the last tick before a reading is at most a period old.
    if (period_s > 0.0) tick.from_s = std::max(tick.from_s, tick.to_s - period_s);
    const Point last = points_.back();
    const double at = std::max(tick.middle_s(), last.at_s);
    // A value that stood still over refreshes drew nothing then, unless a step is the resolution's.
    const bool stood =
        period_s > 0.0 && at - last.at_s > 1.5 * period_s && tick.from_s - last.at_s > period_s;
    const bool seen_standing = stood && tick.to_s - tick.from_s < period_s * 0.999;
    if (seen_standing && tick.value - last.value > 1.5 * resolution)
      points_.push_back({at - period_s, last.value});
    points_.push_back({at, tick.value});
  }
}

double CounterCurve::at(double at_s) const {
  const auto next = std::partition_point(points_.begin(), points_.end(),
                                         [&](const Point& point) { return point.at_s <= at_s; });
  if (next == points_.begin()) return points_.front().value;
  if (next == points_.end()) return points_.back().value;
  const Point& last = *std::prev(next);
  return last.value + (next->value - last.value) * (at_s - last.at_s) / (next->at_s - last.at_s);
}

double CounterCurve::steepest(Span window, double span_s) const {
  double best = 0.0;
  std::size_t from = 0;
  for (std::size_t to = 1; to < points_.size(); ++to) {
    if (points_[to].at_s > window.end_s) break;
    while (from + 1 < to && points_[to].at_s - points_[from + 1].at_s >= span_s) ++from;
    const double time = points_[to].at_s - points_[from].at_s;
    if (points_[from].at_s < window.begin_s || time < span_s || time <= 0.0) continue;
    best = std::max(best, (points_[to].value - points_[from].value) / time);
  }
  return best;
}

}  // namespace edgeeval::energy
