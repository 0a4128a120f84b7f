// SPDX-License-Identifier: Apache-2.0
#include "support/fake_amd_smi.hpp"

#include <cstring>

namespace {
edgeeval::fake_amd_smi::State& state() {
  static edgeeval::fake_amd_smi::State instance;
  return instance;
}

int one_handle(std::uint32_t* count, void** handles) {
  if (handles != nullptr) handles[0] = &state();
  *count = 1;
  return 0;
}
}  // namespace

extern "C" {
edgeeval::fake_amd_smi::State* edgeeval_fake_amd_smi_state() { return &state(); }

int amdsmi_init(std::uint64_t /*flags*/) {
  ++state().starts;
  return state().init_status;
}
int amdsmi_shut_down() {
  ++state().ends;
  return 0;
}
int amdsmi_get_socket_handles(std::uint32_t* count, void** handles) { return one_handle(count, handles); }
int amdsmi_get_processor_handles(void* /*socket*/, std::uint32_t* count, void** handles) {
  return one_handle(count, handles);
}
int amdsmi_get_gpu_device_uuid(void* /*gpu*/, unsigned* length, char* text) {
  if (state().identity_status != 0) return state().identity_status;
  constexpr char kUuid[] = "21ff74a1-0000-1000-80e9-a41d30ae7a59";
  if (*length < sizeof kUuid) return 1;
  std::memcpy(text, kUuid, sizeof kUuid);
  return 0;
}
int amdsmi_get_gpu_device_bdf(void* /*gpu*/, std::uint64_t* bits) {
  *bits = (std::uint64_t{1} << 16U) | (0xc1U << 8U) | (2U << 3U) | 1U;
  return 0;
}
int amdsmi_get_energy_count(void* /*gpu*/, std::uint64_t* count, float* unit_uj, std::uint64_t* stamp_ns) {
  *count = state().counter;
  *unit_uj = state().unit_uj;
  *stamp_ns = 0;
  return state().energy_status;
}
int amdsmi_get_power_info(void* /*gpu*/, void* info) {
  const std::uint32_t old_words[3] = {0xffffffffU, state().watts, 900};
  const std::uint32_t new_words[4] = {state().watts, 0, 0xffffffffU, state().watts};
  if (state().new_layout) {
    std::memcpy(info, new_words, sizeof new_words);
  } else {
    std::memcpy(info, old_words, sizeof old_words);
  }
  return state().power_status;
}
}
