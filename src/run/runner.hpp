// SPDX-License-Identifier: Apache-2.0
// The one loop: walks the plan in order, skips what is finished, runs, records, goes on.
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/plan.hpp>
#include <edgeeval/result.hpp>
#include <edgeeval/runner.hpp>
#include <edgeeval/stage.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "core/cancel.hpp"
#include "core/json.hpp"
#include "probe/window_meter.hpp"

namespace edgeeval {

/// What does the work of each kind of stage. Not owned.
using StageSet = std::map<StageKind, Stage*>;

/// Where and with what a plan is run.
struct RunOptions {
  std::filesystem::path folder;                    ///< The run folder; made where it is not there.
  Json plan_json;                                  ///< Kept as plan.json.
  std::map<std::string, std::string> environment;  ///< Kept with the sitting and as environment.json.
  bool require_measured = false;  ///< As the study's `energy.require: measured`.
};

/// How a sitting went.
struct RunSummary {
  std::size_t finished = 0;  ///< Stages finished, earlier sittings counted in.
  std::size_t failed = 0;
  std::size_t skipped = 0;  ///< Not run because something they need failed.
  std::size_t total = 0;
  bool cancelled = false;
};

/// What the outside supplies: time, sensors, work, a way to stop, someone to tell.
struct RunServices {
  const Clock& clock;
  WindowMeter& meter;
  SteadyTime epoch;  ///< Zero of the sitting's times; the meter's too.
  StageSet stages;
  const CancelToken& cancel;
  ProgressListener& listener;
  /// Lets time pass while the machine idles.
  std::function<void(std::chrono::milliseconds)> sleep = [](std::chrono::milliseconds time) {
    std::this_thread::sleep_for(time);
  };
};

/// Runs `plan` in `options.folder`, going on where an earlier sitting stopped. A failing stage is recorded
/// and what needs it is skipped; the rest goes on. The machine is left alone for a while before the first stage that
/// is run, and after the last, so that net energy can be told. Errors: not_measured (measured energy is required and
/// no sensor is there; nothing is run, no folder made), record_mismatch (the folder holds another study),
/// record_unreadable, disk_full and io (the record cannot be written).
[[nodiscard]] Result<RunSummary> run_plan(const Plan& plan, const RunOptions& options,
                                          const RunServices& services);

}  // namespace edgeeval
