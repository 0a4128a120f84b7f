// SPDX-License-Identifier: Apache-2.0
// The checks of a load, by what they look at: each takes the view and adds its findings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "serving/load_view.hpp"
#include "serving/validity.hpp"

namespace edgeeval {

/// What checks look at.
struct CheckSubject {
  const LoadView& view;
  const ServingSummary& summary;
  const ValidityLimits& limits;
  Stretch whole;
  [[nodiscard]] bool open_loop() const { return view.load.header.concurrency == 0; }
  [[nodiscard]] const std::vector<RequestRecord>& requests() const { return view.requests(); }
  /// The steady window, or the whole.
  [[nodiscard]] Stretch steady() const {
    return summary.steady ? Stretch{summary.steady->begin_ns, summary.steady->end_ns} : whole;
  }
};

/// Findings of the checks, in order.
using Findings = std::vector<CheckResult>;

/// The client's own: schedule-lag, rate, client-saturation, coalesced, clock-step, lost-events, stamp-order.
void check_client(const CheckSubject& subject, Findings& findings);
/// The wire's: nagle, synthetic-stream, connections, tls.
void check_wire(const CheckSubject& subject, Findings& findings);
/// The machine's: drift, conditions.
void check_machine(const CheckSubject& subject, Findings& findings);
/// The server's: cache-hits, prompt-length, repeat-speedup, output-length, length-drift, token-counts, retokenised,
/// server-timings, squeezed-gaps.
void check_server(const CheckSubject& subject, Findings& findings);
/// The load's: errors, littles-law, concurrency, enough, completeness.
void check_load(const CheckSubject& subject, Findings& findings);

/// A figure against its limit: beyond it is `beyond` (failed, or only warned).
[[nodiscard]] CheckResult judged(std::string id, std::string title, double value, double limit,
                                 std::string found, std::string advice,
                                 CheckVerdict beyond = CheckVerdict::failed);
/// One that could not be made.
[[nodiscard]] CheckResult unchecked(std::string id, std::string title, std::string why);
/// "12.3 %".
[[nodiscard]] std::string percent(double share);
/// "+12.3 %", "-1.60 %".
[[nodiscard]] std::string signed_percent(double share);
/// Of nanoseconds.
[[nodiscard]] double seconds(std::int64_t ns);
/// Mean; 0 of nothing.
[[nodiscard]] double average(const std::vector<double>& values);
/// "1.23 ms".
[[nodiscard]] std::string milliseconds(double seconds);

}  // namespace edgeeval
