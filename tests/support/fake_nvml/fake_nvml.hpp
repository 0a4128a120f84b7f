// SPDX-License-Identifier: Apache-2.0
// A management library of GPUs that do what a test says: power curves over the test's own clock, sensors that
// refresh, average, lag and err, calls that are refused
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace edgeeval::fake_nvml {

/// One GPU of the fake.
struct Gpu {
  std::string name = "Tesla T4";
  std::string uuid = "GPU-00000000-0000-0000-0000-000000000000";
  unsigned pci_bus = 1;
  unsigned architecture = 6;
  std::function<double(double)> watts = [](double) { return 50.0; };  ///< True power at a time (s).
  double period_s = 0.1;  ///< Both sensors refresh at phase + n · period.
  double phase_s = 0.0;
  double averaging_s = 0.0;  ///< Of the power sensor, before its lag.
  double lag_s = 0.0;        ///< Time constant of the power sensor.
  double gain = 1.0;         ///< Shown = gain · true.
  std::uint64_t counter_base_mj = 1000;
  std::vector<double> resets_s;           ///< The counter starts again from 0 here.
  std::map<std::string, int> returns;     ///< Return code of a call, by its name.
  std::map<unsigned, int> field_returns;  ///< nvmlReturn of a field; the value is then garbage.
  std::map<unsigned, int> field_types;    ///< valueType of a field; u32 unless said.
  std::optional<double> module_extra_w;   ///< A superchip: its module draws so much more.
  bool counter_shows_module = false;
  std::optional<double> lost_at_s;
  bool openable = true;
  bool mig = false;
  std::string mig_instance;  ///< UUID of its instance.
  int virtualization = 0;
  unsigned limit_mw = 70000;
  unsigned long long event_reasons = 0x1;
  std::vector<unsigned> pids;
};

/// All that the fake knows; a test changes it at will.
struct State {
  std::vector<std::shared_ptr<Gpu>> gpus;  ///< In the order of their indices.
  std::function<double()> now;             ///< Seconds; the machine's steady clock unless set.
  std::map<std::string, int> returns;      ///< Return code of a call on no device.
  std::map<std::string, int> calls;        ///< How often each was called.
  bool running = false;                    ///< Between nvmlInit_v2 and nvmlShutdown.
};

/// Name of the function that gives the state of the loaded library: `State* edgeeval_fake_nvml_state()`.
inline constexpr const char* kStateSymbol = "edgeeval_fake_nvml_state";

}  // namespace edgeeval::fake_nvml
