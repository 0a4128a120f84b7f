// SPDX-License-Identifier: Apache-2.0
#include "support/measured_run.hpp"

#include <functional>
#include <string>
#include <utility>

#include "record/ledger.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

EnergyEntry sensor(const std::string& source, const std::string& domain, const std::string& boundary,
                   const std::string& parent, double joules, double gain) {
  EnergyEntry entry{source, domain, boundary, parent, Fact{joules, "J", {}, {}, Grade::measured, {source}}};
  entry.method = "counter and integral";
  entry.common_relative = gain;
  entry.coverage = 1.0;
  entry.device = source;
  set_joules(entry, joules, 0.99 * joules, 1.01 * joules);
  return entry;
}

void each_window(RunRecord& record, const std::function<void(WindowRecord&)>& visit) {
  for (auto& idle : record.idle) visit(idle.window);
  for (auto& [id, stage] : record.stages) {
    for (auto& window : stage.windows) visit(window);
  }
}

WindowRecord& load_of(RunRecord& record, const std::string& variant) {
  for (auto& window : record.stages.at("serve:" + variant).windows) {
    if (window.name == "load") return window;
  }
  return record.stages.at("serve:" + variant).windows.front();
}

}  // namespace

RunRecord measured_run(bool wall) {
  auto record = sample_run();
  load_of(record, "lora-int4").energy[0].joules.value /= 2.0;
  each_window(record, [wall](WindowRecord& window) {
    const double joules = window.energy[0].joules.value;
    window.energy = {sensor("nvml:GPU-a", "gpu0", "board", "", 0.70 * joules, 0.05),
                     sensor("nvml:GPU-b", "gpu1", "board", "", 0.10 * joules, 0.05),
                     sensor("rapl:package-0", "cpu", "package", "rapl:psys", 0.15 * joules, 0.02),
                     sensor("rapl:core", "cpu", "core", "rapl:package-0", 0.10 * joules, 0.02),
                     sensor("rapl:dram", "dram", "dram", "rapl:psys", 0.05 * joules, 0.02),
                     sensor("rapl:psys", "psys", "psys", "", 0.30 * joules, 0.02)};
    if (wall) window.energy.push_back(sensor("shelly", "wall", "wall", "", 1.25 * joules, 0.01));
  });
  return record;
}

RunRecord mixed_run() {
  auto record = sample_run();
  each_window(record, [](WindowRecord& window) {
    const double joules = window.energy[0].joules.value;
    auto cpu = window.energy[0];
    cpu.joules = {0.2 * joules, "J", 0.1 * joules, 0.5 * joules, Grade::modelled, {"cpu-model"}};
    window.energy = {sensor("nvml:GPU-a", "gpu0", "board", "", 0.8 * joules, 0.05), std::move(cpu)};
  });
  load_of(record, "lora-int8").energy[0].flags = {"reset"};
  auto& differing = load_of(record, "lora-int4").energy[0];
  differing.flags = {"disagrees"};
  set_joules(differing, differing.joules.value, 0.7 * differing.joules.value, 1.01 * differing.joules.value);
  load_of(record, "base").energy[0].coverage = 0.8;
  auto& lost = load_of(record, "qlora");
  lost.voids.push_back({"nvml:GPU-a", "gpu0", "board", "", "the sensor vanished", {}});
  lost.energy.erase(lost.energy.begin());
  return record;
}

}  // namespace edgeeval
