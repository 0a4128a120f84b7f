// SPDX-License-Identifier: Apache-2.0
// NVIDIA GPUs as sources of joules, watts and conditions, without linking to their library
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace edgeeval {

/// Something a GPU can tell, found by asking.
struct GpuCapability {
  bool works = false;
  std::string how;      ///< "nvmlDeviceGetTotalEnergyConsumption"; empty where it does not work.
  std::string why_not;  ///< Empty where it works.
};

/// One GPU as its driver describes it.
struct GpuDescription {
  std::string uuid;    ///< "GPU-…"; empty where the driver does not say.
  std::string pci;     ///< "00000000:3B:00.0"; empty where the driver does not say.
  std::string name;    ///< "Tesla T4".
  std::string domain;  ///< "gpu0": counted in the order of PCI addresses, so that it outlives a restart.
  std::string architecture;  ///< "Turing".
  std::optional<double> enforced_limit_w, management_limit_w, default_limit_w;
  std::string
      virtualisation;    ///< "none", "passthrough", "vGPU", "vGPU host", "vSGA host"; empty where unknown.
  bool mig = false;      ///< Partitioned into MIG instances: joules exist for the whole board only.
  bool shared = false;   ///< The board serves others than the instance at hand.
  bool used = false;     ///< Probes were opened: allowed by CUDA_VISIBLE_DEVICES, and something works.
  GpuCapability energy;  ///< Cumulative counter.
  GpuCapability power;   ///< Watts.
  std::vector<std::string> notes;
};

/// What the GPUs of one vendor offer here.
struct NvmlSources {
  std::vector<std::unique_ptr<Probe>>
      probes;  ///< Per device its counter, then its watts, as far as they work.
  std::vector<std::unique_ptr<ConditionSource>> conditions;
  std::vector<GpuDescription> devices;  ///< All that may be opened, in the order of PCI addresses.
  std::vector<std::string> notes;  ///< Devices that may not be opened, how CUDA_VISIBLE_DEVICES was read.
  std::string driver, version;     ///< Of the driver and of NVML; empty where not told.
  bool library = false;            ///< The library could be loaded and started.
  std::string why_not;             ///< Why there is no probe; empty where there is one.
};

/// The library's file name: the environment's EDGEEVAL_NVML_LIBRARY, else "libnvidia-ml.so.1".
[[nodiscard]] std::string nvml_library_name();

/// CUDA_VISIBLE_DEVICES; absent where the environment has none.
[[nodiscard]] std::optional<std::string> cuda_visible_devices();

/// Opens the counter and the watts of every GPU that `visible` (as CUDA reads CUDA_VISIBLE_DEVICES; indices
/// in the order of PCI addresses) allows. Whether a sensor works is found by reading it, never by the model:
/// the counter is read twice, must not go back nor outrun 1.2 × the power limit. Probes are named by UUID
/// ("nvml:GPU-…", with
/// "#power" for watts), so the driver's order does not matter. The library stays open for as long as any
/// probe or condition source lives; `clock` must outlive them. A counter that starts over is passed on as it
/// is.
[[nodiscard]] NvmlSources open_nvml_sources(
    const Clock& clock, const std::string& library = nvml_library_name(),
    const std::optional<std::string>& visible = cuda_visible_devices());

/// One GPU and which of its sensors answered when tried.
struct NvmlDevice {
  std::string name;
  bool energy_counter = false;  ///< The energy counter works.
  bool power = false;           ///< Some way to read watts works.
};

/// What was found.
struct NvmlFinding {
  bool library = false;  ///< The library could be loaded and initialised.
  std::string why_not;   ///< Why there is no library, or no device could be asked.
  std::vector<NvmlDevice> devices;
};

/// Loads `library`, tries each device's sensors, and unloads it.
[[nodiscard]] NvmlFinding inspect_nvml(const std::string& library = nvml_library_name());

}  // namespace edgeeval
