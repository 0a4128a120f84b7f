// SPDX-License-Identifier: Apache-2.0
// What `edgeeval measure` found, summed up over its runs, and as text, Markdown, JSON and CSV
#pragma once

#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace edgeeval {

/// One measured run of the command.
struct MeasuredRun {
  WindowRecord window;
  std::optional<int> exit_code;      ///< Absent where a signal ended it, or where no command of ours ran.
  std::optional<int> ended_by;       ///< The signal.
  std::optional<int> stopped_by;     ///< The signal that asked us to stop while it ran.
  std::optional<double> user_s;      ///< CPU time in user mode (s).
  std::optional<double> system_s;    ///< CPU time in the kernel (s).
  std::optional<double> resident_b;  ///< Peak resident set (B).
};

/// Whether a signal ended it before its time: it is no run like the others.
[[nodiscard]] bool cut_short(const MeasuredRun& run);

/// How it ended: "ok", "exit 3", "signal 9" (ended by it) or "stopped 15" (asked to stop, and did).
[[nodiscard]] std::string status_of(const MeasuredRun& run);

/// All that was measured of one thing.
struct Measurement {
  std::string name;  ///< Of the window.
  std::string what;  ///< "sleep 1", "process 4711", "this machine".
  std::vector<std::string> command;
  std::vector<MeasuredRun> runs;
  int warmups = 0;
  std::optional<WindowRecord> idle_before, idle_after;
  std::map<std::string, std::string> titles;  ///< Source → what it is, for people.
  double period_s = 0.05;                     ///< Between samples.
  double tail_s = 0.0;
  std::string samples;  ///< Where raw samples were kept; empty where they were not.
  std::string version;  ///< Of EdgeEval.
  std::vector<std::string> warnings;
};

/// Values of several runs.
struct OverRuns {
  std::vector<double> values;
  double mean = 0.0;
  std::optional<double> half_width;  ///< 95 % of the mean over runs, by Student's t; from two runs on.
  double least = 0.0;
  double most = 0.0;
};

/// Sums up `values`; nothing where there are none.
[[nodiscard]] std::optional<OverRuns> over_runs(std::vector<double> values);

/// One line of the energy table. `interval` is what the source itself is unsure of, averaged over runs; the
/// spread between runs is apart.
struct EnergyLine {
  std::string source, domain, boundary, method;
  OverRuns joules;
  std::optional<double> lo, hi;
  Grade grade = Grade::measured;
  std::optional<OverRuns> net;           ///< Above power at rest.
  std::optional<double> net_lo, net_hi;  ///< As `lo` and `hi`, with what is unsure of the rest.
  std::optional<double> tail_j;
  std::optional<double> mean_w, peak_w, coverage;
  std::vector<std::string> flags;
};

/// The runs of a measurement summed up: those that were not cut short, or all where there is no other.
struct MeasurementSummary {
  std::vector<std::size_t> runs;      ///< Numbers of the runs that are in the sums, from 1.
  std::vector<std::size_t> left_out;  ///< Numbers of those that are not.
  std::vector<EnergyLine> sources;    ///< Those that gave energy in at least one run.
  /// Nothing counted twice; of the weakest grade counted. Absent where the runs do not all count the same
  /// sources.
  std::optional<EnergyLine> total;
  std::optional<OverRuns> duration;  ///< s
  std::optional<OverRuns> user, system;
  std::optional<double> resident_b;  ///< Largest of the runs.
  std::map<std::string, std::pair<std::string, std::string>>
      conditions;                   ///< First of the first run, last of the last.
  std::optional<OverRuns> steal;    ///< CPU time given to others by the hypervisor (s).
  double own_cpu_s = 0.0;           ///< CPU time of sampling, per run.
  double own_cpu_share = 0.0;       ///< Of one CPU.
  double own_w = 0.0;               ///< At most, by the power of a busy virtual CPU.
  std::vector<std::string> limits;  ///< What keeps the figures from being better, each once.
};

[[nodiscard]] MeasurementSummary sum_up(const Measurement& measurement);

/// The formats of a measurement.
[[nodiscard]] std::vector<std::string> measurement_formats();

/// The measurement in one of measurement_formats(); usage error for another.
[[nodiscard]] Result<std::string> measurement_as(const std::string& format, const Measurement& measurement,
                                                 bool colour);

[[nodiscard]] std::string measurement_console(const Measurement& measurement,
                                              const MeasurementSummary& summary, bool colour);
[[nodiscard]] std::string measurement_markdown(const Measurement& measurement,
                                               const MeasurementSummary& summary);
/// "edgeeval-measure" 1.0 (docs/measure.md): summary and every run with its window.
[[nodiscard]] std::string measurement_json(const Measurement& measurement, const MeasurementSummary& summary);
/// A row for each run and source:
/// run,source,domain,boundary,energy_j,lo_j,hi_j,grade,method,net_j,mean_w,peak_w,duration_s,coverage,flags,status;
/// `status` is status_of() the run; values absent stay empty; a source that gave none says why in `flags`.
[[nodiscard]] std::string measurement_csv(const Measurement& measurement);

}  // namespace edgeeval
