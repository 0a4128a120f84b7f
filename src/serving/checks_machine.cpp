// SPDX-License-Identifier: Apache-2.0
// Whether the machine stayed the same over the load: its speed, and what its sensors told of heat and clocks.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "core/text.hpp"
#include "serving/checks.hpp"
#include "serving/request_metrics.hpp"
#include "stats/least_squares.hpp"

namespace edgeeval {
namespace {

constexpr double kDrift = 0.10;           // Of TPOT over the load.
constexpr double kFewestForDrift = 50.0;  // Replies.
constexpr double kSure = 3.0;             // Standard errors.
constexpr double kSentOver = 0.5;  // Of the steady window, that sending must span for a drift to be told.
constexpr double kConditionMove = 0.10;  // Of a condition's mean, first to last quarter.
constexpr double kNear_s = 1.0;
constexpr double kClockMove = 0.05;  // That is worth naming beside a drift.
constexpr double kWarmer_c = 5.0;    // Likewise.

/// What a condition tells, by the end of its name.
enum class ConditionKind { level, count, state };

ConditionKind kind_of(std::string_view name) {
  if (name.ends_with("throttle_count")) return ConditionKind::count;
  return name.ends_with("cooling_state") || name.ends_with("thermal_slowdown") ? ConditionKind::state
                                                                               : ConditionKind::level;
}

/// Means of a condition's first and last quarter of the load; of a count its first and last reading.
struct Move {
  double first = 0.0, last = 0.0;
  double slowed = 0.0;  ///< Of a state: the share of readings that are not 0.
  [[nodiscard]] double share() const { return last / first - 1.0; }
};

std::optional<Move> move_of(const ConditionSeries& series, const Stretch& whole) {
  std::vector<double> first;
  std::vector<double> last;
  std::vector<double> all;
  for (const auto& [at, value] : series.at) {
    const double span = std::max(whole.seconds(), 1e-9);
    const double share = seconds(at - whole.begin_ns) / span;
    // The readings just before and after it are of its beginning and of its end.
    if (share < -kNear_s / span || share > 1.0 + kNear_s / span) continue;
    all.push_back(value);
    if (share < 0.25) first.push_back(value);
    if (share > 0.75) last.push_back(value);
  }
  if (first.empty() || last.empty()) return std::nullopt;
  Move move{average(first), average(last), 0.0};
  if (kind_of(series.name) == ConditionKind::count) move = {all.front(), all.back(), 0.0};
  const auto slowed = std::count_if(all.begin(), all.end(), [](double value) { return value > 0.0; });
  move.slowed = static_cast<double>(slowed) / static_cast<double>(all.size());
  return move;
}

std::string went(const ConditionSeries& series, const Move& move) {
  return series.name + (move.last < move.first ? " fell from " : " rose from ") +
         format_significant(move.first) + " to " + format_significant(move.last);
}

/// What of the machine goes together with a speed that drifted.
struct Reason {
  bool heat = false;   ///< Something says that it was slowed down for its heat, or it became hotter as well.
  bool clock = false;  ///< A clock moved the same way.
  bool known = false;  ///< Some condition was read over the load.
  std::vector<std::string> words;
};

Reason reason_of(const CheckSubject& subject, bool slower) {
  Reason reason;
  bool throttled = false;
  bool warmer = false;
  for (const auto& series : subject.view.load.header.conditions) {
    const auto move = move_of(series, subject.whole);
    if (!move) continue;
    reason.known = true;
    const auto kind = kind_of(series.name);
    if (kind == ConditionKind::count) {
      if (!slower || move->last <= move->first) continue;
      throttled = true;
      reason.words.push_back(series.name + " rose by " + format_significant(move->last - move->first));
    } else if (kind == ConditionKind::state) {
      if (!slower || move->slowed <= 0.0) continue;
      throttled = true;
      reason.words.push_back(series.name + " was on in " + percent(move->slowed) + " of the readings");
    } else if (series.name.ends_with("clock_mhz") && move->first > 0.0) {
      if (std::abs(move->share()) < kClockMove || (move->share() < 0.0) != slower) continue;
      reason.clock = true;
      reason.words.push_back(went(series, *move));
    } else if (series.name.ends_with("temperature_c") && slower && move->last - move->first >= kWarmer_c) {
      warmer = true;
      reason.words.push_back(went(series, *move));
    }
  }
  // Heat alone slows nothing down.
  reason.heat = throttled || (reason.clock && warmer);
  if (!throttled && !reason.clock) reason.words.clear();
  return reason;
}

CheckResult drift_result(const CheckSubject& subject, double move, double error) {
  const bool sure = std::abs(move) > kSure * error;
  auto result = judged("drift", "Speed did not drift", sure ? std::abs(move) : 0.0, kDrift,
                       "TPOT moved by " + percent(move) + " ± " + percent(2.0 * error) +
                           (subject.summary.steady ? " over the steady window" : " over the whole load") +
                           "; limit " + percent(kDrift),
                       "look at temperature and clocks (thermal throttling) or at what else ran; cool down "
                       "and measure longer");
  if (result.verdict == CheckVerdict::passed) return result;
  const auto reason = reason_of(subject, move > 0.0);
  if (!reason.words.empty()) {
    result.found += std::string("; it goes together with ") +
                    (reason.heat                  ? "thermal throttling"
                     : reason.clock && move > 0.0 ? "a lower clock"
                                                  : "a higher clock") +
                    ": " + join(reason.words, ", ");
    result.advice = reason.heat ? "cool the machine better, warm it up before the load, or set a power limit "
                                  "that it can hold"
                                : "fix the clock (governor, power limit), or warm the machine up before";
  } else if (reason.known) {
    result.found += "; clocks held still and nothing throttled";
    result.advice = "look at what else ran on the machine, and at the server's own state";
  }
  return result;
}

void drift(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "drift";
  constexpr auto kTitle = "Speed did not drift";
  const auto steady = subject.steady();
  const bool settled = subject.summary.steady.has_value();
  std::vector<double> when;
  std::vector<double> speed;
  std::vector<double> residence;
  for (std::size_t i = 0; i < subject.requests().size(); ++i) {
    const auto issued = subject.requests()[i].issued_ns;
    if (!subject.view.counts(i) || !issued || !steady.holds(*issued)) continue;
    const auto tpot = tpot_of(subject.view, i);
    if (!tpot) continue;
    when.push_back(seconds(*issued - steady.begin_ns));
    speed.push_back(*tpot);
    residence.push_back(seconds(*subject.requests()[i].closed_ns - *issued));
  }
  const double span = steady.seconds();
  if (static_cast<double>(when.size()) < kFewestForDrift || span <= 0.0)
    return findings.push_back(
        unchecked(kId, kTitle, "fewer than fifty replies with a TPOT in the steady window"));
  // The first round of a load has company that the second lacks: no drift of the machine's.
  if (!settled && span < kLeastResidences * average(residence))
    return findings.push_back(unchecked(kId, kTitle, "the load is too short to have settled"));
  // A slope over a sliver of the window says nothing of the rest of it.
  const auto [first, last] = std::minmax_element(when.begin(), when.end());
  if (*last - *first < kSentOver * span)
    return findings.push_back(
        unchecked(kId, kTitle, "requests were sent within too short a part of the window"));
  const auto fit = least_squares(speed, {std::vector<double>(when.size(), 1.0), when});
  const double middle = average(speed);
  if (!fit || middle <= 0.0)
    return findings.push_back(unchecked(kId, kTitle, "requests came all at one time"));
  findings.push_back(
      drift_result(subject, fit->coefficients[1] * span / middle, fit->standard_errors[1] * span / middle));
}

CheckResult still(const ConditionSeries& series, const Move& move) {
  return judged("conditions", "Held still: " + series.name, std::abs(move.share()), kConditionMove,
                series.name + " went from " + format_significant(move.first) + " to " +
                    format_significant(move.last) + " (first and last quarter of the load)",
                "let the machine warm up before, or cool it: figures of the beginning and of the end are of "
                "two machines",
                CheckVerdict::warned);
}

/// That nothing slowed the device down for its heat.
CheckResult cool(const ConditionSeries& series, const Move& move) {
  const bool counts = kind_of(series.name) == ConditionKind::count;
  const double value = counts ? move.last - move.first : move.slowed;
  return judged("conditions", "No throttling: " + series.name, value, 0.0,
                counts ? series.name + " rose by " + format_round_trip(value) + " during the load"
                       : series.name + " was on in " + percent(value) + " of the readings",
                "the machine slowed down for its heat: cool it better, or set a power limit that it can hold",
                CheckVerdict::warned);
}

void conditions(const CheckSubject& subject, Findings& findings) {
  for (const auto& series : subject.view.load.header.conditions) {
    const auto move = move_of(series, subject.whole);
    const bool level = kind_of(series.name) == ConditionKind::level;
    if (!move || (level && move->first == 0.0)) {
      findings.push_back(unchecked("conditions", (level ? "Held still: " : "No throttling: ") + series.name,
                                   "no readings at the load's beginning and end"));
      continue;
    }
    findings.push_back(level ? still(series, *move) : cool(series, *move));
  }
}

}  // namespace

void check_machine(const CheckSubject& subject, Findings& findings) {
  drift(subject, findings);
  conditions(subject, findings);
}

}  // namespace edgeeval
