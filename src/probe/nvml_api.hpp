// SPDX-License-Identifier: Apache-2.0
// NVIDIA's management library, loaded by name: its calls and layouts as nvml.h (API 13) declares them
#pragma once

#include <cstddef>
#include <cstdint>
#include <edgeeval/result.hpp>
#include <memory>
#include <string>

namespace edgeeval::nvml {

/// A device as the library hands it out.
using Device = void*;

// nvmlReturn_t.
inline constexpr int kSuccess = 0;
inline constexpr int kNotSupported = 3;
inline constexpr int kNoPermission = 4;
inline constexpr int kInsufficientSize = 7;
inline constexpr int kFunctionNotFound = 13;
inline constexpr int kGpuIsLost = 15;

// Field identifiers and scopes of nvmlDeviceGetFieldValues.
inline constexpr unsigned kFieldPowerAverage = 185;
inline constexpr unsigned kFieldPowerInstant = 186;
inline constexpr unsigned kFieldEnergy = 191;
inline constexpr unsigned kScopeGpu = 0;
inline constexpr unsigned kScopeModule = 1;

/// nvmlFieldValue_t: `result` is the field's own return code and stands beside that of the call.
struct FieldValue {
  std::uint32_t field = 0;
  std::uint32_t scope = 0;
  std::int64_t timestamp_us = 0;
  std::int64_t latency_us = 0;
  int value_type = 0;  ///< nvmlValueType_t: 0 double, 1 u32, 2 unsigned long, 3 u64, 4 i64, 5 i32, 6 u16.
  int result = 0;
  unsigned char value[8] = {};
};
static_assert(sizeof(FieldValue) == 40);
static_assert(offsetof(FieldValue, timestamp_us) == 8 && offsetof(FieldValue, latency_us) == 16);
static_assert(offsetof(FieldValue, value_type) == 24 && offsetof(FieldValue, result) == 28);
static_assert(offsetof(FieldValue, value) == 32);

/// nvmlPciInfo_t.
struct PciInfo {
  char bus_id_legacy[16] = {};
  std::uint32_t domain = 0, bus = 0, device = 0, device_id = 0, subsystem_id = 0;
  char bus_id[32] = {};
};
static_assert(sizeof(PciInfo) == 68 && offsetof(PciInfo, bus_id) == 36);

/// nvmlUtilization_t (%).
struct Utilization {
  std::uint32_t gpu = 0, memory = 0;
};

/// nvmlProcessInfo_t of the second and third version.
struct ProcessInfo {
  std::uint32_t pid = 0;
  std::uint64_t memory_b = 0;
  std::uint32_t gpu_instance = 0, compute_instance = 0;
};
static_assert(sizeof(ProcessInfo) == 24 && offsetof(ProcessInfo, memory_b) == 8);

/// The library's calls; one that it lacks is null.
struct Calls {
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  const char* (*error_string)(int) = nullptr;
  int (*driver_version)(char*, unsigned) = nullptr;
  int (*nvml_version)(char*, unsigned) = nullptr;
  int (*count)(unsigned*) = nullptr;
  int (*by_index)(unsigned, Device*) = nullptr;
  int (*by_uuid)(const char*, Device*) = nullptr;
  int (*name)(Device, char*, unsigned) = nullptr;
  int (*uuid)(Device, char*, unsigned) = nullptr;
  int (*pci)(Device, PciInfo*) = nullptr;
  int (*architecture)(Device, unsigned*) = nullptr;
  int (*energy)(Device, unsigned long long*) = nullptr;
  int (*power)(Device, unsigned*) = nullptr;
  int (*fields)(Device, int, FieldValue*) = nullptr;
  int (*enforced_limit)(Device, unsigned*) = nullptr;
  int (*management_limit)(Device, unsigned*) = nullptr;
  int (*default_limit)(Device, unsigned*) = nullptr;
  int (*temperature)(Device, int, unsigned*) = nullptr;
  int (*clock)(Device, int, unsigned*) = nullptr;
  int (*performance_state)(Device, int*) = nullptr;
  int (*event_reasons)(Device, unsigned long long*) = nullptr;
  int (*utilization)(Device, Utilization*) = nullptr;
  int (*processes)(Device, unsigned*, ProcessInfo*) = nullptr;
  int (*persistence)(Device, int*) = nullptr;
  int (*virtualization)(Device, int*) = nullptr;
  int (*mig_mode)(Device, unsigned*, unsigned*) = nullptr;
  int (*parent_of_mig)(Device, Device*) = nullptr;
};

/// The library, loaded and initialised for as long as this object lives: without another client the driver
/// may tear its state down between two readings, and the energy counter with it. Calls are safe from any
/// thread.
class Library {
 public:
  /// Loads and starts `name`. Errors: unavailable where there is no such library, it lacks NVML's second API,
  /// or it does not start.
  [[nodiscard]] static Result<std::shared_ptr<const Library>> open(const std::string& name);
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library();

  [[nodiscard]] const Calls& calls() const { return calls_; }
  /// "Not Supported (NVML 3)".
  [[nodiscard]] std::string error_text(int code) const;
  /// Driver and NVML version; empty where the library does not say.
  [[nodiscard]] std::string driver_version() const;
  [[nodiscard]] std::string nvml_version() const;

 private:
  explicit Library(void* handle);
  void* handle_;
  bool started_ = false;
  Calls calls_;
};

/// A number that the library gave, or its return code.
template <class T>
using Answer = tl::expected<T, int>;

/// One field as a number: the code of the call, then the field's own, decide; the bytes count only after
/// both.
[[nodiscard]] Answer<double> read_field(const Calls& calls, Device device, unsigned field, unsigned scope);

/// `get(device, &value)` as an Answer; FUNCTION_NOT_FOUND where the library lacks the call.
template <class T>
[[nodiscard]] Answer<T> ask(int (*get)(Device, T*), Device device) {
  if (get == nullptr) return tl::unexpected(kFunctionNotFound);
  T value{};
  if (const int code = get(device, &value); code != kSuccess) return tl::unexpected(code);
  return value;
}

/// The text that `get(device, buffer, length)` writes; empty where it fails.
[[nodiscard]] std::string ask_text(int (*get)(Device, char*, unsigned), Device device);

}  // namespace edgeeval::nvml
