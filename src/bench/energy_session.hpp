// SPDX-License-Identifier: Apache-2.0
// The machine's energy beside a load: the meter of the whole benchmark and the window of each load.
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/power_spans.hpp"
#include "probe/window_meter.hpp"
#include "record/load_record.hpp"

namespace edgeeval {

/// The energy of one load.
struct LoadEnergy {
  WindowRecord window;               ///< Of the measured phase; its times count from the meter's epoch.
  std::optional<WindowRecord> idle;  ///< The rest before it, with the model resident.
  std::optional<Fact> gross,
      net;  ///< Summed over what is counted, nothing twice (J); absent where nothing was read.
};

/// A meter that lives as long as the benchmark. Windows are opened and closed around loads.
class EnergySession {
 public:
  /// Opens this machine's sources; raw samples go to `power_csv`. Errors: not_measured where a sensor is
  /// required and none answers; those of a recording or plug that was named and cannot be read.
  [[nodiscard]] static Result<EnergySession> open(const std::filesystem::path& power_csv,
                                                  bool require_measured);
  EnergySession(EnergySession&&) noexcept;
  EnergySession& operator=(EnergySession&&) noexcept;
  ~EnergySession();

  /// Leaves the machine alone for `seconds` and takes its power as the baseline of later loads; ends early
  /// where `keep_waiting` says so.
  void rest(double seconds, const std::function<bool()>& keep_waiting);
  /// The measured phase begins now. May be called from any thread.
  void begin();
  /// It has ended; what was found. Nothing where begin() was not called.
  [[nodiscard]] std::optional<LoadEnergy> end();
  /// Power over a stretch of CLOCK_MONOTONIC (ns) from the raw samples; absent where they tell nothing of it.
  [[nodiscard]] std::optional<TotalPower> power(std::int64_t begin_ns, std::int64_t end_ns) const;
  /// Temperature, clocks and throttling from the last begin() to its end().
  [[nodiscard]] std::vector<ConditionSeries> conditions() const;
  /// The meter itself, for windows of the caller's own; baselines of rest() are held by it.
  [[nodiscard]] WindowMeter& meter();
  [[nodiscard]] std::vector<ProbeInfo> sources() const;
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct Impl;
  explicit EnergySession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace edgeeval
