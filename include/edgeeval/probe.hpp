// SPDX-License-Identifier: Apache-2.0
// Sources of energy readings, all behind one interface.
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/result.hpp>
#include <edgeeval/sourced.hpp>
#include <string>

namespace edgeeval {

/// What a probe reads and how it relates to others.
struct ProbeInfo {
  std::string id;        ///< Stable: "cpu-model", "nvml:GPU-…".
  std::string title;     ///< For people: "CPU model from utilisation (CCF)".
  std::string domain;    ///< "cpu", "gpu0", "dram", "wall".
  std::string boundary;  ///< "vcpu", "package", "board", "wall".
  std::string parent;    ///< Id of the probe whose joules contain these; empty where none does.
  Grade grade = Grade::measured;
  std::string detail;  ///< Formula and constants, or the sensor's path.
};

/// One reading: the energy counted since the probe was opened, with bounds, between two stamps.
struct EnergyReading {
  SteadyTime before;        ///< Just before the source was read.
  SteadyTime after;         ///< Just after.
  Joules energy;            ///< Cumulative best estimate.
  Interval<Joules> bounds;  ///< Cumulative lower and upper bound.
  double busy_cpu_s = 0;    ///< Cumulative busy CPU seconds of the machine, where the probe knows them.
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

}  // namespace edgeeval
