// SPDX-License-Identifier: Apache-2.0
// The sources of a meter and what was read of them of late
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "energy/series.hpp"
#include "probe/power_log.hpp"

namespace edgeeval {

/// Reads probes and keeps their readings as series. Fast sources (no pace of their own) and slow ones are
/// read under different locks, so that a source that hangs delays only its like. A source that fails many
/// times in a row is tried once a second only. All functions may be called from any thread.
class WindowSources {
 public:
  /// `clock` must outlive the object; times are from `epoch`; raw readings go to `log` (given up with a
  /// warning).
  WindowSources(std::vector<std::unique_ptr<Probe>> probes, const Clock& clock, SteadyTime epoch,
                PowerLog log);

  [[nodiscard]] const std::vector<ProbeInfo>& infos() const { return infos_; }
  /// The shortest pace of the slow sources; 0 where all are fast.
  [[nodiscard]] std::chrono::milliseconds slow_pace() const;
  /// Reads every fast source once. The moment it was done (s from the epoch).
  double read_fast();
  /// Reads every slow source whose pace is due.
  void read_slow();
  /// The readings from `begin_s` − margin() to now.
  [[nodiscard]] std::vector<energy::Series> since(double begin_s) const;
  /// The readings from `begin_s` − margin() to `end_s` + margin().
  [[nodiscard]] std::vector<energy::Series> between(double begin_s, double end_s) const;
  /// Forgets what is older than `begin_s` − margin().
  void forget_before(double begin_s);
  /// How much before and after a window its sensors need (s).
  [[nodiscard]] double margin_s() const { return margin_s_; }
  /// Whether every fast counter that can be read has changed between two readings after `end_s`.
  [[nodiscard]] bool ticked_after(double end_s) const;
  /// The shortest period of a fast counter (s): how often to look for a tick. Nothing without such a counter.
  [[nodiscard]] std::optional<double> tick_period_s() const;
  /// What went wrong, each kind of trouble once.
  [[nodiscard]] std::vector<std::string> warnings() const;
  void warn_once(const std::string& topic, const std::string& message);
  /// Readings kept now, of all sources.
  [[nodiscard]] std::size_t kept() const;

 private:
  struct Source {
    std::unique_ptr<Probe> probe;
    int failures_in_a_row = 0;
    double next_s = 0.0;  ///< Not read before this.
  };
  void read(std::size_t index);
  void keep(std::size_t index, const Result<EnergyReading>& reading, double now_s);
  void flush();
  [[nodiscard]] double now_s() const;

  const Clock& clock_;
  const SteadyTime epoch_;
  std::vector<ProbeInfo> infos_;
  double margin_s_ = 0.0;
  std::mutex fast_;
  std::mutex slow_;
  std::vector<Source> sources_;  ///< Each under its speed's lock.
  mutable std::mutex data_;
  std::vector<energy::Series> series_;
  PowerLog log_;
  std::set<std::string> warned_;
  std::vector<std::string> warnings_;
};

}  // namespace edgeeval
