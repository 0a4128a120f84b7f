// SPDX-License-Identifier: Apache-2.0
// Sources of energy readings, all behind one interface.
#pragma once

#include <chrono>
#include <edgeeval/clock.hpp>
#include <edgeeval/result.hpp>
#include <edgeeval/sourced.hpp>
#include <optional>
#include <string>
#include <vector>

namespace edgeeval {

/// What the numbers of a source are.
enum class ReadingKind {
  model,    ///< Cumulative joules of a model, with cumulative bounds.
  counter,  ///< Cumulative joules as hardware counts them; a value below the last one is a reset.
  power,    ///< Watts now, or averaged over the sensor's window up to now.
};

/// How a sensor behaves, as calibrated, characterised or stated by its maker; what is not known is absent or
/// zero, and `origin` says where the rest comes from.
struct SensorCharacter {
  std::optional<Seconds> period;     ///< Between refreshes of the value shown.
  std::optional<Seconds> averaging;  ///< The stretch of time that one value averages over.
  std::optional<Seconds> lag;        ///< Until a step of power shows 63 % of itself.
  double resolution = 0.0;           ///< Smallest step: J of a counter, W of a power reading; 0 = not known.
  double gain = 1.0;                 ///< True = gain · shown + offset · time.
  double offset_w = 0.0;             ///< As in `gain` (W).
  double gain_half_width = 0.0;      ///< 95 % half-width of the gain, as a fraction; common to all windows.
  std::optional<Watts> ceiling;      ///< The device cannot draw more than this for long.
  std::string origin;                ///< "default (…)", "characterised 2026-11-25", "calibrated against …".
};

/// What a probe reads and how it relates to others.
struct ProbeInfo {
  std::string id;        ///< Stable: "cpu-model", "nvml:GPU-…".
  std::string title;     ///< For people: "CPU model from utilisation (CCF)".
  std::string domain;    ///< "cpu", "gpu0", "dram", "wall".
  std::string boundary;  ///< "vcpu", "package", "board", "wall".
  std::string parent;    ///< Point of the probe whose joules contain these; empty where none does.
  Grade grade = Grade::measured;
  std::string detail;  ///< Formula and constants, or the sensor's path.
  ReadingKind kind = ReadingKind::model;
  /// The measuring point: sources of one point read the same joules in different ways (a GPU's counter and
  /// its watts), so they audit each other and are counted once. Empty: the source's own id.
  std::string point{};
  std::string device{};  ///< Stable name of the hardware: "GPU-…" (UUID), a PCI or sysfs address; for calibrations.
  std::chrono::milliseconds pace{0};  ///< Slow sources (a plug, a BMC) are read this seldom; 0: at every tick.
  SensorCharacter character{};
  /// The point that the source belongs to.
  [[nodiscard]] const std::string& measuring_point() const { return point.empty() ? id : point; }
};

/// One reading between two stamps: by the source's kind, joules counted so far with their bounds, or watts.
struct EnergyReading {
  SteadyTime before;        ///< Just before the source was read.
  SteadyTime after;         ///< Just after.
  Joules energy;            ///< Counter and model: cumulative. From any origin, gain not yet applied.
  Interval<Joules> bounds;  ///< Counter and model: cumulative lower and upper bound.
  double busy_cpu_s = 0;    ///< Cumulative busy CPU seconds of the machine, where the probe knows them.
  Watts power{};            ///< Power: as shown, gain not yet applied.
};

/// A source of energy readings. Only a probe can mint the key that makes a number `measured`.
class Probe {
 public:
  virtual ~Probe() = default;
  [[nodiscard]] virtual const ProbeInfo& info() const = 0;
  /// Reads the source now. Safe to call from one thread at a time.
  [[nodiscard]] virtual Result<EnergyReading> read() = 0;

 protected:
  /// The right to call this probe's numbers measured.
  [[nodiscard]] static MeasurementKey measurement_key() { return {}; }
};

/// A condition that a figure was measured under: a temperature, a clock, a limit.
struct Condition {
  std::string device;  ///< As in ProbeInfo, or "cpu".
  std::string name;    ///< "temperature_c", "sm_clock_mhz", "event_reasons", "governor".
  std::string value;   ///< As text; a number in the unit that the name ends in.
};

/// Tells the conditions of a device. Read at the edges of windows, not at every tick.
class ConditionSource {
 public:
  virtual ~ConditionSource() = default;
  /// The conditions now; what cannot be read is left out. One thread at a time.
  [[nodiscard]] virtual std::vector<Condition> read() = 0;
};

}  // namespace edgeeval
