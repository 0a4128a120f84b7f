// SPDX-License-Identifier: Apache-2.0
#include "bench/power_spans.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "energy/counter_runs.hpp"
#include "energy/power_curve.hpp"
#include "energy/spacing.hpp"
#include "probe/power_log_reader.hpp"

namespace edgeeval {
namespace {

constexpr double kNsPerS = 1e9;
constexpr double kPeriodsToAGap = 3.0;
/// A point that knows less than this of what the best-known one knows is not added up.
constexpr double kLeastKnown = 0.5;

/// Adds spans in seconds of the epoch's clock as spans of CLOCK_MONOTONIC, those alone that touch the
/// stretch.
class Spans {
 public:
  Spans(const SensorCharacter& character, SteadyTime epoch, MonotonicSpan stretch)
      : character_(character), epoch_ns_(monotonic_ns(epoch)), stretch_(stretch) {}
  void add(double from_s, double to_s, double shown_w) {
    if (!(to_s > from_s) || !std::isfinite(shown_w)) return;
    const PowerSpan span{at(from_s), at(to_s), character_.gain * shown_w + character_.offset_w};
    if (span.end_ns > stretch_.begin_ns && span.begin_ns < stretch_.end_ns) spans_.push_back(span);
  }
  std::vector<PowerSpan> finish() { return std::move(spans_); }

 private:
  [[nodiscard]] std::int64_t at(double seconds) const {
    return epoch_ns_ + static_cast<std::int64_t>(std::llround(seconds * kNsPerS));
  }
  const SensorCharacter& character_;
  std::int64_t epoch_ns_;
  MonotonicSpan stretch_;
  std::vector<PowerSpan> spans_;
};

void add_counter(const energy::Series& series, Spans& spans) {
  const auto& period = series.info.character.period;
  for (const auto& run : energy::counter_runs(series).runs) {
    auto ticks = energy::ticks_of(run);
    // Between readings further apart than the period only the last tick shows: at most a period old.
    for (auto& tick : ticks) {
      if (period) tick.from_s = std::max(tick.from_s, tick.to_s - period->value());
    }
    for (std::size_t i = 1; i < ticks.size(); ++i) {
      const double from_s = ticks[i - 1].middle_s();
      const double to_s = ticks[i].middle_s();
      // A tick brings what was used since the one before it.
      spans.add(from_s, to_s, (ticks[i].value - ticks[i - 1].value) / (to_s - from_s));
    }
  }
}

void add_model(const energy::Series& series, double longest_gap_s, Spans& spans) {
  for (std::size_t i = 1; i < series.samples.size(); ++i) {
    const double from_s = energy::instant(series.samples[i - 1]);
    const double to_s = energy::instant(series.samples[i]);
    if (to_s - from_s > longest_gap_s) continue;
    spans.add(from_s, to_s, (series.samples[i].value - series.samples[i - 1].value) / (to_s - from_s));
  }
}

/// How much later than it was used the sensor shows power (s).
double delay_of(const SensorCharacter& character) {
  if (character.lag) return character.lag->value();
  return character.averaging ? 0.5 * character.averaging->value() : 0.0;
}

void add_power(const energy::Series& series, double longest_gap_s, Spans& spans) {
  const energy::PowerCurve curve(series);
  const auto& points = curve.points();
  const auto& character = series.info.character;
  const double delay_s = delay_of(character);
  const double gap_s =
      character.period ? std::max(longest_gap_s, kPeriodsToAGap * character.period->value()) : longest_gap_s;
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i].at_s - points[i - 1].at_s > gap_s) continue;
    spans.add(points[i - 1].at_s - delay_s, points[i].at_s - delay_s,
              0.5 * (points[i - 1].watts + points[i].watts));
  }
}

PointPower power_of(const energy::Series& series, SteadyTime epoch, MonotonicSpan stretch,
                    double longest_gap_s) {
  PointPower point{series.info, {}, {}};
  Spans spans(series.info.character, epoch, stretch);
  switch (series.info.kind) {
    case ReadingKind::counter:
      add_counter(series, spans);
      point.how = "between ticks of the counter";
      break;
    case ReadingKind::model:
      add_model(series, longest_gap_s, spans);
      point.how = "between readings of the model";
      break;
    case ReadingKind::power: {
      add_power(series, longest_gap_s, spans);
      const double delay_s = delay_of(series.info.character);
      point.how = delay_s > 0.0
                      ? fmt::format("between readings, {:.3g} s earlier (the sensor's delay)", delay_s)
                      : "between readings";
      break;
    }
  }
  point.spans = spans.finish();
  return point;
}

/// Lower speaks first.
int rank(ReadingKind kind) { return kind == ReadingKind::counter ? 0 : kind == ReadingKind::power ? 1 : 2; }

double known_s(const PointPower& point) {
  double seconds = 0.0;
  for (const auto& span : point.spans) seconds += static_cast<double>(span.end_ns - span.begin_ns) / kNsPerS;
  return seconds;
}

bool names(const std::string& parent, const PointPower& point) {
  return parent == point.info.measuring_point() || parent == point.info.id;
}

/// The points that are added up: as the ledger of windows does it, a platform's meter ("psys") gives way to
/// the packages inside it.
std::vector<const PointPower*> roots_of(const std::vector<PointPower>& points) {
  const auto has_parts = [&](const PointPower& holder) {
    return std::any_of(points.begin(), points.end(),
                       [&](const auto& part) { return names(part.info.parent, holder); });
  };
  const auto gives_way = [&](const PointPower& point) {
    return point.info.domain == "psys" && has_parts(point);
  };
  std::vector<const PointPower*> roots;
  for (const auto& point : points) {
    const bool contained = std::any_of(points.begin(), points.end(), [&](const auto& holder) {
      return &holder != &point && !gives_way(holder) && names(point.info.parent, holder);
    });
    if (!contained && !gives_way(point) && !point.spans.empty()) roots.push_back(&point);
  }
  return roots;
}

/// Mean watts of one point over successive steps, from its spans.
class Stepper {
 public:
  explicit Stepper(const PointPower& point) : spans_(point.spans) {}
  /// Over a step that lies after the last one; absent where less than half of it is known.
  std::optional<double> over(std::int64_t begin_ns, std::int64_t end_ns) {
    while (next_ < spans_.size() && spans_[next_].end_ns <= begin_ns) ++next_;
    double known_ns = 0.0;
    double watt_ns = 0.0;
    for (std::size_t i = next_; i < spans_.size() && spans_[i].begin_ns < end_ns; ++i) {
      const auto part =
          static_cast<double>(std::min(spans_[i].end_ns, end_ns) - std::max(spans_[i].begin_ns, begin_ns));
      known_ns += part;
      watt_ns += part * spans_[i].watts;
    }
    if (2.0 * known_ns < static_cast<double>(end_ns - begin_ns)) return std::nullopt;
    return watt_ns / known_ns;
  }

 private:
  const std::vector<PowerSpan>& spans_;
  std::size_t next_ = 0;
};

}  // namespace

std::vector<PointPower> power_spans(const std::vector<energy::Series>& series, SteadyTime epoch,
                                    MonotonicSpan stretch, double longest_gap_s) {
  std::vector<PointPower> points;
  std::map<std::string, std::size_t> index;
  for (const auto& one : series) {
    auto point = power_of(one, epoch, stretch, longest_gap_s);
    const auto [at, first] = index.try_emplace(one.info.measuring_point(), points.size());
    if (first) {
      points.push_back(std::move(point));
      continue;
    }
    auto& other = points[at->second];
    const bool better = rank(point.info.kind) < rank(other.info.kind);
    if (other.spans.empty() || (better && !point.spans.empty())) other = std::move(point);
  }
  return points;
}

Result<std::vector<PointPower>> read_power_spans(const std::filesystem::path& power_csv,
                                                 const std::vector<ProbeInfo>& sources, SteadyTime epoch,
                                                 MonotonicSpan stretch) {
  const auto series = read_power_log(power_csv, sources);
  if (!series) return tl::unexpected(series.error());
  return power_spans(*series, epoch, stretch);
}

std::optional<TotalPower> total_power(const std::vector<PointPower>& points, double step_s) {
  auto roots = roots_of(points);
  double best_s = 0.0;
  for (const auto* root : roots) best_s = std::max(best_s, known_s(*root));
  TotalPower total;
  std::erase_if(roots, [&](const PointPower* root) {
    const bool little = known_s(*root) < kLeastKnown * best_s;
    if (little) total.left_out.push_back(root->info.id);
    return little;
  });
  if (roots.empty()) return std::nullopt;
  std::int64_t begin_ns = roots.front()->spans.front().begin_ns;
  std::int64_t end_ns = roots.front()->spans.back().end_ns;
  std::vector<Stepper> steppers;
  for (const auto* root : roots) {
    begin_ns = std::max(begin_ns, root->spans.front().begin_ns);
    end_ns = std::min(end_ns, root->spans.back().end_ns);
    total.grade = weaker(total.grade, root->info.grade);
    total.source += (total.source.empty() ? "" : " + ") + root->info.id;
    steppers.emplace_back(*root);
  }
  const auto step_ns = std::max<std::int64_t>(1, std::llround(step_s * kNsPerS));
  for (auto at_ns = begin_ns; at_ns + step_ns <= end_ns; at_ns += step_ns) {
    std::optional<double> watts = 0.0;
    for (auto& stepper : steppers) {
      const auto part = stepper.over(at_ns, at_ns + step_ns);
      watts = watts && part ? std::optional(*watts + *part) : std::nullopt;
    }
    if (watts) total.spans.push_back({at_ns, at_ns + step_ns, *watts});
  }
  return total;
}

}  // namespace edgeeval
