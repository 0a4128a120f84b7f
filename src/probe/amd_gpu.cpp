// SPDX-License-Identifier: Apache-2.0
#include "probe/amd_gpu.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <utility>

#include "probe/default_gain.hpp"

namespace edgeeval {
namespace {

// amdsmi.h: a status is an int with 0 for success, a handle an opaque pointer.
using Handle = void*;
constexpr std::uint64_t kInitGpus = 2;
constexpr double kMicro = 1e-6;

/// The library, started for as long as this object lives.
struct Library {
  Library() = default;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (started) shut_down();
    if (handle != nullptr) ::dlclose(handle);
  }
  void* handle = nullptr;
  bool started = false;
  int (*init)(std::uint64_t) = nullptr;
  int (*shut_down)() = nullptr;
  int (*sockets)(std::uint32_t*, Handle*) = nullptr;
  int (*processors)(Handle, std::uint32_t*, Handle*) = nullptr;
  int (*uuid)(Handle, unsigned*, char*) = nullptr;
  int (*bdf)(Handle, std::uint64_t*) = nullptr;
  int (*energy)(Handle, std::uint64_t*, float*, std::uint64_t*) = nullptr;
  int (*power)(Handle, void*) = nullptr;
};

template <class Function>
void look_up(void* handle, Function& call, const char* name) {
  call = reinterpret_cast<Function>(::dlsym(handle, name));
}

Result<std::shared_ptr<const Library>> open_library(const std::string& name) {
  auto library = std::make_shared<Library>();
  library->handle = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library->handle == nullptr) return fail(ErrorCode::unavailable, name + " is not installed (no ROCm)");
  look_up(library->handle, library->init, "amdsmi_init");
  look_up(library->handle, library->shut_down, "amdsmi_shut_down");
  look_up(library->handle, library->sockets, "amdsmi_get_socket_handles");
  look_up(library->handle, library->processors, "amdsmi_get_processor_handles");
  look_up(library->handle, library->uuid, "amdsmi_get_gpu_device_uuid");
  look_up(library->handle, library->bdf, "amdsmi_get_gpu_device_bdf");
  look_up(library->handle, library->energy, "amdsmi_get_energy_count");
  look_up(library->handle, library->power, "amdsmi_get_power_info");
  if (library->init == nullptr || library->shut_down == nullptr || library->sockets == nullptr ||
      library->processors == nullptr) {
    return fail(ErrorCode::unavailable, name + " lacks calls of AMD SMI");
  }
  if (const int status = library->init(kInitGpus); status != 0)
    return fail(ErrorCode::unavailable, fmt::format("AMD SMI does not start: status {}", status));
  library->started = true;
  return library;
}

/// All handles that `list(&count, handles)` gives.
template <class List>
std::vector<Handle> handles_of(const List& list) {
  std::uint32_t count = 0;
  if (list(&count, nullptr) != 0 || count == 0) return {};
  std::vector<Handle> handles(count);
  if (list(&count, handles.data()) != 0) return {};
  if (count < handles.size()) handles.resize(count);
  return handles;
}

struct Gpu {
  std::shared_ptr<const Library> library;
  Handle handle = nullptr;
  std::string identity;

  [[nodiscard]] Result<double> joules() const {
    std::uint64_t count = 0, stamp_ns = 0;
    float unit_uj = 0.0F;
    if (library->energy == nullptr) return fail(ErrorCode::unavailable, "the library lacks the energy call");
    if (const int status = library->energy(handle, &count, &unit_uj, &stamp_ns); status != 0)
      return fail(ErrorCode::unavailable,
                  fmt::format("GPU {}: energy is refused: AMD SMI status {}", identity, status));
    if (!(unit_uj > 0.0F))
      return fail(ErrorCode::unavailable, "GPU " + identity + ": the counter has no unit");
    return static_cast<double>(count) * static_cast<double>(unit_uj) * kMicro;
  }

  [[nodiscard]] Result<double> watts() const {
    AmdPowerWords words{};
    if (library->power == nullptr) return fail(ErrorCode::unavailable, "the library lacks the power call");
    if (const int status = library->power(handle, words.data()); status != 0)
      return fail(ErrorCode::unavailable,
                  fmt::format("GPU {}: power is refused: AMD SMI status {}", identity, status));
    const auto watts = amd_power_watts(words);
    if (!watts) return fail(ErrorCode::unavailable, "GPU " + identity + ": its power is not supported");
    return *watts;
  }
};

class PowerProbe final : public Probe {
 public:
  PowerProbe(Gpu gpu, ProbeInfo info, const Clock& clock)
      : gpu_(std::move(gpu)), info_(std::move(info)), clock_(clock) {}
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override {
    EnergyReading reading;
    reading.before = clock_.now();
    const auto watts = gpu_.watts();
    reading.after = clock_.now();
    if (!watts) return tl::unexpected(watts.error());
    reading.power = Watts(*watts);
    return reading;
  }

 private:
  Gpu gpu_;
  ProbeInfo info_;
  const Clock& clock_;
};

/// On trial against the watts until they have agreed over kTrialS.
class CounterProbe final : public Probe {
 public:
  CounterProbe(Gpu gpu, ProbeInfo info, const Clock& clock, double joules)
      : gpu_(std::move(gpu)), info_(std::move(info)), clock_(clock), began_(clock.now()), first_j_(joules) {
    add_power();
  }
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override {
    if (!verdict_.empty()) return fail(ErrorCode::unavailable, verdict_);
    EnergyReading reading;
    reading.before = clock_.now();
    const auto joules = gpu_.joules();
    reading.after = clock_.now();
    if (!joules) return tl::unexpected(joules.error());
    if (!trusted_) {
      if (auto why_not = try_against_power(*joules, reading.after); !why_not.empty())
        return fail(ErrorCode::unavailable, std::move(why_not));
    }
    reading.energy = Joules(*joules);
    reading.bounds = {reading.energy, reading.energy};
    return reading;
  }

 private:
  static constexpr double kTrialS = 0.5;
  static constexpr double kFactor = 2.0;
  static constexpr double kIdleSlackW = 1.0;  ///< Power is told in whole watts.

  void add_power() {
    if (const auto watts = gpu_.watts()) {
      power_sum_ += *watts;
      ++powers_;
    }
  }

  /// Why the counter is not trusted at `now`; empty from when on it is.
  std::string try_against_power(double joules, SteadyTime now) {
    add_power();
    const double elapsed = std::chrono::duration<double>(now - began_).count();
    if (elapsed < kTrialS) return "the counter of GPU " + gpu_.identity + " is on trial against its power";
    if (powers_ == 0) {
      verdict_ = "the counter of GPU " + gpu_.identity + " is not used: no power to check it against";
      return verdict_;
    }
    const double counted_w = (joules - first_j_) / elapsed;
    const double shown_w = power_sum_ / powers_;
    trusted_ = counted_w > 0.0 && counted_w <= shown_w * kFactor + kIdleSlackW &&
               counted_w >= shown_w / kFactor - kIdleSlackW;
    if (!trusted_) {
      verdict_ =
          fmt::format("the counter of GPU {} is not used: it rose by {:.1f} W while {:.1f} W were shown",
                      gpu_.identity, counted_w, shown_w);
    }
    return verdict_;
  }

  Gpu gpu_;
  ProbeInfo info_;
  const Clock& clock_;
  SteadyTime began_;
  double first_j_;
  double power_sum_ = 0.0;
  int powers_ = 0;
  bool trusted_ = false;
  std::string verdict_;
};

std::string uuid_of(const Library& library, Handle handle) {
  std::array<char, 64> text{};
  auto length = static_cast<unsigned>(text.size() - 1);
  if (library.uuid == nullptr || library.uuid(handle, &length, text.data()) != 0) return {};
  return text.data();
}

/// amdsmi_bdf_t: function in 3 bits, device in 5, bus in 8, domain in 48.
std::string pci_of(const Library& library, Handle handle) {
  std::uint64_t bits = 0;
  if (library.bdf == nullptr || library.bdf(handle, &bits) != 0) return {};
  return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", bits >> 16U, (bits >> 8U) & 0xffU, (bits >> 3U) & 0x1fU,
                     bits & 0x7U);
}

ProbeInfo info_of(const GpuDescription& gpu, const std::string& identity, ReadingKind kind) {
  const bool counter = kind == ReadingKind::counter;
  ProbeInfo info;
  info.point = "amdsmi:" + identity;
  info.id = counter ? info.point : info.point + "#power";
  info.title = counter ? "AMD GPU energy counter (AMD SMI)" : "AMD GPU power (AMD SMI)";
  info.domain = gpu.domain;
  info.boundary = "board";
  info.detail = counter ? gpu.energy.how : gpu.power.how;
  if (!gpu.pci.empty()) info.detail += ", PCI " + gpu.pci;
  info.kind = kind;
  info.device = identity;
  info.character.resolution = counter ? 15.3e-6 : 1.0;
  info.character.gain_half_width = kUnstudiedGain;
  info.character.origin = "default (AMD GPU, not characterised; 13 %, as of the worst board published)";
  return info;
}

void open_gpu(Gpu gpu, const Clock& clock, std::size_t first_gpu, AmdGpuSources& sources) {
  GpuDescription found;
  found.name = "AMD GPU";
  found.domain = fmt::format("gpu{}", first_gpu + sources.devices.size());
  found.uuid = uuid_of(*gpu.library, gpu.handle);
  found.pci = pci_of(*gpu.library, gpu.handle);
  gpu.identity = found.uuid.empty() ? found.pci : found.uuid;
  const auto joules = gpu.joules();
  const auto watts = gpu.watts();
  found.energy = joules ? GpuCapability{true, "amdsmi_get_energy_count", {}}
                        : GpuCapability{false, {}, joules.error().message};
  found.power = watts ? GpuCapability{true, "amdsmi_get_power_info", {}}
                      : GpuCapability{false, {}, watts.error().message};
  found.used = !gpu.identity.empty() && (joules || watts);
  if (found.used && joules) {
    sources.probes.push_back(std::make_unique<CounterProbe>(
        gpu, info_of(found, gpu.identity, ReadingKind::counter), clock, *joules));
  }
  if (found.used && watts) {
    sources.probes.push_back(
        std::make_unique<PowerProbe>(gpu, info_of(found, gpu.identity, ReadingKind::power), clock));
  }
  if (gpu.identity.empty()) found.notes.emplace_back("not used: it has neither a UUID nor a PCI address");
  sources.devices.push_back(std::move(found));
}

}  // namespace

std::optional<double> amd_power_watts(const AmdPowerWords& words) {
  // All ones in 16 or 32 bits: not supported.
  const auto told = [](std::uint32_t word) { return word != 0xffffffffU && word != 0xffffU; };
  if (told(words[0])) return words[0];
  // The upper half of the newer layout's first number is 0 or all ones; the older one's average is neither.
  if (told(words[1]) && words[1] != 0) return words[1];
  return std::nullopt;
}

AmdGpuSources open_amd_gpu_sources(const Clock& clock, const std::string& library, std::size_t first_gpu) {
  AmdGpuSources sources;
  auto opened = open_library(library);
  if (!opened) {
    sources.why_not = opened.error().message;
    return sources;
  }
  sources.library = true;
  const auto& calls = **opened;
  for (Handle socket :
       handles_of([&](std::uint32_t*count, Handle*list) { return calls.sockets(count, list); })) {
    for (Handle handle : handles_of(
             [&](std::uint32_t*count, Handle*list) { return calls.processors(socket, count, list); })) {
      open_gpu({*opened, handle, {}}, clock, first_gpu, sources);
    }
  }
  if (sources.devices.empty()) sources.why_not = "AMD SMI starts, but shows no GPU";
  if (!sources.devices.empty() && sources.probes.empty())
    sources.why_not = "AMD SMI refuses energy and power: " + sources.devices.front().energy.why_not;
  return sources;
}

}  // namespace edgeeval
