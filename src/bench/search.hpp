// SPDX-License-Identifier: Apache-2.0
// Sweeps over load steps, and the search for the highest load that still meets the objectives.
#pragma once

#include <edgeeval/result.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "serving/summary.hpp"

namespace edgeeval {

/// How one objective stands at one load.
enum class ObjectiveState {
  met,           ///< The quantile's upper bound is within the limit.
  missed,        ///< The quantile itself is beyond the limit.
  undecided,     ///< Within the limit, but its upper bound is beyond it.
  insufficient,  ///< Too few requests for that quantile.
};
[[nodiscard]] std::string_view to_string(ObjectiveState state);

/// One objective judged.
struct JudgedObjective {
  ServiceObjective objective;
  ObjectiveState state = ObjectiveState::insufficient;
  std::optional<double> value, upper;  ///< In the metric's unit.
};

/// Replies that a step needs, so that every quantile of the objectives can have a bound: 662 for a p99.
[[nodiscard]] std::uint64_t requests_to_judge(const std::vector<ServiceObjective>& objectives);

/// Judges the objectives that name a quantile by the whole window's figures. An upper bound is the one-sided
/// 99 % bound (MLPerf's early stopping); without it there are too few requests.
[[nodiscard]] std::vector<JudgedObjective> judge(const ServingSummary& summary,
                                                 const std::vector<ServiceObjective>& objectives);

/// One load of a sweep or a search, as the search sees it.
struct StepOutcome {
  double load = 0.0;  ///< Requests in flight, or requests a second.
  bool valid = false;
  bool met = false;  ///< Every objective met, and valid.
  std::vector<JudgedObjective> objectives;
  /// Why it is INVALID by the client's own doing alone (client_fault); empty where it is not. Such a step
  /// tells nothing of the server.
  std::string client_fault{};
};

/// Makes the load and says how it went. An error ends the search.
using TryLoad = std::function<Result<StepOutcome>(double load)>;

/// How a search goes.
struct SearchRule {
  double first = 1.0;
  double largest = 4096.0;
  bool whole = true;         ///< Loads are whole numbers (requests in flight).
  double resolution = 0.05;  ///< Of a rate: the search ends when the bracket is this narrow, relatively.
  double lowest_share = 1.0 / 8.0;  ///< Of the first rate: none lower is tried, since half the rate takes
                                    ///< twice the time for as many requests.
  int most_steps = 24;
};

/// What the search found.
struct PeakFound {
  std::optional<double> peak;       ///< The highest load tried that met everything.
  std::optional<double> failed_at;  ///< The lowest load tried that did not.
  std::vector<StepOutcome> steps;   ///< In the order of trying.
  std::string why;                  ///< Why it ended.
};

/// Doubles the load until it misses, then bisects, as MLPerf's LoadGen finds a peak (loadgen.md section 1). A
/// step that is INVALID by the client's own doing is made once more; where it is so again the search ends
/// with what was found before. Errors: those of `attempt`.
[[nodiscard]] Result<PeakFound> find_peak(const SearchRule& rule, const TryLoad& attempt);

/// What a load brought a second over its whole length.
struct Throughput {
  std::optional<double> tokens;  ///< Output tokens; absent where the server does not tell them.
  double requests = 0.0;
};
/// Of a load's summary; 0 where nothing ended. Error: internal where it lacks the figures themselves, as if
/// their names had changed.
[[nodiscard]] Result<Throughput> throughput_of(const ServingSummary& summary);

/// The steps of a sweep nobody chose: 1, 2, 4, … while throughput (output tokens, or requests where tokens
/// are not known of both) still rises by more than a tenth; `tried` are the loads so far. Absent: enough.
[[nodiscard]] std::optional<double> next_sweep_step(const std::vector<std::pair<double, Throughput>>& tried,
                                                    double largest);

}  // namespace edgeeval
