// SPDX-License-Identifier: Apache-2.0
#include "support/simulated_sensor.hpp"

#include <algorithm>
#include <cmath>

namespace edgeeval::test {

TrueCurve::TrueCurve(std::vector<Knot> knots, double lag_s) : knots_(std::move(knots)), lag_s_(lag_s) {
  energy_.push_back(0.0);
  lagged_.push_back(knots_.front().watts);
  for (std::size_t i = 1; i < knots_.size(); ++i) {
    const Knot& a = knots_[i - 1];
    const Knot& b = knots_[i];
    energy_.push_back(energy_.back() + 0.5 * (a.watts + b.watts) * (b.at_s - a.at_s));
    const double time = b.at_s - a.at_s;
    double level = lagged_.back();
    if (time > 0.0 && lag_s_ > 0.0) {
      const double slope = (b.watts - a.watts) / time;
      level =
          a.watts + slope * (time - lag_s_) + (level - a.watts + slope * lag_s_) * std::exp(-time / lag_s_);
    } else if (lag_s_ <= 0.0) {
      level = b.watts;
    }
    lagged_.push_back(level);
  }
}

std::size_t TrueCurve::piece(double at_s) const {
  const auto next =
      std::partition_point(knots_.begin(), knots_.end(), [&](const Knot& knot) { return knot.at_s <= at_s; });
  return next == knots_.begin() ? 0 : static_cast<std::size_t>(next - knots_.begin()) - 1;
}

double TrueCurve::energy(double at_s) const {
  const std::size_t i = piece(at_s);
  const Knot& a = knots_[i];
  const double u = at_s - a.at_s;
  if (i + 1 == knots_.size() || u < 0.0) return energy_[i] + a.watts * u;
  const double slope = (knots_[i + 1].watts - a.watts) / (knots_[i + 1].at_s - a.at_s);
  return energy_[i] + a.watts * u + 0.5 * slope * u * u;
}

double TrueCurve::lagged(double at_s) const {
  const std::size_t i = piece(at_s);
  const Knot& a = knots_[i];
  const double u = at_s - a.at_s;
  if (u < 0.0) return a.watts;
  const bool last = i + 1 == knots_.size();
  const double slope = last ? 0.0 : (knots_[i + 1].watts - a.watts) / (knots_[i + 1].at_s - a.at_s);
  if (lag_s_ <= 0.0) return a.watts + slope * u;
  return a.watts + slope * (u - lag_s_) + (lagged_[i] - a.watts + slope * lag_s_) * std::exp(-u / lag_s_);
}

double TrueCurve::shown(double at_s, double averaging_s) const {
  if (averaging_s <= 0.0) return lagged(at_s);
  const double from = at_s - averaging_s;
  // The lag holds back what the lagged power has still to rise: ∫y = ∫P − τ·(y(end) − y(begin)).
  const double joules = energy(at_s) - energy(from) - lag_s_ * (lagged(at_s) - lagged(from));
  return joules / averaging_s;
}

double TrueCurve::highest() const {
  double high = 0.0;
  for (const Knot& knot : knots_) high = std::max(high, knot.watts);
  return high;
}

namespace {

using Knots = std::vector<TrueCurve::Knot>;

/// From its last level to another at once.
void step(Knots& knots, double at_s, double watts) {
  knots.push_back({at_s, knots.back().watts});
  knots.push_back({at_s, watts});
}

void wander(Knots& knots, Dice& dice, Load load, double to_s) {
  double at = knots.front().at_s;
  const double low = dice.between(5.0, 60.0);
  const double high = dice.between(low, 390.0);
  const double pace = std::exp(dice.between(std::log(0.03), std::log(3.0)));
  const double duty = dice.between(0.1, 0.9);
  while (at < to_s) {
    if (load == Load::steps) {
      at += pace * dice.between(0.2, 2.0);
      step(knots, at, dice.between(low, high));
    } else if (load == Load::ramps) {
      at += pace * dice.between(0.2, 2.0);
      knots.push_back({at, dice.between(low, high)});
    } else if (load == Load::walk) {
      at += 0.02;
      knots.push_back({at, std::clamp(knots.back().watts + dice.between(-12.0, 12.0), low, high)});
    } else if (load == Load::square) {
      step(knots, at + pace * (1.0 - duty), high);
      step(knots, at + pace, low);
      at += pace;
    } else {
      at += pace * dice.between(0.5, 3.0);
      step(knots, at, high);
      at += dice.between(0.005, 0.2);
      step(knots, at, low);
    }
  }
}

}  // namespace

std::vector<TrueCurve::Knot> random_load(Dice& dice, Load load, double from_s, double to_s,
                                         energy::Span work) {
  Knots knots{{from_s, dice.between(5.0, 60.0)}};
  if (load == Load::job) {
    const double rest = knots.front().watts;
    step(knots, work.begin_s, dice.between(rest, 390.0));
    step(knots, work.end_s, rest);
  } else if (load != Load::constant) {
    wander(knots, dice, load, to_s);
  }
  knots.push_back({std::max(to_s, knots.back().at_s) + 1.0, knots.back().watts});
  return knots;
}

namespace {

/// Refreshes of the sensor from before `from_s` on.
std::vector<double> refreshes(const SimulatedSensor& sensor, energy::Span reach, Dice& dice) {
  std::vector<double> times;
  const double start = reach.begin_s - 2.0 * sensor.period_s + sensor.phase_s;
  for (int k = 0; times.empty() || times.back() < reach.end_s; ++k)
    times.push_back(start + sensor.period_s * (k + sensor.period_jitter * dice.between(-0.5, 0.5)));
  return times;
}

double quantised(double value, double resolution) {
  return resolution > 0.0 ? std::floor(value / resolution) * resolution : value;
}

template <class Show>
energy::Series sampled(const SimulatedSensor& sensor, const SimulatedSampler& sampler, energy::Span reach,
                       Dice& dice, const Show& show) {
  energy::Series series;
  auto& character = series.info.character;
  series.info.id = "simulated";
  character.period = Seconds(sensor.period_s);
  character.averaging = Seconds(sensor.averaging_s);
  character.gain = sensor.gain;
  character.offset_w = sensor.offset_w;
  character.resolution = sensor.resolution;
  const std::vector<double> times = refreshes(sensor, reach, dice);
  double last_end = reach.begin_s;
  for (int k = 0;; ++k) {
    double at = reach.begin_s + sampler.period_s * (k + sampler.jitter * dice.between(0.0, 1.0));
    if (dice.chance(sampler.late_share)) at += dice.between(0.0, sampler.late_s);
    at = std::max(at, last_end);
    if (at > reach.end_s) break;
    last_end = at + dice.between(0.1, 1.0) * sampler.read_s;
    const double inside = dice.between(at, last_end);
    const double refresh = *std::prev(std::upper_bound(times.begin(), times.end(), inside));
    const double value = show(refresh);
    series.samples.push_back({at, last_end, value, value, value});
  }
  return series;
}

}  // namespace

energy::Series sample_counter(const TrueCurve& curve, const SimulatedSensor& sensor,
                              const SimulatedSampler& sampler, energy::Span reach, Dice& dice) {
  // A counter that has counted for long cannot be reset and climb past its old value between two reads.
  const double origin = reach.begin_s - 300.0;
  auto series = sampled(sensor, sampler, reach, dice, [&](double refresh) {
    const bool reset = sensor.reset_at_s && refresh >= *sensor.reset_at_s;
    const double from = reset ? *sensor.reset_at_s : origin;
    const double joules = curve.energy({from, refresh}) - sensor.offset_w * (refresh - from);
    return quantised(joules / sensor.gain, sensor.resolution);
  });
  series.info.kind = ReadingKind::counter;
  return series;
}

energy::Series sample_power(const TrueCurve& curve, const SimulatedSensor& sensor,
                            const SimulatedSampler& sampler, energy::Span reach, Dice& dice) {
  auto series = sampled(sensor, sampler, reach, dice, [&](double refresh) {
    const double watts = (curve.shown(refresh, sensor.averaging_s) - sensor.offset_w) / sensor.gain;
    return quantised(watts, sensor.resolution);
  });
  series.info.kind = ReadingKind::power;
  return series;
}

}  // namespace edgeeval::test
