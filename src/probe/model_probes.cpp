// SPDX-License-Identifier: Apache-2.0
#include "probe/model_probes.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace edgeeval {
namespace {

double seconds(SteadyTime from, SteadyTime to) { return std::chrono::duration<double>(to - from).count(); }

SteadyTime middle(SteadyTime a, SteadyTime b) { return a + (b - a) / 2; }

}  // namespace

Result<std::unique_ptr<Probe>> CpuModelProbe::open(PowerModel model, std::string boundary, const Clock& clock,
                                                   const std::filesystem::path& root) {
  auto first = read_cpu_times(root);
  if (!first) return tl::unexpected(first.error());
  return std::unique_ptr<Probe>(
      new CpuModelProbe(std::move(model), std::move(boundary), clock, root, *first));
}

CpuModelProbe::CpuModelProbe(PowerModel model, std::string boundary, const Clock& clock,
                             std::filesystem::path root, CpuTimes first)
    : model_(std::move(model)),
      info_{"cpu-model", model_.title, "cpu", std::move(boundary), "", Grade::modelled, model_.detail},
      clock_(clock),
      root_(std::move(root)),
      opened_(clock.now()),
      first_(first) {}

Result<EnergyReading> CpuModelProbe::read() {
  EnergyReading reading;
  reading.before = clock_.now();
  const auto times = read_cpu_times(root_);
  reading.after = clock_.now();
  if (!times) return tl::unexpected(times.error());
  const double elapsed_s = std::max(0.0, seconds(opened_, middle(reading.before, reading.after)));
  // The kernel counts in ticks, so over a short time busy can seem longer than the time itself; over the
  // whole time since opening it cannot. Held monotone: energy never goes back.
  const double possible_s = elapsed_s * first_.cpus;
  busy_s_ = std::max(busy_s_, std::min(times->busy_s - first_.busy_s, possible_s));
  reading.busy_cpu_s = busy_s_;
  reading.energy =
      Joules(model_.idle_w * elapsed_s + (model_.full_w - model_.idle_w) * busy_s_ / first_.cpus);
  reading.bounds = {Joules(model_.lo_w * elapsed_s), Joules(model_.hi_w * elapsed_s)};
  return reading;
}

MemoryModelProbe::MemoryModelProbe(PowerModel model, const Clock& clock)
    : model_(std::move(model)),
      info_{"memory-model", model_.title, "dram", "memory", "", Grade::modelled, model_.detail},
      clock_(clock),
      opened_(clock.now()) {}

Result<EnergyReading> MemoryModelProbe::read() {
  EnergyReading reading;
  reading.before = reading.after = clock_.now();
  const double elapsed_s = seconds(opened_, reading.before);
  reading.energy = Joules(model_.idle_w * elapsed_s);
  reading.bounds = {Joules(model_.lo_w * elapsed_s), Joules(model_.hi_w * elapsed_s)};
  return reading;
}

}  // namespace edgeeval
