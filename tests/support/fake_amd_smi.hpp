// SPDX-License-Identifier: Apache-2.0
// AMD's management library with one GPU that does what a test says
#pragma once

#include <cstdint>

namespace edgeeval::fake_amd_smi {

/// The GPU; a status other than 0 refuses a call.
struct State {
  std::uint64_t counter = 1000;
  float unit_uj = 15.3F;
  std::uint32_t watts = 100;
  bool new_layout = false;  ///< Of amdsmi_power_info_t.
  int init_status = 0, energy_status = 0, power_status = 0, identity_status = 0;
  int starts = 0, ends = 0;
};

/// Name of the function that gives the state of the loaded library: `State* edgeeval_fake_amd_smi_state()`.
inline constexpr const char* kStateSymbol = "edgeeval_fake_amd_smi_state";

}  // namespace edgeeval::fake_amd_smi
