// SPDX-License-Identifier: Apache-2.0
#include "workload/arrival.hpp"

#include <algorithm>
#include <cmath>

namespace edgeeval {
namespace {

constexpr double kNsPerS = 1e9;

/// Nanoseconds rounded, and never later than the latest.
std::int64_t rounded(double ns) {
  return ns < static_cast<double>(Arrivals::kLatestNs) ? std::llround(ns) : Arrivals::kLatestNs;
}

}  // namespace

Arrivals::Arrivals(const Scenario& scenario, double ramp_s, std::uint64_t seed)
    : scenario_(scenario), ramp_s_(ramp_s), random_(seed) {}

std::int64_t Arrivals::next() {
  ++count_;
  if (scenario_.kind == Scenario::Kind::ramp) {
    expected_ += exponential();
    return now_ns_ = std::max(now_ns_, rounded(ramp_time(expected_) * kNsPerS));
  }
  const double mean_ns = kNsPerS / scenario_.rate;
  if (scenario_.law == ArrivalLaw::constant)
    return rounded(static_cast<double>(count_) * kNsPerS / scenario_.rate);
  if (scenario_.law == ArrivalLaw::poisson) return advance(exponential() * mean_ns);
  return advance(gamma(scenario_.gamma_shape) * mean_ns / scenario_.gamma_shape);
}

double Arrivals::uniform() { return (static_cast<double>(random_.next() >> 11U) + 1.0) * 0x1.0p-53; }

double Arrivals::exponential() { return -std::log(uniform()); }

double Arrivals::normal() {
  // Marsaglia and Bray 1964, "A convenient method for generating normal variables". The second of each pair
  // is left: a generator without that state is easier to reason about, and fast enough.
  for (;;) {
    const double u = 2.0 * uniform() - 1.0, v = 2.0 * uniform() - 1.0;
    const double s = u * u + v * v;
    if (s > 0.0 && s < 1.0) return u * std::sqrt(-2.0 * std::log(s) / s);
  }
}

double Arrivals::gamma(double shape) {
  // Marsaglia and Tsang 2000, "A simple method for generating gamma variables": section 2 for shapes from 1
  // on, the note at its end (a power of a uniform) for those below.
  if (shape < 1.0) {
    const double power = std::pow(uniform(), 1.0 / shape);
    return gamma(shape + 1.0) * power;
  }
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = normal();
    const double root = 1.0 + c * x;
    if (root <= 0.0) continue;
    const double v = root * root * root;
    const double u = uniform();
    if (u < 1.0 - 0.0331 * x * x * x * x)
      return d * v;  // Their squeeze: true where the next line is, and cheap.
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double Arrivals::ramp_time(double arrivals) const {
  // The rate is from + (to - from)·t/T up to T and `to` afterwards; its integral is inverted, in the form of
  // the quadratic's solution that subtracts nothing from nearly itself, whether the ramp rises or falls.
  const double from = scenario_.rate, to = scenario_.rate_to;
  const double whole = 0.5 * (from + to) * ramp_s_;
  if (arrivals >= whole) return ramp_s_ + (arrivals - whole) / to;
  const double root = std::sqrt(std::max(0.0, from * from + 2.0 * (to - from) * arrivals / ramp_s_));
  return 2.0 * arrivals / (from + root);
}

std::int64_t Arrivals::advance(double gap_ns) {
  const double step = std::min(gap_ns, static_cast<double>(kLatestNs)) + fraction_ns_;
  const double whole = std::floor(step);
  fraction_ns_ = step - whole;
  now_ns_ = std::min(now_ns_ + static_cast<std::int64_t>(whole), kLatestNs);
  return now_ns_;
}

}  // namespace edgeeval
