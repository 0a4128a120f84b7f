// SPDX-License-Identifier: Apache-2.0
// A sensor that answers with one number: joules counted so far, or watts
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace edgeeval {

/// Asks a sensor for its number: joules so far where the kind is counter, watts where it is power.
using AskSensor = std::function<Result<double>()>;

/// One number of a sensor as a probe: stamped before and after, otherwise as told.
class ValueProbe final : public Probe {
 public:
  /// `info.kind` is counter or power. `clock` must outlive the probe.
  ValueProbe(ProbeInfo info, const Clock& clock, AskSensor ask)
      : info_(std::move(info)), clock_(clock), ask_(std::move(ask)) {}
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  /// The number between two stamps; the sensor's error where it has one.
  [[nodiscard]] Result<EnergyReading> read() override {
    EnergyReading reading;
    reading.before = clock_.now();
    const auto value = ask_();
    reading.after = clock_.now();
    if (!value) return tl::unexpected(value.error());
    if (info_.kind == ReadingKind::power) {
      reading.power = Watts(*value);
    } else {
      reading.energy = Joules(*value);
      reading.bounds = {reading.energy, reading.energy};
    }
    return reading;
  }

 private:
  ProbeInfo info_;
  const Clock& clock_;
  AskSensor ask_;
};

/// Probes of one kind of sensor, and what a reader should know of those that are not among them.
struct SourceSet {
  std::vector<std::unique_ptr<Probe>> probes;
  std::vector<std::string> notes;  ///< "CPU counters (powercap): permission denied; sudo chmod …".
  /// Moves what `more` holds to the end of this.
  void append(SourceSet more) {
    for (auto& probe : more.probes) probes.push_back(std::move(probe));
    for (auto& note : more.notes) notes.push_back(std::move(note));
  }
};

}  // namespace edgeeval
