// SPDX-License-Identifier: Apache-2.0
#include "support/fake_nvml/fake_nvml.hpp"

#include <chrono>
#include <cstdio>
#include <cstring>

#include "probe/nvml_api.hpp"
#include "support/fake_nvml/fake_sensors.hpp"

namespace edgeeval::fake_nvml {
namespace {

constexpr int kInvalidArgument = 2;

/// Two GPUs, the second without a counter, and a third that belongs to someone else.
State first_state() {
  State state;
  state.now = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  for (unsigned i = 0; i < 3; ++i) {
    auto gpu = std::make_shared<Gpu>();
    gpu->name = std::string("Fake ") + static_cast<char>('A' + i);
    gpu->uuid = "GPU-fake-" + std::to_string(i);
    gpu->pci_bus = i + 1;
    gpu->openable = i < 2;
    // Counted from the first look on, so that a long uptime is not integrated.
    const double origin = state.now();
    gpu->phase_s = origin;
    gpu->resets_s = {origin};
    if (i == 1) gpu->returns["nvmlDeviceGetTotalEnergyConsumption"] = nvml::kNotSupported;
    state.gpus.push_back(gpu);
  }
  return state;
}

State& state() {
  static State instance = first_state();
  return instance;
}

/// Handles are the addresses of GPUs; that of an instance is the one behind its board's.
Gpu* gpu_of(nvml::Device device) {
  for (const auto& gpu : state().gpus) {
    if (gpu.get() == device) return gpu.get();
  }
  return nullptr;
}

/// Counts the call and says what it must return before doing anything.
int gate(const char* call, nvml::Device device) {
  ++state().calls[call];
  if (!state().running) return 1;
  const Gpu* const gpu = gpu_of(device);
  if (gpu == nullptr) return kInvalidArgument;
  if (gpu->lost_at_s && state().now() >= *gpu->lost_at_s) return nvml::kGpuIsLost;
  const auto found = gpu->returns.find(call);
  return found != gpu->returns.end() ? found->second : nvml::kSuccess;
}

int gate(const char* call) {
  ++state().calls[call];
  const auto found = state().returns.find(call);
  if (found != state().returns.end()) return found->second;
  return state().running ? nvml::kSuccess : 1;
}

void write_field(const Gpu& gpu, nvml::FieldValue& field, double now) {
  const bool module = field.scope == nvml::kScopeModule;
  const auto refused = gpu.field_returns.find(field.field);
  std::memset(field.value, 0x5a, sizeof field.value);  // What an unchecked caller would take for a number.
  field.value_type = 1;
  field.result = refused != gpu.field_returns.end() ? refused->second : nvml::kSuccess;
  if (module && !gpu.module_extra_w) field.result = nvml::kNotSupported;
  if (field.result != nvml::kSuccess) return;
  const double extra = module ? gpu.module_extra_w.value_or(0.0) : 0.0;
  const auto type = gpu.field_types.find(field.field);
  field.value_type = type != gpu.field_types.end() ? type->second : 1;
  if (field.field == nvml::kFieldEnergy) {
    const unsigned long long energy = counter_mj(gpu, now, extra);
    field.value_type = 3;
    std::memcpy(field.value, &energy, sizeof energy);
    return;
  }
  const unsigned power = shown_mw(gpu, now, extra);
  const double as_double = power;
  if (field.value_type == 0) {
    std::memcpy(field.value, &as_double, sizeof as_double);
  } else {
    std::memset(field.value, 0, sizeof field.value);
    std::memcpy(field.value, &power, sizeof power);
  }
}

int write_text(const std::string& text, char* out, unsigned length) {
  if (length <= text.size()) return nvml::kInsufficientSize;
  std::memcpy(out, text.c_str(), text.size() + 1);
  return nvml::kSuccess;
}

/// Gates the call, then writes `value`.
template <class T, class Value>
int give(const char* call, nvml::Device device, T* out, Value value) {
  if (const int code = gate(call, device); code != nvml::kSuccess) return code;
  *out = static_cast<T>(value(*gpu_of(device)));
  return nvml::kSuccess;
}

}  // namespace

}  // namespace edgeeval::fake_nvml

namespace fake = edgeeval::fake_nvml;
namespace nvml = edgeeval::nvml;
using fake::Gpu;

extern "C" {
fake::State* edgeeval_fake_nvml_state() { return &fake::state(); }

int nvmlInit_v2() {
  ++fake::state().calls["nvmlInit_v2"];
  const auto found = fake::state().returns.find("nvmlInit_v2");
  if (found != fake::state().returns.end()) return found->second;
  fake::state().running = true;
  return nvml::kSuccess;
}
int nvmlShutdown() {
  ++fake::state().calls["nvmlShutdown"];
  fake::state().running = false;
  return nvml::kSuccess;
}
const char* nvmlErrorString(int code) {
  switch (code) {
    case nvml::kNotSupported:
      return "Not Supported";
    case nvml::kNoPermission:
      return "Insufficient Permissions";
    case nvml::kGpuIsLost:
      return "GPU is lost";
    default:
      return "Unknown Error";
  }
}
int nvmlSystemGetDriverVersion(char* out, unsigned length) {
  return fake::write_text("550.54.15", out, length);
}
int nvmlSystemGetNVMLVersion(char* out, unsigned length) {
  return fake::write_text("12.550.54.15", out, length);
}
int nvmlDeviceGetCount_v2(unsigned* count) {
  if (const int code = fake::gate("nvmlDeviceGetCount_v2"); code != 0) return code;
  *count = static_cast<unsigned>(fake::state().gpus.size());
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  if (const int code = fake::gate("nvmlDeviceGetHandleByIndex_v2"); code != 0) return code;
  if (index >= fake::state().gpus.size()) return fake::kInvalidArgument;
  const auto& gpu = fake::state().gpus[index];
  if (!gpu->openable) return nvml::kNoPermission;
  *device = gpu.get();
  return 0;
}
int nvmlDeviceGetHandleByUUID(const char* uuid, void** device) {
  for (const auto& gpu : fake::state().gpus) {
    if (gpu->uuid == uuid) *device = gpu.get();
    if (!gpu->mig_instance.empty() && gpu->mig_instance == uuid) *device = &gpu->mig_instance;
    if (gpu->uuid == uuid || gpu->mig_instance == uuid) return 0;
  }
  return 6;
}
int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(void* instance, void** board) {
  for (const auto& gpu : fake::state().gpus) {
    if (instance != &gpu->mig_instance) continue;
    *board = gpu.get();
    return 0;
  }
  return fake::kInvalidArgument;
}
int nvmlDeviceGetName(void* device, char* out, unsigned length) {
  const int code = fake::gate("nvmlDeviceGetName", device);
  return code != 0 ? code : fake::write_text(fake::gpu_of(device)->name, out, length);
}
int nvmlDeviceGetUUID(void* device, char* out, unsigned length) {
  const int code = fake::gate("nvmlDeviceGetUUID", device);
  return code != 0 ? code : fake::write_text(fake::gpu_of(device)->uuid, out, length);
}
int nvmlDeviceGetPciInfo_v3(void* device, nvml::PciInfo* out) {
  if (const int code = fake::gate("nvmlDeviceGetPciInfo_v3", device); code != 0) return code;
  out->bus = fake::gpu_of(device)->pci_bus;
  std::snprintf(out->bus_id, sizeof out->bus_id, "00000000:%02X:00.0", out->bus);
  return 0;
}
int nvmlDeviceGetArchitecture(void* device, unsigned* out) {
  return fake::give("nvmlDeviceGetArchitecture", device, out,
                    [](const Gpu& gpu) { return gpu.architecture; });
}
int nvmlDeviceGetTotalEnergyConsumption(void* device, unsigned long long* out) {
  return fake::give("nvmlDeviceGetTotalEnergyConsumption", device, out, [](const Gpu& gpu) {
    const double extra = gpu.counter_shows_module ? gpu.module_extra_w.value_or(0.0) : 0.0;
    return fake::counter_mj(gpu, fake::state().now(), extra);
  });
}
int nvmlDeviceGetPowerUsage(void* device, unsigned* out) {
  return fake::give("nvmlDeviceGetPowerUsage", device, out,
                    [](const Gpu& gpu) { return fake::shown_mw(gpu, fake::state().now(), 0.0); });
}
int nvmlDeviceGetFieldValues(void* device, int count, nvml::FieldValue* fields) {
  if (const int code = fake::gate("nvmlDeviceGetFieldValues", device); code != 0) return code;
  for (int i = 0; i < count; ++i) fake::write_field(*fake::gpu_of(device), fields[i], fake::state().now());
  return 0;
}
int nvmlDeviceGetEnforcedPowerLimit(void* device, unsigned* out) {
  return fake::give("nvmlDeviceGetEnforcedPowerLimit", device, out,
                    [](const Gpu& gpu) { return gpu.limit_mw; });
}
int nvmlDeviceGetPowerManagementDefaultLimit(void* device, unsigned* out) {
  return fake::give("nvmlDeviceGetPowerManagementDefaultLimit", device, out,
                    [](const Gpu& gpu) { return gpu.limit_mw; });
}
int nvmlDeviceGetTemperature(void* device, int /*sensor*/, unsigned* out) {
  return fake::give("nvmlDeviceGetTemperature", device, out, [](const Gpu&) { return 41; });
}
int nvmlDeviceGetClockInfo(void* device, int kind, unsigned* out) {
  return fake::give("nvmlDeviceGetClockInfo", device, out,
                    [kind](const Gpu&) { return kind == 1 ? 585 : 5000; });
}
int nvmlDeviceGetPerformanceState(void* device, int* out) {
  return fake::give("nvmlDeviceGetPerformanceState", device, out, [](const Gpu&) { return 8; });
}
// Only the older name, as drivers before 535 have it.
int nvmlDeviceGetCurrentClocksThrottleReasons(void* device, unsigned long long* out) {
  return fake::give("nvmlDeviceGetCurrentClocksThrottleReasons", device, out,
                    [](const Gpu& gpu) { return gpu.event_reasons; });
}
int nvmlDeviceGetUtilizationRates(void* device, nvml::Utilization* out) {
  return fake::give("nvmlDeviceGetUtilizationRates", device, out, [](const Gpu&) {
    return nvml::Utilization{97, 12};
  });
}
int nvmlDeviceGetComputeRunningProcesses_v3(void* device, unsigned* count, nvml::ProcessInfo* out) {
  if (const int code = fake::gate("nvmlDeviceGetComputeRunningProcesses_v3", device); code != 0) return code;
  const auto& pids = fake::gpu_of(device)->pids;
  const unsigned room = *count;
  *count = static_cast<unsigned>(pids.size());
  if (room < pids.size()) return nvml::kInsufficientSize;
  for (std::size_t i = 0; i < pids.size(); ++i) out[i] = {pids[i], 1U << 20U, 0, 0};
  return 0;
}
int nvmlDeviceGetPersistenceMode(void* device, int* out) {
  return fake::give("nvmlDeviceGetPersistenceMode", device, out, [](const Gpu&) { return 1; });
}
int nvmlDeviceGetVirtualizationMode(void* device, int* out) {
  return fake::give("nvmlDeviceGetVirtualizationMode", device, out,
                    [](const Gpu& gpu) { return gpu.virtualization; });
}
int nvmlDeviceGetMigMode(void* device, unsigned* current, unsigned* pending) {
  *pending = 0;
  return fake::give("nvmlDeviceGetMigMode", device, current, [](const Gpu& gpu) { return gpu.mig ? 1 : 0; });
}
}
