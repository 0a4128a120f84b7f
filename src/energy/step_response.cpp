// SPDX-License-Identifier: Apache-2.0
#include "energy/step_response.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "stats/random.hpp"

namespace edgeeval::energy {
namespace {

constexpr std::size_t kLeastPoints = 12;
constexpr double kParameters = 3.0;
constexpr double kChiSquared99 = 6.635;  ///< One degree of freedom.
/// No fit is trusted to better than this share of the step: loads are not perfectly square.
constexpr double kLeastSpread = 0.01;
constexpr int kWalk = 6000;
constexpr int kTuneEvery = 100;

/// The parameters in units of the longest time looked for.
using Point = std::array<double, 3>;

ResponseModel model_of(const Point& point, const ResponseLimits& limits) {
  return {limits.averaging_s.value_or(point[0] * limits.longest_s), point[1] * limits.longest_s,
          point[2] * limits.longest_s};
}

double squared_residuals(std::span<const ResponsePoint> points, const ResponseModel& model) {
  double sum = 0.0;
  for (const auto& point : points) {
    const double off = point.share - step_share(model, point.since_s);
    sum += off * off;
  }
  return sum;
}

double uniform(SplitMix64& random) { return static_cast<double>(random.next() >> 11U) * 0x1.0p-53; }

/// A rough normal deviate: the sum of twelve uniform ones (central limit theorem), enough for proposals.
double normal(SplitMix64& random) {
  double sum = -6.0;
  for (int i = 0; i < 12; ++i) sum += uniform(random);
  return sum;
}

/// The best of a grid that is finer towards zero.
Point grid_start(std::span<const ResponsePoint> points, const ResponseLimits& limits) {
  constexpr std::array<double, 14> kShares = {0.0,  0.0005, 0.001, 0.003, 0.006, 0.012, 0.025,
                                              0.05, 0.1,    0.18,  0.3,   0.45,  0.7,   1.0};
  Point best{};
  double least = std::numeric_limits<double>::infinity();
  for (const double averaging : kShares) {
    for (const double filter : kShares) {
      for (const double delay : {0.0, 0.003, 0.012, 0.05, 0.15, 0.4}) {
        const Point point{averaging, filter, delay};
        const double sum = squared_residuals(points, model_of(point, limits));
        if (sum < least) least = sum, best = point;
      }
    }
    if (limits.averaging_s) break;
  }
  return best;
}

struct Visited {
  Point point{};
  double sum = 0.0;
};

double mirrored(double value) {
  value = std::abs(value);
  return value > 1.0 ? std::max(0.0, 2.0 - value) : value;
}

/// Metropolis walk over the parameters (Metropolis et al. 1953), from the grid's best; the size of each
/// parameter's steps follows its share of accepted ones. Returns all points visited.
std::vector<Visited> walk(std::span<const ResponsePoint> points, const ResponseLimits& limits) {
  SplitMix64 random(20241117);
  Visited now{grid_start(points, limits), 0.0};
  now.sum = squared_residuals(points, model_of(now.point, limits));
  const double freedom = std::max(1.0, static_cast<double>(points.size()) - kParameters);
  double least = now.sum;
  Point size{0.1, 0.1, 0.05};
  std::array<int, 3> tried{};
  std::array<int, 3> taken{};
  std::vector<Visited> visited{now};
  for (int step = 0; step < kWalk; ++step) {
    const double variance = std::max(least / freedom, kLeastSpread * kLeastSpread);
    auto next = now;
    const auto axis = static_cast<std::size_t>(step) % 3U;
    const double move = size[axis] * normal(random);
    next.point[axis] = mirrored(next.point[axis] + move);
    // The three trade off against each other: half of the moves keep their mean delay as it was.
    if (uniform(random) < 0.5) {
      constexpr std::array<double, 3> kMeanDelay = {0.5, 1.0, 1.0};
      const auto other = (axis + 1U + (random.next() & 1U)) % 3U;
      next.point[other] = mirrored(next.point[other] - move * kMeanDelay[axis] / kMeanDelay[other]);
    }
    next.sum = squared_residuals(points, model_of(next.point, limits));
    visited.push_back(next);
    least = std::min(least, next.sum);
    ++tried[axis];
    if (next.sum <= now.sum || uniform(random) < std::exp((now.sum - next.sum) / (2.0 * variance))) {
      now = next;
      ++taken[axis];
    }
    if (tried[axis] == kTuneEvery) {
      size[axis] = std::clamp(size[axis] * (taken[axis] < kTuneEvery / 3 ? 0.7 : 1.4), 1e-5, 0.5);
      tried[axis] = taken[axis] = 0;
    }
  }
  return visited;
}

void widen(Determined& range, double value) {
  range.lo = std::min(range.lo, value);
  range.hi = std::max(range.hi, value);
}

Determined with_slack(Determined range, double slack) {
  return {range.value, std::max(0.0, range.lo - slack), range.hi + slack};
}

double rise_of(const ResponseModel& model) { return time_to_share(model, 0.9) - time_to_share(model, 0.1); }

}  // namespace

double step_share(const ResponseModel& model, double at_s) {
  const double s = at_s - model.delay_s;
  if (s <= 0.0) return 0.0;
  const double window = model.averaging_s;
  const double tau = model.filter_s;
  if (window <= 0.0) return tau <= 0.0 ? 1.0 : 1.0 - std::exp(-s / tau);
  const double begin = std::max(0.0, s - window);  // The step began inside the window where this is 0.
  if (tau <= 0.0) return (s - begin) / window;
  return (s - begin - tau * (std::exp(-begin / tau) - std::exp(-s / tau))) / window;
}

double time_to_share(const ResponseModel& model, double level) {
  double lo = model.delay_s;
  double hi = model.delay_s + model.averaging_s + 40.0 * model.filter_s;
  for (int i = 0; i < 50 && hi - lo > 1e-9; ++i) {
    const double middle = 0.5 * (lo + hi);
    (step_share(model, middle) < level ? lo : hi) = middle;
  }
  return hi;
}

StepResponse fit_step_response(std::span<const ResponsePoint> points, const ResponseLimits& limits) {
  StepResponse response;
  response.points = points.size();
  if (points.size() < kLeastPoints || limits.longest_s <= 0.0) {
    const std::string reason = "only " + std::to_string(points.size()) +
                               " refreshes after switches of the load; measure longer (--seconds)";
    response.averaging = response.lag = response.rise = tl::unexpected(reason);
    return response;
  }
  const auto visited = walk(points, limits);
  const auto best = *std::min_element(visited.begin(), visited.end(),
                                      [](const Visited& a, const Visited& b) { return a.sum < b.sum; });
  const double count = static_cast<double>(points.size());
  const double variance =
      std::max(best.sum / std::max(1.0, count - kParameters), kLeastSpread * kLeastSpread);
  const auto of_sensor = [&](const Point& point) {
    auto model = model_of(point, limits);
    if (limits.averaging_s) model.averaging_s = 0.0;
    return model;
  };
  const auto model = of_sensor(best.point);
  const auto point_range = [](double value) { return Determined{value, value, value}; };
  auto averaging = point_range(model.averaging_s);
  auto lag = point_range(time_to_share(model, 0.63));
  auto rise = point_range(rise_of(model));
  for (const auto& other : visited) {
    if (other.sum > best.sum + kChiSquared99 * variance) continue;
    const auto possible = of_sensor(other.point);
    widen(averaging, possible.averaging_s);
    widen(lag, time_to_share(possible, 0.63));
    widen(rise, rise_of(possible));
  }
  // Where a stretch was too short for the filter, the levels at its end were not the last ones, and all times
  // are off by about the share that was missing.
  const double settling = std::max(0.0, limits.longest_s - model.averaging_s - model.delay_s);
  const double missing = model.filter_s > 0.0 ? 3.0 * std::exp(-settling / model.filter_s) : 0.0;
  for (auto* range : {&averaging, &lag, &rise}) {
    range->lo *= std::max(0.0, 1.0 - missing);
    range->hi *= 1.0 + missing;
  }
  response.residual = std::sqrt(best.sum / count);
  response.averaging = with_slack(averaging, 2.0 * limits.time_slack_s);
  response.lag = with_slack(lag, limits.time_slack_s);
  response.rise = with_slack(rise, 2.0 * limits.time_slack_s);
  if (limits.averaging_s)
    response.averaging = tl::unexpected(std::string("a counter adds up, it does not average"));
  return response;
}

}  // namespace edgeeval::energy
