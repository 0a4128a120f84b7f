// SPDX-License-Identifier: Apache-2.0
// Raw readings as they were made: power.csv
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/files.hpp"

namespace edgeeval {

/// Whether a PowerLog may append to `path`: nothing is there, an empty file, or a file that begins with its
/// header. Anything else is somebody else's and refused with ErrorCode::io, as are folders, pipes and
/// devices.
[[nodiscard]] Result<void> check_power_log(const std::filesystem::path& path);

/// Appends readings to a CSV file with the columns
/// t_before_s,t_after_s,source,energy_j,lo_j,hi_j,watts,kind (docs/record-format.md). Times are from the
/// sitting's epoch, so a time that falls back begins another sitting. Kinds: "model" and "counter" have
/// cumulative joules and, from the second reading on, the mean watts since the last; "power" has watts alone;
/// "failed" is a reading that gave nothing. Every flush writes whole lines, so a killed process leaves a file
/// that can be read.
class PowerLog {
 public:
  /// An empty `path` keeps nothing.
  PowerLog(std::filesystem::path path, SteadyTime epoch) : path_(std::move(path)), epoch_(epoch) {}
  /// Queues a reading for the next flush().
  void add(const ProbeInfo& source, const EnergyReading& reading);
  /// Queues that `source` could not be read at `at`.
  void add_failure(const ProbeInfo& source, SteadyTime at);
  /// Writes what is queued, opening the file first where it is not open yet (check_power_log(); only then is
  /// a torn last line cut off). A failure is returned once; after it nothing more is written.
  [[nodiscard]] std::optional<Error> flush();

 private:
  [[nodiscard]] bool kept() const { return !given_up_ && !path_.empty(); }
  void begin_line(SteadyTime before, SteadyTime after, const std::string& source);
  [[nodiscard]] std::optional<Error> open();
  [[nodiscard]] std::optional<Error> give_up(Error error);
  std::filesystem::path path_;
  SteadyTime epoch_;
  std::optional<LineWriter> lines_;
  std::string queued_;
  std::map<std::string, EnergyReading> last_;
  bool given_up_ = false;
};

}  // namespace edgeeval
