// SPDX-License-Identifier: Apache-2.0
// Whether the figures of a load may be trusted: VALID, or INVALID with reasons.
#pragma once

#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/load_file.hpp"
#include "serving/summary.hpp"

namespace edgeeval {

/// How grave a finding is.
enum class CheckVerdict { passed, warned, failed, not_checked };

/// What one check found.
struct CheckResult {
  std::string id;  ///< "schedule-lag", "rate", "client-saturation", "coalesced", "nagle", "synthetic-stream",
                   ///< "clock-step", "drift", "cache-hits", "output-length", "littles-law", "errors"….
  std::string title;
  CheckVerdict verdict = CheckVerdict::not_checked;
  std::string found;   ///< The figure and its limit, in words.
  std::string advice;  ///< What to do about it; empty where passed.
  std::optional<double> value, limit;
  bool of_client = false;  ///< It judges the client and its measuring, not the server: failing it is no
                           ///< answer to what the server can do.
};

/// What a load is checked against; the defaults are those of the documentation.
struct ValidityLimits {
  double error_rate = 0.01;
  double rate_shortfall = 0.01;  ///< Offered against achieved.
  double lag_floor_s = 0.001;    ///< p99 schedule lag: the larger of this and a share of the median TTFT.
  double lag_share = 0.01;
  double client_cpu_share = 0.8;  ///< Of a core, a thread.
  double core_wait_share = 0.05;  ///< Of its threads' time; only warned of: what it did fails elsewhere.
  double coalesced_share = 0.10;  ///< Of token events.
  double cache_hit_share = 0.01;  ///< Of prompt tokens.
  double output_drift = 0.10;     ///< Mean reply length: asked against got, and first half against second.
  double littles_law = 0.05;
  bool cache_wanted = false;  ///< Hits are then shown and do not count as a finding.
};

/// The verdict.
struct Validity {
  bool valid = false;  ///< No check failed.
  std::vector<CheckResult> checks;
};

/// Why a load is INVALID by the client's own doing alone, in words; empty where it is valid, or where a check
/// of the server, the wire or the load failed too.
[[nodiscard]] std::string client_fault(const Validity& validity);

/// Makes every check, of the record alone: a load read again has the same verdict. Errors: as summarise_load.
[[nodiscard]] Result<Validity> check_validity(LoadRecord& load, const ServingSummary& summary,
                                              const ValidityLimits& limits = {});

}  // namespace edgeeval
