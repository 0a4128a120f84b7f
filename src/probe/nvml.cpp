// SPDX-License-Identifier: Apache-2.0
#include "probe/nvml.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <memory>

namespace edgeeval {
namespace {

// The calls below as nvml.h (API 13) declares them: nvmlReturn_t is an int with 0 for success, a device an
// opaque pointer.
constexpr int kSuccess = 0;
using Device = void*;
using Plain = int (*)();
using Count = int (*)(unsigned*);
using HandleByIndex = int (*)(unsigned, Device*);
using Name = int (*)(Device, char*, unsigned);
using Energy = int (*)(Device, unsigned long long*);
using Power = int (*)(Device, unsigned*);
using ErrorText = const char* (*)(int);

struct CloseLibrary {
  void operator()(void* handle) const { ::dlclose(handle); }
};
using Library = std::unique_ptr<void, CloseLibrary>;

template <class Function>
Function symbol(const Library& library, const char* name) {
  return reinterpret_cast<Function>(::dlsym(library.get(), name));
}

NvmlDevice inspect_device(const Library& library, Device device) {
  NvmlDevice found;
  std::array<char, 96> name{};
  if (const auto get = symbol<Name>(library, "nvmlDeviceGetName");
      get != nullptr && get(device, name.data(), static_cast<unsigned>(name.size())) == kSuccess) {
    found.name = name.data();
  }
  unsigned long long millijoules = 0;
  if (const auto get = symbol<Energy>(library, "nvmlDeviceGetTotalEnergyConsumption")) {
    found.energy_counter = get(device, &millijoules) == kSuccess;
  }
  unsigned milliwatts = 0;
  if (const auto get = symbol<Power>(library, "nvmlDeviceGetPowerUsage")) {
    found.power = get(device, &milliwatts) == kSuccess;
  }
  return found;
}

}  // namespace

NvmlFinding inspect_nvml(const std::string& name) {
  NvmlFinding finding;
  const Library library(::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (!library) {
    finding.why_not = name + " is not installed (no NVIDIA driver)";
    return finding;
  }
  const auto init = symbol<Plain>(library, "nvmlInit_v2");
  const auto shutdown = symbol<Plain>(library, "nvmlShutdown");
  const auto count = symbol<Count>(library, "nvmlDeviceGetCount_v2");
  const auto handle = symbol<HandleByIndex>(library, "nvmlDeviceGetHandleByIndex_v2");
  if (init == nullptr || shutdown == nullptr || count == nullptr || handle == nullptr) {
    finding.why_not = name + " lacks the calls of NVML's second API";
    return finding;
  }
  if (const int code = init(); code != kSuccess) {
    const auto text = symbol<ErrorText>(library, "nvmlErrorString");
    finding.why_not =
        fmt::format("NVML does not start: {}", text != nullptr ? text(code) : std::to_string(code).c_str());
    return finding;
  }
  finding.library = true;
  unsigned devices = 0;
  if (count(&devices) != kSuccess) devices = 0;
  for (unsigned i = 0; i < devices; ++i) {
    Device device = nullptr;
    if (handle(i, &device) == kSuccess) finding.devices.push_back(inspect_device(library, device));
  }
  if (finding.devices.empty()) finding.why_not = "NVML starts, but no GPU may be opened";
  shutdown();
  return finding;
}

}  // namespace edgeeval
