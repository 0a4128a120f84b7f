// SPDX-License-Identifier: Apache-2.0
#include "probe/nvml_api.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <cstring>

namespace edgeeval::nvml {
namespace {

/// Sets `call` to the first of `names` that the library has.
template <class Function>
void look_up(void* handle, Function& call, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    call = reinterpret_cast<Function>(::dlsym(handle, name));
    if (call != nullptr) return;
  }
}

std::string version_text(int (*get)(char*, unsigned)) {
  std::array<char, 96> text{};
  if (get == nullptr || get(text.data(), static_cast<unsigned>(text.size() - 1)) != kSuccess) return {};
  return text.data();
}

template <class T>
double number_of(const FieldValue& field) {
  T number{};
  std::memcpy(&number, field.value, sizeof number);
  return static_cast<double>(number);
}

}  // namespace

Library::Library(void* handle) : handle_(handle) {
  look_up(handle, calls_.init, {"nvmlInit_v2"});
  look_up(handle, calls_.shutdown, {"nvmlShutdown"});
  look_up(handle, calls_.error_string, {"nvmlErrorString"});
  look_up(handle, calls_.driver_version, {"nvmlSystemGetDriverVersion"});
  look_up(handle, calls_.nvml_version, {"nvmlSystemGetNVMLVersion"});
  look_up(handle, calls_.count, {"nvmlDeviceGetCount_v2"});
  look_up(handle, calls_.by_index, {"nvmlDeviceGetHandleByIndex_v2"});
  look_up(handle, calls_.by_uuid, {"nvmlDeviceGetHandleByUUID"});
  look_up(handle, calls_.name, {"nvmlDeviceGetName"});
  look_up(handle, calls_.uuid, {"nvmlDeviceGetUUID"});
  look_up(handle, calls_.pci, {"nvmlDeviceGetPciInfo_v3"});
  look_up(handle, calls_.architecture, {"nvmlDeviceGetArchitecture"});
  look_up(handle, calls_.energy, {"nvmlDeviceGetTotalEnergyConsumption"});
  look_up(handle, calls_.power, {"nvmlDeviceGetPowerUsage"});
  look_up(handle, calls_.fields, {"nvmlDeviceGetFieldValues"});
  look_up(handle, calls_.enforced_limit, {"nvmlDeviceGetEnforcedPowerLimit"});
  look_up(handle, calls_.management_limit, {"nvmlDeviceGetPowerManagementLimit"});
  look_up(handle, calls_.default_limit, {"nvmlDeviceGetPowerManagementDefaultLimit"});
  look_up(handle, calls_.temperature, {"nvmlDeviceGetTemperature"});
  look_up(handle, calls_.clock, {"nvmlDeviceGetClockInfo"});
  look_up(handle, calls_.performance_state, {"nvmlDeviceGetPerformanceState"});
  look_up(handle, calls_.event_reasons,
          {"nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"});
  look_up(handle, calls_.utilization, {"nvmlDeviceGetUtilizationRates"});
  look_up(handle, calls_.processes,
          {"nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2"});
  look_up(handle, calls_.persistence, {"nvmlDeviceGetPersistenceMode"});
  look_up(handle, calls_.virtualization, {"nvmlDeviceGetVirtualizationMode"});
  look_up(handle, calls_.mig_mode, {"nvmlDeviceGetMigMode"});
  look_up(handle, calls_.parent_of_mig, {"nvmlDeviceGetDeviceHandleFromMigDeviceHandle"});
}

Library::~Library() {
  if (started_) calls_.shutdown();
  ::dlclose(handle_);
}

Result<std::shared_ptr<const Library>> Library::open(const std::string& name) {
  void* const handle = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return fail(ErrorCode::unavailable, name + " is not installed (no NVIDIA driver)");
  }
  const std::shared_ptr<Library> library(new Library(handle));
  const auto& calls = library->calls_;
  if (calls.init == nullptr || calls.shutdown == nullptr || calls.count == nullptr ||
      calls.by_index == nullptr) {
    return fail(ErrorCode::unavailable, name + " lacks the calls of NVML's second API");
  }
  if (const int code = calls.init(); code != kSuccess) {
    return fail(ErrorCode::unavailable, "NVML does not start: " + library->error_text(code));
  }
  library->started_ = true;
  return library;
}

std::string Library::error_text(int code) const {
  const char* text = calls_.error_string != nullptr ? calls_.error_string(code) : nullptr;
  return text != nullptr ? fmt::format("{} (NVML {})", text, code) : fmt::format("NVML {}", code);
}

std::string Library::driver_version() const { return version_text(calls_.driver_version); }
std::string Library::nvml_version() const { return version_text(calls_.nvml_version); }

Answer<double> read_field(const Calls& calls, Device device, unsigned field, unsigned scope) {
  if (calls.fields == nullptr) return tl::unexpected(kFunctionNotFound);
  FieldValue value;
  value.field = field;
  value.scope = scope;
  if (const int code = calls.fields(device, 1, &value); code != kSuccess) return tl::unexpected(code);
  if (value.result != kSuccess) return tl::unexpected(value.result);
  switch (value.value_type) {
    case 0:
      return number_of<double>(value);
    case 1:
      return number_of<unsigned>(value);
    case 2:
      return number_of<unsigned long>(value);
    case 3:
      return number_of<unsigned long long>(value);
    case 4:
      return number_of<long long>(value);
    case 5:
      return number_of<int>(value);
    case 6:
      return number_of<unsigned short>(value);
    default:
      return tl::unexpected(kNotSupported);
  }
}

std::string ask_text(int (*get)(Device, char*, unsigned), Device device) {
  std::array<char, 97> text{};
  if (get == nullptr || get(device, text.data(), static_cast<unsigned>(text.size() - 1)) != kSuccess)
    return {};
  return text.data();
}

}  // namespace edgeeval::nvml
