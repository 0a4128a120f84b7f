// SPDX-License-Identifier: Apache-2.0
// AMD GPUs as sources of joules and watts through AMD's management library, without linking to it
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probe/nvml.hpp"

namespace edgeeval {

/// What AMD's GPUs offer here.
struct AmdGpuSources {
  std::vector<std::unique_ptr<Probe>>
      probes;  ///< Per device its counter, then its watts, as far as they answer.
  std::vector<GpuDescription> devices;
  bool library = false;  ///< The library could be loaded and started.
  std::string why_not;   ///< Why there is no probe; empty where there is one.
};

/// Opens the energy counter and the watts of every AMD GPU through libamd_smi (AMD SMI API reference:
/// amdsmi_get_energy_count, amdsmi_get_power_info). Such counters have been seen to stand still, to go back
/// and to be off by far, so a counter's readings fail until it has been compared with the watts for half a
/// second, and for good where the two are further apart than a factor of two. Not tried on hardware: written
/// from the library's public header and tested on a fake. The library stays open for as long as a probe
/// lives; `clock` must outlive it. Their domains are counted on from `first_gpu`: "gpu1" after one of another maker.
[[nodiscard]] AmdGpuSources open_amd_gpu_sources(const Clock& clock,
                                                 const std::string& library = "libamd_smi.so",
                                                 std::size_t first_gpu = 0);

/// The first words of amdsmi_power_info_t.
using AmdPowerWords = std::array<std::uint32_t, 128>;

/// Watts in amdsmi_power_info_t, whose layout changed between releases: {u32 current, u32 average, …} at
/// first, {u64 socket, u32 current, u32 average, …} since 2025. Either way the first word is the power where
/// it is supported, else the second is in the older layout. What a device does not support is all ones.
/// Absent where no word is a power.
[[nodiscard]] std::optional<double> amd_power_watts(const AmdPowerWords& words);

}  // namespace edgeeval
