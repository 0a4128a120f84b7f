// SPDX-License-Identifier: Apache-2.0
// A meter over a model, a counter that ticks and the same device's watts, in time that passes when told
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "probe/window_meter.hpp"
#include "unit/probe/fixtures.hpp"

namespace edgeeval {

inline ProbeInfo fake_info(const std::string& id, ReadingKind kind, const std::string& point = {}) {
  ProbeInfo info;
  info.id = id;
  info.title = "the " + id;
  info.domain = kind == ReadingKind::model ? "cpu" : "gpu0";
  info.boundary = kind == ReadingKind::model ? "vcpu" : "board";
  info.grade = kind == ReadingKind::model ? Grade::modelled : Grade::measured;
  info.kind = kind;
  info.point = point;
  info.device = kind == ReadingKind::model ? "cpu" : "GPU-1";
  if (kind != ReadingKind::model) info.character.period = Seconds(0.1);
  if (kind == ReadingKind::power) info.character.ceiling = Watts(300.0);
  return info;
}

class MeterFixture : public ::testing::Test {
 protected:
  MeterFixture() { root_.put_cpu(0, 0); }

  /// A meter that samples only when told.
  std::unique_ptr<WindowMeter> make(std::chrono::seconds part = std::chrono::hours(1)) {
    std::vector<std::unique_ptr<Probe>> probes;
    probes.push_back(std::make_unique<FakeProbe>(fake_info("model", ReadingKind::model), model_, clock_));
    probes.push_back(std::make_unique<FakeProbe>(fake_info("gpu", ReadingKind::counter), counter_, clock_));
    probes.push_back(
        std::make_unique<FakeProbe>(fake_info("gpu#power", ReadingKind::power, "gpu"), power_, clock_));
    epoch_ = clock_.now();
    MeterOptions options;
    options.sampler_thread = false;
    options.root = root_.path();
    options.part = part;
    return std::make_unique<WindowMeter>(std::move(probes), clock_, epoch_, csv_, options);
  }

  /// Time passes at this power, sampled every 50 ms; the counter ticks every 100 ms; the model says that it
  /// is between half and twice the truth.
  void pass(WindowMeter& meter, double seconds, double watts) {
    const int steps = static_cast<int>(std::lround(seconds / 0.05));
    for (int i = 0; i < steps; ++i) {
      clock_.advance(0.05);
      ++steps_;
      true_j_ += 0.05 * watts;
      model_->joules += 0.05 * watts;
      model_->lo += 0.5 * 0.05 * watts;
      model_->hi += 2.0 * 0.05 * watts;
      if (steps_ % 2 == 0) counter_->joules = counter_->lo = counter_->hi = true_j_;
      power_->watts = watts;
      meter.sample();
    }
  }

  static const EnergyEntry* entry(const WindowRecord& record, const std::string& source) {
    const auto found = std::find_if(record.energy.begin(), record.energy.end(),
                                    [&](const EnergyEntry& one) { return one.source == source; });
    return found == record.energy.end() ? nullptr : &*found;
  }
  static const EnergyVoid* gone(const WindowRecord& record, const std::string& source) {
    const auto found = std::find_if(record.voids.begin(), record.voids.end(),
                                    [&](const EnergyVoid& one) { return one.source == source; });
    return found == record.voids.end() ? nullptr : &*found;
  }
  static bool has_note(const WindowRecord& record, const std::string& text) {
    return std::any_of(record.notes.begin(), record.notes.end(),
                       [&](const std::string& note) { return note.find(text) != std::string::npos; });
  }

  FakeRoot root_;
  FakeClock clock_;
  SteadyTime epoch_{};
  std::filesystem::path csv_ = root_.path() / "power.csv";
  std::shared_ptr<FakeSource> model_ = std::make_shared<FakeSource>();
  std::shared_ptr<FakeSource> counter_ = std::make_shared<FakeSource>();
  std::shared_ptr<FakeSource> power_ = std::make_shared<FakeSource>();
  double true_j_ = 0.0;
  int steps_ = 0;
};

}  // namespace edgeeval
