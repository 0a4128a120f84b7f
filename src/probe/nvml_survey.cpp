// SPDX-License-Identifier: Apache-2.0
#include "probe/nvml_survey.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstring>
#include <utility>

namespace edgeeval::nvml {
namespace {

constexpr double kMilli = 1e-3;
constexpr int kVirtualGpu = 2;
/// A limit may be overshot for a moment.
constexpr double kOvershoot = 1.2;
/// A counter may jump by as much as its refresh holds back, however short the time between two readings.
constexpr double kLongestRefreshS = 1.0;
/// One reading above so many times the limit is no peak, it is wrong.
constexpr double kWildReading = 3.0;

std::optional<double> limit_w(int (*get)(Device, unsigned*), Device device) {
  const auto milliwatts = ask(get, device);
  if (!milliwatts || *milliwatts == 0) return std::nullopt;
  return *milliwatts * kMilli;
}

std::string virtualisation_text(int mode) {
  constexpr std::array<const char*, 5> kNames = {"none", "passthrough", "vGPU", "vGPU host", "vSGA host"};
  if (mode < 0 || static_cast<std::size_t>(mode) >= kNames.size()) return {};
  return kNames[static_cast<std::size_t>(mode)];
}

bool is_virtual(const GpuDescription& gpu) { return gpu.virtualisation == virtualisation_text(kVirtualGpu); }

/// Why the driver refused, for people.
std::string refusal(const Surveyed& gpu, int code) {
  const auto text = gpu.device.library->error_text(code);
  if (code == kNotSupported && is_virtual(gpu.description))
    return "the driver refuses: a virtual GPU (vGPU) does not show the board's energy: " + text;
  if (code == kNotSupported) return "the driver refuses: " + text;
  if (code == kFunctionNotFound) return "this driver's library lacks the call";
  return device_error(gpu.device, "asking", code).message;
}

void identify(Surveyed& gpu) {
  const auto& calls = gpu.device.library->calls();
  const Device handle = gpu.device.handle;
  auto& found = gpu.description;
  found.name = ask_text(calls.name, handle);
  if (found.name.empty()) found.name = "NVIDIA GPU";
  found.uuid = ask_text(calls.uuid, handle);
  if (const auto pci = ask(calls.pci, handle)) {
    found.pci = std::string(pci->bus_id, ::strnlen(pci->bus_id, sizeof pci->bus_id));
    gpu.pci_order = {pci->domain, pci->bus, pci->device};
  }
  if (const auto architecture = ask(calls.architecture, handle)) gpu.architecture = *architecture;
  found.architecture = architecture_name(gpu.architecture);
  found.enforced_limit_w = limit_w(calls.enforced_limit, handle);
  found.management_limit_w = limit_w(calls.management_limit, handle);
  found.default_limit_w = limit_w(calls.default_limit, handle);
  const auto virtualised = ask(calls.virtualization, handle);
  if (virtualised) found.virtualisation = virtualisation_text(*virtualised);
  unsigned current = 0, pending = 0;
  if (calls.mig_mode != nullptr && calls.mig_mode(handle, &current, &pending) == kSuccess)
    found.mig = current != 0;
  found.shared = found.mig || (virtualised && *virtualised >= kVirtualGpu);
  if (found.mig)
    found.notes.emplace_back("MIG: joules are those of the whole board, shared by all instances");
  gpu.device.label = gpu.identity().empty() ? found.name : fmt::format("{} ({})", found.name, gpu.identity());
}

/// The counter's two readings: forward, and no faster than the board can draw.
std::string implausible(const Surveyed& gpu, double first_mj, double second_mj, double elapsed_s) {
  if (second_mj < first_mj) return fmt::format("it goes back: {} mJ, then {} mJ", first_mj, second_mj);
  if (second_mj == 0.0 && is_virtual(gpu.description))
    return "it shows 0, as virtual GPUs do without counting";
  const auto ceiling = gpu.ceiling();
  if (!ceiling) return {};
  const double most_j = kOvershoot * ceiling->value() * (elapsed_s + kLongestRefreshS);
  const double joules = (second_mj - first_mj) * kMilli;
  if (joules > most_j) {
    return fmt::format("it gained {} J in {} s, which {} W cannot", joules, elapsed_s, ceiling->value());
  }
  return {};
}

void try_counter(Surveyed& gpu, const Clock& clock) {
  const auto get = gpu.device.library->calls().energy;
  auto& energy = gpu.description.energy;
  const auto before = clock.now();
  const auto first = ask(get, gpu.device.handle);
  const auto second = first ? ask(get, gpu.device.handle) : first;
  const double elapsed = std::chrono::duration<double>(clock.now() - before).count();
  if (!first || !second) {
    energy.why_not = refusal(gpu, first ? second.error() : first.error());
    return;
  }
  energy.why_not = implausible(gpu, static_cast<double>(*first), static_cast<double>(*second), elapsed);
  energy.works = energy.why_not.empty();
  if (!energy.works) return;
  energy.how = "nvmlDeviceGetTotalEnergyConsumption";
  // A superchip counts the GPU and the whole module apart; the plain call may show either.
  const auto& calls = gpu.device.library->calls();
  const auto own = read_field(calls, gpu.device.handle, kFieldEnergy, kScopeGpu);
  const auto module = read_field(calls, gpu.device.handle, kFieldEnergy, kScopeModule);
  if (!own || !module || *own == *module) return;
  const auto shown = static_cast<double>(*second);
  gpu.counter_is_module = std::abs(shown - *module) < std::abs(shown - *own);
  energy.how += gpu.counter_is_module ? ", scope module" : ", scope GPU";
}

/// Tries one way to read watts.
bool try_way(Surveyed& gpu, PowerWay way, unsigned scope, const char* how) {
  auto& power = gpu.description.power;
  const auto watts = read_watts(gpu.device, way, scope);
  const auto ceiling = gpu.ceiling();
  std::string why;
  if (!watts) {
    why = refusal(gpu, watts.error());
  } else if (*watts < 0.0 || !std::isfinite(*watts) ||
             (ceiling && scope == kScopeGpu && *watts > kWildReading * ceiling->value())) {
    why = fmt::format("it shows {} W", *watts);
  } else if (*watts == 0.0 && is_virtual(gpu.description)) {
    why = "it shows 0, as virtual GPUs do without measuring";
  }
  if (!why.empty()) {
    if (power.why_not.empty()) power.why_not = std::move(why);
    return false;
  }
  power = {true, how, {}};
  gpu.power_way = way;
  gpu.power_scope = scope;
  return true;
}

void try_power(Surveyed& gpu) {
  // Watts audit the counter only where both mean the same part of the machine.
  if (gpu.counter_is_module &&
      try_way(gpu, PowerWay::instant_field, kScopeModule, "field 186 (instant), scope module"))
    return;
  if (try_way(gpu, PowerWay::instant_field, kScopeGpu, "field 186 (instant)")) return;
  if (try_way(gpu, PowerWay::usage_call, kScopeGpu, "nvmlDeviceGetPowerUsage")) return;
  static_cast<void>(try_way(gpu, PowerWay::average_field, kScopeGpu, "field 185 (1 s mean)"));
}

}  // namespace

std::optional<Watts> Surveyed::ceiling() const {
  for (const auto& limit :
       {description.enforced_limit_w, description.management_limit_w, description.default_limit_w}) {
    if (limit) return Watts(*limit);
  }
  return std::nullopt;
}

const std::string& Surveyed::identity() const {
  return description.uuid.empty() ? description.pci : description.uuid;
}

Surveyed survey(std::shared_ptr<const Library> library, Device handle, const Clock& clock) {
  Surveyed gpu;
  gpu.device = {std::move(library), handle, {}};
  identify(gpu);
  try_counter(gpu, clock);
  try_power(gpu);
  return gpu;
}

}  // namespace edgeeval::nvml
