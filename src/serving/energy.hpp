// SPDX-License-Identifier: Apache-2.0
// Joules of requests and tokens: power over the load against what was in flight, on one clock.
#pragma once

#include <cstdint>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <vector>

#include "record/load_file.hpp"

namespace edgeeval {

/// Mean power over a stretch of CLOCK_MONOTONIC, of one measuring point.
struct PowerSpan {
  std::int64_t begin_ns = 0, end_ns = 0;
  double watts = 0.0;
};

/// Joules by phase: watts regressed on prompt tokens and reply tokens worked on a second, with idle power as
/// the constant; intervals by Newey-West standard errors, since readings follow each other.
struct EnergyByPhase {
  Fact joules_per_prompt_token, joules_per_reply_token, idle_watts;
  std::optional<Fact> joules_per_request;     ///< Net of idle: mean over the load.
  double requests = 0.0, reply_tokens = 0.0;  ///< Of the measured phase, failed requests included.
  double r_squared = 0.0;
  std::uint64_t spans = 0;
  std::string note;
};

/// Where the record and the power overlap too little, or what was in flight did not vary, there is an error
/// that says so: unavailable, with what would help.
[[nodiscard]] Result<EnergyByPhase> energy_by_phase(LoadRecord& load, const std::vector<PowerSpan>& power,
                                                    Grade grade, const std::string& source);

/// What the client itself took over the measured phase, to be subtracted: its CPU seconds (those of the whole
/// process; of its sending threads over the whole load in older records) times watts a busy core, of `grade`.
struct ClientEnergy {
  Fact joules;
};
[[nodiscard]] ClientEnergy client_energy(const ClientReport& client, double watts_per_core_lo,
                                         double watts_per_core_hi, Grade grade, const std::string& source);

}  // namespace edgeeval
