// SPDX-License-Identifier: Apache-2.0
// All sources of energy that this machine lets us read, each in its place
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probe/ipmi.hpp"
#include "probe/perf_energy.hpp"
#include "probe/rapl_checks.hpp"

namespace edgeeval {

/// Where sources are looked for; the defaults look at this machine, tests at folders of files.
struct SourceOptions {
  std::filesystem::path root = "/";      ///< proc/, sys/ and dev/ are read below it.
  std::string plug{};                    ///< "shelly://host" or "tasmota://host"; empty = none.
  std::string replay{};                  ///< A recording to replay instead of all sensors; empty = none.
  std::string nvml_library{};            ///< NVIDIA's management library; empty = not looked for.
  std::string amd_library{};             ///< AMD's; empty = not looked for.
  std::filesystem::path calibrations{};  ///< Folder of calibration files; empty = none are used.
  IpmiOptions ipmi{};
  std::shared_ptr<PerfEvents> perf = kernel_perf_events();
  LetTimePass wait = sleep_briefly;  ///< Between the looks that find mirrored counters.

  /// Five milliseconds.
  static void sleep_briefly();
};

/// This machine with its GPU libraries and calibrations, the plug that EDGEEVAL_PLUG and the recording that
/// EDGEEVAL_REPLAY name.
[[nodiscard]] SourceOptions source_options_from_environment();

/// What was opened.
struct OpenedSources {
  std::vector<std::unique_ptr<Probe>> probes;
  std::vector<std::unique_ptr<ConditionSource>> conditions;
  /// What was not opened though it is there, why, and the command that helps; one line each.
  std::vector<std::string> notes;
  /// The recording or plug that was named cannot be read or understood: nothing should be measured without
  /// it. The message names the variable, `where` file, line and column.
  std::optional<Error> refused{};
};

/// Opens all sources by trying: CPU counters (perf, else powercap), GPUs (NVML, AMD SMI), board meters
/// (hwmon), supply rails, battery, IPMI, the plug; a model of the CPU and of memory where no sensor of theirs
/// answers. Only a recording where one is named. A recording or a plug that was named and cannot be read is
/// `refused`: callers that measure check that first. Sensors that have been calibrated tell their calibrated
/// character.
///
/// Every source names as its parent the smallest opened one that contains it, so that summing those without a
/// parent counts each joule once: plug ⊃ server supply ⊃ battery or module ⊃ platform ⊃ package ⊃ cores.
/// Where there is a whole-machine source (domain "wall"), everything else is part of it, models too. Empty
/// where not even CPU times can be read; energy is then absent. `clock` must outlive the probes.
[[nodiscard]] OpenedSources open_sources(const Clock& clock, const SourceOptions& options = {});

/// The probes of this machine: open_sources() with source_options_from_environment().
[[nodiscard]] std::vector<std::unique_ptr<Probe>> open_probes(const Clock& clock);

/// The probes of a machine made of files: open_sources() with nothing but the root set.
[[nodiscard]] std::vector<std::unique_ptr<Probe>> open_probes(const Clock& clock,
                                                              const std::filesystem::path& root);

}  // namespace edgeeval
