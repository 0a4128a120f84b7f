// SPDX-License-Identifier: Apache-2.0
#include "energy/characterise.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "energy/step_response.hpp"
#include "stats/quantile.hpp"

namespace edgeeval::energy {
namespace {

constexpr std::size_t kLeastGaps = 8;
constexpr double kContrast = 6.0;         ///< A step must stand out of the noise by this factor.
constexpr double kLongestPause = 5.0;     ///< Reads further apart than so many usual distances are a pause.
constexpr std::size_t kMostPoints = 500;  ///< For the fit of the step response.

double middle_of(const Sample& sample) { return 0.5 * (sample.before_s + sample.after_s); }

double ranked(const std::vector<double>& values, double p) {
  const auto found = quantile(values, p);
  return found ? found->value : 0.0;
}

std::vector<double> distances(const Series& series) {
  std::vector<double> result;
  for (std::size_t i = 1; i < series.samples.size(); ++i)
    result.push_back(middle_of(series.samples[i]) - middle_of(series.samples[i - 1]));
  return result;
}

tl::unexpected<std::string> not_determinable(std::string reason) {
  return tl::unexpected<std::string>(std::move(reason));
}

/// Gaps between refreshes, without those that a pause of the reads lies in.
std::vector<double> refresh_gaps(const std::vector<Refresh>& seen, double interval_s) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < seen.size(); ++i) {
    const bool paused = 2.0 * std::max(seen[i].slack_s, seen[i - 1].slack_s) > kLongestPause * interval_s;
    if (!paused) gaps.push_back(seen[i].at_s - seen[i - 1].at_s);
  }
  return gaps;
}

/// Into how many refreshes the median gap falls where the value often did not change at one: the largest k up
/// to 6 for which one gap in eight is about median/k and nine in ten are near a multiple of it.
int refreshes_in_median(const std::vector<double>& gaps, double median, double interval_s) {
  for (int k = 6; k > 1; --k) {
    const double period = median / k;
    if (period < 4.0 * interval_s) continue;
    std::size_t single = 0;
    std::size_t near = 0;
    for (const double gap : gaps) {
      const double off = std::abs(gap / period - std::round(gap / period));
      const bool close = off < 0.12 && gap > 0.5 * period;
      near += close ? 1 : 0;
      single += close && gap < 1.5 * period ? 1 : 0;
    }
    if (8 * single >= gaps.size() && 10 * near >= 9 * gaps.size()) return k;
  }
  return 1;
}

/// Watts at refreshes: as shown, or of a counter from its last refresh to this one.
std::vector<Refresh> watts_at_refreshes(const Series& series) {
  auto seen = refreshes(series);
  if (series.info.kind == ReadingKind::power) return seen;
  std::vector<Refresh> watts;
  for (std::size_t i = 1; i < seen.size(); ++i) {
    const double length = seen[i].at_s - seen[i - 1].at_s;
    if (length > 0.0 && seen[i].step >= 0.0)
      watts.push_back({seen[i].at_s, seen[i].slack_s, seen[i].step / length, 0.0});
  }
  return watts;
}

/// The stretch between switch `index` and the next, without the first `skipped` share of it.
std::optional<Span> stretch(std::span<const LoadSwitch> switches, std::size_t index, double skipped) {
  if (index + 1 >= switches.size()) return std::nullopt;
  const double begin = switches[index].settled_s;
  const double end = switches[index + 1].asked_s;
  if (end <= begin) return std::nullopt;
  return Span{begin + skipped * (end - begin), end};
}

std::vector<double> values_in(const std::vector<Refresh>& seen, const Span& span) {
  const auto later = [](double at, const Refresh& refresh) { return at < refresh.at_s; };
  std::vector<double> values;
  for (auto it = std::upper_bound(seen.begin(), seen.end(), span.begin_s, later);
       it != seen.end() && it->at_s <= span.end_s; ++it)
    values.push_back(it->value);
  return values;
}

double standard_deviation(const std::vector<double>& values, double mean) {
  double sum = 0.0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return values.size() < 2 ? 0.0 : std::sqrt(sum / static_cast<double>(values.size() - 1));
}

/// The value that is shown at `at_s`: that of the last refresh.
std::optional<double> shown_at(const std::vector<Refresh>& seen, double at_s) {
  const auto later = [](double at, const Refresh& refresh) { return at < refresh.at_s; };
  const auto next = std::upper_bound(seen.begin(), seen.end(), at_s, later);
  if (next == seen.begin()) return std::nullopt;
  return std::prev(next)->value;
}

struct Levels {
  double low = 0.0;
  double high = 0.0;
  double noise = 0.0;
};

/// Power with and without load, from the last quarter of each stretch; nothing where one was never seen.
std::optional<Levels> levels_of(const std::vector<Refresh>& seen, std::span<const LoadSwitch> switches) {
  std::vector<double> low;
  std::vector<double> high;
  for (std::size_t i = 0; i < switches.size(); ++i) {
    const auto span = stretch(switches, i, 0.75);
    if (!span) continue;
    auto values = values_in(seen, *span);
    // A value that did not change at all in the stretch is still what was shown.
    if (const auto held = shown_at(seen, span->end_s); values.empty() && held) values.push_back(*held);
    auto& side = switches[i].on ? high : low;
    side.insert(side.end(), values.begin(), values.end());
  }
  if (low.empty() || high.empty()) return std::nullopt;
  Levels levels{ranked(low, 0.5), ranked(high, 0.5), 0.0};
  // Half the distance between the quartiles of a normal law is 0.674 standard deviations.
  const auto spread = [](const std::vector<double>& side) {
    return (ranked(side, 0.75) - ranked(side, 0.25)) / (2.0 * 0.674);
  };
  levels.noise = std::max(spread(low), spread(high));
  return levels;
}

/// Refreshes after switches as shares of the step; what is late in a stretch is thinned out, as it tells
/// little.
std::vector<ResponsePoint> response_points(const std::vector<Refresh>& seen, const Levels& levels,
                                           std::span<const LoadSwitch> switches) {
  std::vector<ResponsePoint> points;
  std::size_t next = 0;
  for (std::size_t i = 1; i < switches.size(); ++i) {  // Before the first switch nothing is known.
    const auto span = stretch(switches, i, 0.0);
    if (!span || !switches[i].sharp) continue;
    const double begin = 0.5 * (switches[i].asked_s + switches[i].settled_s);
    while (next < seen.size() && seen[next].at_s <= switches[i].asked_s) ++next;
    for (; next < seen.size() && seen[next].at_s <= span->end_s; ++next) {
      const double share = (seen[next].value - levels.low) / (levels.high - levels.low);
      points.push_back({seen[next].at_s - begin, switches[i].on ? share : 1.0 - share});
    }
  }
  std::sort(points.begin(), points.end(),
            [](const ResponsePoint& a, const ResponsePoint& b) { return a.since_s < b.since_s; });
  if (points.size() <= kMostPoints) return points;
  // After the last point below 90 % the step is all but over.
  std::size_t over = 0;
  for (std::size_t i = 0; i < points.size(); ++i) over = points[i].share < 0.9 ? i : over;
  over = std::min(points.size(), over + over / 2 + kMostPoints / 5);
  std::vector<ResponsePoint> kept;
  const auto thin = [&](std::size_t from, std::size_t to, std::size_t most) {
    const auto every = std::max<std::size_t>(1, (to - from + most - 1) / most);
    for (auto i = from; i < to; i += every) kept.push_back(points[i]);
  };
  thin(0, over, kMostPoints * 4 / 5);
  thin(over, points.size(), kMostPoints / 5);
  return kept;
}

StepResponse no_response(const std::string& reason) {
  StepResponse response;
  response.averaging = response.lag = response.rise = not_determinable(reason);
  return response;
}

StepResponse step_response(const Series& series, std::span<const LoadSwitch> switches,
                           const UpdatePeriod& period) {
  if (switches.size() < 3) return no_response("no load was switched; name one with --load");
  const auto seen = watts_at_refreshes(series);
  if (seen.size() < kLeastGaps) return no_response("the value hardly ever changed");
  const auto levels = levels_of(seen, switches);
  if (!levels) return no_response("the load was not seen both on and off");
  if (levels->high - levels->low <= kContrast * levels->noise || levels->high <= levels->low)
    return no_response("the load did not stand out of what the sensor showed anyway");
  ResponseLimits limits;
  double slack = 0.0;
  std::size_t sharp = 0;
  limits.longest_s = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i + 1 < switches.size(); ++i) {
    if (!switches[i].sharp) continue;
    const auto span = stretch(switches, i, 0.0);
    limits.longest_s = std::min(limits.longest_s, span ? span->length_s() : 0.0);
    slack += 0.5 * (switches[i].settled_s - switches[i].asked_s);
    ++sharp;
  }
  if (sharp == 0) return no_response("the load never changed at once");
  limits.time_slack_s = slack / static_cast<double>(sharp) + 0.5 * read_interval(series);
  if (series.info.kind != ReadingKind::power) {
    if (!period.typical) return no_response("without the update period: " + period.typical.error());
    limits.averaging_s = period.typical->value;
  }
  return fit_step_response(response_points(seen, *levels, switches), limits);
}

}  // namespace

std::vector<Refresh> refreshes(const Series& series) {
  std::vector<Refresh> seen;
  for (std::size_t i = 1; i < series.samples.size(); ++i) {
    const auto& last = series.samples[i - 1];
    const auto& now = series.samples[i];
    if (now.value == last.value) continue;
    const double from = middle_of(last);
    const double to = middle_of(now);
    seen.push_back({0.5 * (from + to), 0.5 * (to - from), now.value, now.value - last.value});
  }
  return seen;
}

double read_interval(const Series& series) { return ranked(distances(series), 0.5); }

UpdatePeriod update_period(const Series& series) {
  UpdatePeriod period;
  const auto seen = refreshes(series);
  const double interval = read_interval(series);
  const auto gaps = refresh_gaps(seen, interval);
  period.gaps = gaps.size();
  if (seen.empty()) {
    period.typical = not_determinable("the value never changed");
    return period;
  }
  if (gaps.size() < kLeastGaps) {
    period.typical = not_determinable("the value changed only " + std::to_string(seen.size()) + " times");
    return period;
  }
  const auto median = quantile(gaps, 0.5);
  if (median->value < 2.5 * interval) {
    period.typical =
        not_determinable("nearly every read showed a new value: refreshed faster than it can be read");
    return period;
  }
  const int parts = refreshes_in_median(gaps, median->value, interval);
  if (parts > 1) {
    std::vector<double> single;
    for (const double gap : gaps)
      single.push_back(gap / std::max(1.0, std::round(gap * parts / median->value)));
    const auto folded = quantile(single, 0.5);
    period.typical = Determined{folded->value, folded->lo.value_or(folded->value) - interval,
                                folded->hi.value_or(folded->value) + interval};
  } else {
    period.typical = Determined{median->value, median->lo.value_or(median->value) - interval,
                                median->hi.value_or(median->value) + interval};
  }
  period.p10_s = ranked(gaps, 0.1);
  period.p90_s = ranked(gaps, 0.9);
  return period;
}

Finding resolution(const Series& series) {
  // In millionths, as integers: differences of decimal fractions kept in binary are off in the last places.
  std::vector<std::int64_t> steps;
  std::int64_t common = 0;
  for (const auto& refresh : refreshes(series)) {
    const auto step = std::llround(std::abs(refresh.step) * 1e6);
    common = std::gcd(common, step);
    steps.push_back(step);
  }
  if (steps.size() < 16) return not_determinable("the value changed fewer than 16 times");
  std::sort(steps.begin(), steps.end());
  if (std::unique(steps.begin(), steps.end()) - steps.begin() < 3)
    return not_determinable("fewer than 3 different steps were seen");
  if (common < 10) return not_determinable("finer than 10 millionths");
  const double value = static_cast<double>(common) * 1e-6;
  return Determined{value, value, value};
}

Finding idle_noise(const Series& series, std::span<const LoadSwitch> switches) {
  if (series.info.kind != ReadingKind::power) return not_determinable("a counter shows no watts");
  const auto seen = refreshes(series);
  std::size_t count = 0;
  double sum = 0.0;
  for (std::size_t i = 0; i < switches.size(); ++i) {
    const auto span = switches[i].on ? std::nullopt : stretch(switches, i, 0.5);
    if (!span) continue;
    const auto values = values_in(seen, *span);
    if (values.size() < 2) continue;
    double mean = 0.0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    const double deviation = standard_deviation(values, mean);
    sum += deviation * deviation * static_cast<double>(values.size() - 1);
    count += values.size() - 1;
  }
  if (count < kLeastGaps) return not_determinable("too few changes without load");
  const double noise = std::sqrt(sum / static_cast<double>(count));
  // Standard error of a standard deviation of normal values: σ/√(2ν).
  const double half = 1.96 * noise / std::sqrt(2.0 * static_cast<double>(count));
  return Determined{noise, std::max(0.0, noise - half), noise + half};
}

Characterisation characterise(const Series& series, std::span<const LoadSwitch> switches) {
  Characterisation found;
  std::vector<double> costs;
  for (const auto& sample : series.samples) costs.push_back(sample.after_s - sample.before_s);
  found.read_cost_s = {ranked(costs, 0.5), ranked(costs, 0.1), ranked(costs, 0.9)};
  if (series.info.kind == ReadingKind::model) {
    const std::string reason = "a model, not a sensor";
    found.period.typical = not_determinable(reason);
    found.response = no_response(reason);
    found.resolution = found.idle_noise_w = not_determinable(reason);
    return found;
  }
  found.period = update_period(series);
  found.response = step_response(series, switches, found.period);
  found.resolution = resolution(series);
  found.idle_noise_w = idle_noise(series, switches);
  found.plateaus = plateaus(series, switches);
  return found;
}

SensorCharacter characterised(SensorCharacter before, const Characterisation& found, ReadingKind kind,
                              const std::string& date) {
  if (found.period.typical) before.period = Seconds(found.period.typical->value);
  if (found.response.averaging && kind == ReadingKind::power)
    before.averaging = Seconds(found.response.averaging->value);
  if (found.response.lag) before.lag = Seconds(found.response.lag->value);
  if (found.resolution) before.resolution = found.resolution->value;
  before.origin = "characterised " + date;
  return before;
}

}  // namespace edgeeval::energy
