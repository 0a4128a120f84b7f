// SPDX-License-Identifier: Apache-2.0
// Raw readings as they were made: power.csv.
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/files.hpp"

namespace edgeeval {

/// Appends readings to a CSV file with the columns
/// t_before_s,t_after_s,source,energy_j,lo_j,hi_j,watts. Times are from the sitting's epoch, so a time that
/// falls back begins another sitting. Energy is counted from the sitting's start; watts is the mean since the
/// source's last reading, empty at its first.
class PowerLog {
 public:
  PowerLog(std::filesystem::path path, SteadyTime epoch) : path_(std::move(path)), epoch_(epoch) {}
  /// Queues a reading for the next flush().
  void add(const std::string& source, const EnergyReading& reading);
  /// Writes what is queued, opening the file first where it is not open yet. A failure is returned once;
  /// after it nothing more is written.
  [[nodiscard]] std::optional<Error> flush();

 private:
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
