// SPDX-License-Identifier: Apache-2.0
// What `edgeeval measure` does: windows around runs of a command, a process of others, or a stretch of time
#pragma once

#include <sys/types.h>

#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <vector>

#include "report/measurement.hpp"

namespace edgeeval {

/// What is to be measured, and how.
struct MeasureRequest {
  std::string name;                  ///< Of the window.
  std::vector<std::string> command;  ///< Empty: a process or a stretch of time.
  std::optional<pid_t> process;      ///< Until it ends.
  std::optional<double> length_s;    ///< At most this long.
  int repeat = 1;
  int warmup = 0;
  double idle_s = 0.0;           ///< Before and after; 0: no net energy.
  std::optional<double> tail_s;  ///< Absent: as the sensors need it.
  std::string samples;           ///< File for raw samples; empty: none.
  bool require_measured = false;
};

/// What came of it.
struct MeasureOutcome {
  Measurement measurement;
  int status = 0;              ///< Of the command, or 128 + signal where we were stopped.
  std::optional<Error> error;  ///< The command could not be started.
};

/// Measures. Errors before anything is run: not_measured (a sensor is required and none can be read),
/// unavailable (no such process).
[[nodiscard]] Result<MeasureOutcome> measure(const MeasureRequest& request);

}  // namespace edgeeval
