// SPDX-License-Identifier: Apache-2.0
#include "probe/nvml_probes.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "core/text.hpp"

namespace edgeeval::nvml {
namespace {

constexpr double kMilli = 1e-3;

/// The bits of nvmlClocksEventReasons.
std::string reasons_text(unsigned long long bits) {
  constexpr std::array<std::pair<unsigned long long, const char*>, 8> kNames = {
      {{0x1, "idle"},
       {0x2, "application clocks"},
       {0x4, "power cap"},
       {0x8, "hardware slowdown"},
       {0x10, "sync boost"},
       {0x20, "thermal slowdown (software)"},
       {0x40, "thermal slowdown (hardware)"},
       {0x80, "power brake"}}};
  std::vector<std::string> names;
  for (const auto& [bit, name] : kNames) {
    if ((bits & bit) != 0) names.emplace_back(name);
    bits &= ~bit;
  }
  if (bits != 0) names.push_back(fmt::format("0x{:x}", bits));
  return names.empty() ? "none" : join(names, ", ");
}

Answer<std::vector<ProcessInfo>> compute_processes(const OpenDevice& device) {
  const auto get = device.library->calls().processes;
  if (get == nullptr) return tl::unexpected(kFunctionNotFound);
  std::vector<ProcessInfo> processes(32);
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto count = static_cast<unsigned>(processes.size());
    const int code = get(device.handle, &count, processes.data());
    if (code == kSuccess) {
      processes.resize(count);
      return processes;
    }
    if (code != kInsufficientSize) return tl::unexpected(code);
    processes.resize(count + 8);  // Some may start before the next attempt.
  }
  return tl::unexpected(kInsufficientSize);
}

}  // namespace

Error device_error(const OpenDevice& device, const char* what, int code) {
  Error error{ErrorCode::unavailable,
              fmt::format("{}: {} failed: {}", device.label, what, device.library->error_text(code))};
  if (code == kGpuIsLost) {
    error.message = fmt::format("{} is lost: it fell off the bus or needs a reset ({})", device.label,
                                device.library->error_text(code));
    error.hint = "look for \"Xid\" in the kernel's log: dmesg | grep -i xid";
  } else if (code == kNoPermission) {
    error.hint = "run as a user who may open /dev/nvidia*";
  }
  return error;
}

Answer<double> read_watts(const OpenDevice& device, PowerWay way, unsigned scope) {
  const auto& calls = device.library->calls();
  if (way == PowerWay::usage_call) {
    const auto milliwatts = ask(calls.power, device.handle);
    if (!milliwatts) return tl::unexpected(milliwatts.error());
    return *milliwatts * kMilli;
  }
  const unsigned field = way == PowerWay::instant_field ? kFieldPowerInstant : kFieldPowerAverage;
  return read_field(calls, device.handle, field, scope).map([](double milliwatts) {
    return milliwatts * kMilli;
  });
}

Result<EnergyReading> CounterProbe::read() {
  EnergyReading reading;
  reading.before = clock_.now();
  const auto millijoules = ask(device_.library->calls().energy, device_.handle);
  reading.after = clock_.now();
  if (!millijoules)
    return tl::unexpected(device_error(device_, "nvmlDeviceGetTotalEnergyConsumption", millijoules.error()));
  reading.energy = Joules(static_cast<double>(*millijoules) * kMilli);
  reading.bounds = {reading.energy, reading.energy};
  return reading;
}

Result<EnergyReading> PowerProbe::read() {
  EnergyReading reading;
  reading.before = clock_.now();
  const auto watts = read_watts(device_, way_, scope_);
  reading.after = clock_.now();
  if (!watts) return tl::unexpected(device_error(device_, "reading its power", watts.error()));
  reading.power = Watts(*watts);
  return reading;
}

std::vector<Condition> Conditions::read() {
  const auto& calls = device_.library->calls();
  const Device gpu = device_.handle;
  std::vector<Condition> found;
  const auto add = [&](const char* name, std::string value) {
    if (!value.empty()) found.push_back({id_, name, std::move(value)});
  };
  unsigned number = 0;
  if (calls.temperature != nullptr && calls.temperature(gpu, 0, &number) == kSuccess)
    add("temperature_c", std::to_string(number));
  constexpr int kSm = 1, kMemory = 2;
  if (calls.clock != nullptr && calls.clock(gpu, kSm, &number) == kSuccess)
    add("sm_clock_mhz", std::to_string(number));
  if (calls.clock != nullptr && calls.clock(gpu, kMemory, &number) == kSuccess)
    add("memory_clock_mhz", std::to_string(number));
  constexpr int kLastState = 15;  // 32 stands for "not known".
  if (const auto state = ask(calls.performance_state, gpu); state && *state >= 0 && *state <= kLastState)
    add("performance_state", fmt::format("P{}", *state));
  if (const auto reasons = ask(calls.event_reasons, gpu)) add("event_reasons", reasons_text(*reasons));
  if (const auto limit = ask(calls.enforced_limit, gpu))
    add("enforced_limit_w", fmt::format("{}", *limit * kMilli));
  if (const auto mode = ask(calls.persistence, gpu)) add("persistence", *mode != 0 ? "on" : "off");
  if (const auto use = ask(calls.utilization, gpu)) {
    add("utilisation_percent", std::to_string(use->gpu));
    add("memory_utilisation_percent", std::to_string(use->memory));
  }
  if (const auto processes = compute_processes(device_)) {
    std::vector<std::string> pids;
    for (const auto& process : *processes) pids.push_back(std::to_string(process.pid));
    add("compute_processes", std::to_string(pids.size()));
    add("compute_pids", join(pids, " "));
  }
  add("driver", device_.library->driver_version());
  add("nvml", device_.library->nvml_version());
  return found;
}

}  // namespace edgeeval::nvml
