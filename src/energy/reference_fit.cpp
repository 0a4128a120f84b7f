// SPDX-License-Identifier: Apache-2.0
// Figures of a sensor against another one: a counter against its own watts, watts against a reference
#include <algorithm>
#include <cmath>

#include "energy/characterise.hpp"

namespace edgeeval::energy {
namespace {

double middle_of(const Sample& sample) { return 0.5 * (sample.before_s + sample.after_s); }

/// The 97.5 % point of Student's t: exact for one and two degrees of freedom, else the expansion of
/// Abramowitz and Stegun 1964, 26.7.5.
double student(std::size_t freedom) {
  if (freedom <= 1) return 12.706;
  if (freedom == 2) return 4.303;
  constexpr double kZ = 1.959964;
  const double n = static_cast<double>(freedom);
  const double z3 = kZ * kZ * kZ;
  const double z5 = z3 * kZ * kZ;
  const double z7 = z5 * kZ * kZ;
  return kZ + (z3 + kZ) / (4.0 * n) + (5.0 * z5 + 16.0 * z3 + 3.0 * kZ) / (96.0 * n * n) +
         (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * kZ) / (384.0 * n * n * n);
}

/// The last sample at or before `at_s`, by the samples' middles.
std::optional<std::size_t> index_at(const std::vector<Sample>& samples, double at_s) {
  const auto next = std::upper_bound(samples.begin(), samples.end(), at_s,
                                     [](double at, const Sample& sample) { return at < middle_of(sample); });
  if (next == samples.begin()) return std::nullopt;
  return static_cast<std::size_t>(next - samples.begin()) - 1;
}

/// Joules of watts held from read to read, over [begin, end].
double held_joules(const std::vector<Sample>& samples, double begin, double end) {
  const auto first = index_at(samples, begin);
  if (!first) return 0.0;
  double joules = 0.0;
  for (auto i = *first; i < samples.size() && middle_of(samples[i]) < end; ++i) {
    const double from = std::max(begin, middle_of(samples[i]));
    const double to = i + 1 < samples.size() ? std::min(end, middle_of(samples[i + 1])) : end;
    joules += samples[i].value * std::max(0.0, to - from);
  }
  return joules;
}

struct Mean {
  double value = 0.0;
  std::size_t count = 0;
};

/// Mean of a power series' reads inside `span`; they are as good as evenly spaced.
Mean mean_in(const Series& series, const Span& span) {
  Mean mean;
  for (const auto& sample : series.samples) {
    const double at = middle_of(sample);
    if (at < span.begin_s || at > span.end_s) continue;
    mean.value += sample.value;
    ++mean.count;
  }
  if (mean.count > 0) mean.value /= static_cast<double>(mean.count);
  return mean;
}

/// The mean that a series shows over `span`; nothing with too few reads.
std::optional<double> shown_in(const Series& series, const Span& span) {
  const auto& samples = series.samples;
  if (series.info.kind == ReadingKind::power) {
    const auto mean = mean_in(series, span);
    return mean.count < 2 ? std::nullopt : std::optional(mean.value);
  }
  const auto seen = refreshes(series);
  const auto inside = [&](const Refresh& refresh) {
    return refresh.at_s >= span.begin_s && refresh.at_s <= span.end_s;
  };
  const auto first = std::find_if(seen.begin(), seen.end(), inside);
  const auto last = std::find_if(seen.rbegin(), seen.rend(), inside);
  if (samples.empty() || first == seen.end() || last->at_s <= first->at_s) return std::nullopt;
  return (last->value - first->value) / (last->at_s - first->at_s);
}

}  // namespace

std::vector<Plateau> plateaus(const Series& series, std::span<const LoadSwitch> switches) {
  std::vector<Plateau> steady;
  for (std::size_t i = 0; i + 1 < switches.size(); ++i) {
    const double begin = switches[i].settled_s;
    const double end = switches[i + 1].asked_s;
    if (end <= begin) continue;
    const Span span{0.5 * (begin + end), end};
    if (const auto shown = shown_in(series, span)) steady.push_back({span, *shown});
  }
  return steady;
}

Finding counter_to_integral(const Series& counter, const Series& power) {
  const auto seen = refreshes(counter);
  if (power.samples.size() < 2) return tl::unexpected(std::string("no watts to compare with"));
  std::vector<Refresh> ticks;
  for (const auto& tick : seen) {
    if (tick.step < 0.0) return tl::unexpected(std::string("the counter went back in between"));
    if (tick.at_s >= middle_of(power.samples.front()) && tick.at_s <= middle_of(power.samples.back()))
      ticks.push_back(tick);
  }
  if (ticks.size() < 20) return tl::unexpected(std::string("the counter ticked fewer than 20 times"));
  const auto& first = ticks.front();
  const auto& last = ticks.back();
  const double counted = last.value - first.value;
  const double integral = held_joules(power.samples, first.at_s, last.at_s);
  if (integral <= 0.0) return tl::unexpected(std::string("the watts were zero"));
  const double ratio = counted / integral;
  constexpr std::size_t kBlocks = 10;
  double squares = 0.0;
  for (std::size_t block = 0; block < kBlocks; ++block) {
    const auto& from = ticks[block * (ticks.size() - 1) / kBlocks];
    const auto& to = ticks[(block + 1) * (ticks.size() - 1) / kBlocks];
    const double off = to.value - from.value - ratio * held_joules(power.samples, from.at_s, to.at_s);
    squares += off * off;
  }
  // Blocks differ by what the ends of each see of the other's refresh, so their spread covers the ends too.
  const double spread = std::sqrt(squares * kBlocks / (kBlocks - 1.0));
  double slack = 0.0;
  double largest = 0.0;
  for (const auto& tick : ticks) slack = std::max(slack, tick.slack_s);
  for (const auto& sample : power.samples) largest = std::max(largest, sample.value);
  const double edge = 2.0 * largest * std::max(slack, 0.5 * update_period(power).p90_s);
  const double half = std::hypot(student(kBlocks - 1) * spread, edge) / integral;
  return Determined{ratio, ratio - half, ratio + half};
}

tl::expected<ReferenceFit, std::string> fit_reference(std::span<const Plateau> steady,
                                                      const Series& reference) {
  std::vector<std::pair<double, double>> pairs;
  for (const auto& plateau : steady) {
    if (const auto shown = shown_in(reference, plateau.span)) pairs.emplace_back(plateau.shown_w, *shown);
  }
  if (pairs.size() < 3) {
    return tl::unexpected("the reference covers " + std::to_string(pairs.size()) + " of " +
                          std::to_string(steady.size()) +
                          " steady stretches with two reads or more; 3 are needed");
  }
  const double count = static_cast<double>(pairs.size());
  double mean_x = 0.0;
  double mean_y = 0.0;
  for (const auto& [x, y] : pairs) mean_x += x / count, mean_y += y / count;
  double sxx = 0.0;
  double sxy = 0.0;
  double syy = 0.0;
  for (const auto& [x, y] : pairs) {
    sxx += (x - mean_x) * (x - mean_x);
    sxy += (x - mean_x) * (y - mean_y);
    syy += (y - mean_y) * (y - mean_y);
  }
  if (sxx <= 1e-6 * count * mean_x * mean_x || syy <= 0.0)
    return tl::unexpected(std::string("all steady stretches had nearly the same power"));
  ReferenceFit fit;
  fit.levels = pairs.size();
  const double gain = sxy / sxx;
  const double offset = mean_y - gain * mean_x;
  double squares = 0.0;
  for (const auto& [x, y] : pairs) squares += (y - gain * x - offset) * (y - gain * x - offset);
  const double variance = squares / (count - 2.0);
  const double t = student(pairs.size() - 2);
  const double gain_half = t * std::sqrt(variance / sxx);
  const double offset_half = t * std::sqrt(variance * (1.0 / count + mean_x * mean_x / sxx));
  fit.gain = {gain, gain - gain_half, gain + gain_half};
  fit.offset_w = {offset, offset - offset_half, offset + offset_half};
  fit.r_squared = 1.0 - squares / syy;
  return fit;
}

}  // namespace edgeeval::energy
