// SPDX-License-Identifier: Apache-2.0
#include "probe/perf_energy.hpp"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "probe/rapl.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr const char* kPmu = "sys/bus/event_source/devices/power";

class KernelPerfEvents final : public PerfEvents {
 public:
  Result<int> open(std::uint32_t type, std::uint64_t config, int cpu) override {
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = type;
    attributes.config = config;
    const long descriptor = ::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    if (descriptor < 0) return tl::unexpected(read_failure(errno, "perf_event_open"));
    return static_cast<int>(descriptor);
  }
  Result<std::uint64_t> read(int descriptor) override {
    std::uint64_t count = 0;
    const auto got = ::read(descriptor, &count, sizeof count);
    if (got != static_cast<ssize_t>(sizeof count))
      return tl::unexpected(read_failure(got < 0 ? errno : ENODEV, "perf event"));
    return count;
  }
  void close(int descriptor) override { ::close(descriptor); }
};

/// A descriptor that is closed with its last user.
class Counting {
 public:
  Counting(std::shared_ptr<PerfEvents> events, int descriptor)
      : events_(std::move(events)), descriptor_(descriptor) {}
  Counting(const Counting&) = delete;
  Counting& operator=(const Counting&) = delete;
  ~Counting() { events_->close(descriptor_); }
  [[nodiscard]] Result<std::uint64_t> read() const { return events_->read(descriptor_); }

 private:
  std::shared_ptr<PerfEvents> events_;
  int descriptor_;
};

/// A list of CPUs as the kernel writes it: "0,28", "0-3".
std::vector<int> cpu_list(const std::string& text) {
  std::vector<int> cpus;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    int first = 0;
    const auto [stop, code] = std::from_chars(part.data(), part.data() + part.size(), first);
    if (code != std::errc{}) continue;
    int last = first;
    if (stop != part.data() + part.size() && *stop == '-')
      std::from_chars(stop + 1, part.data() + part.size(), last);
    for (int cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
  }
  return cpus;
}

struct Event {
  const char* name;  ///< As in sysfs.
  const char* zone;  ///< The powercap name of the same domain.
};
/// The kernel's rapl.c; platform first, so that what it holds can name it.
constexpr std::array<Event, 5> kEvents{{{"energy-psys", "psys"},
                                        {"energy-pkg", "package"},
                                        {"energy-cores", "core"},
                                        {"energy-gpu", "uncore"},
                                        {"energy-ram", "dram"}}};

/// The event's number: "event=0x02".
std::optional<std::uint64_t> event_config(const std::string& text) {
  const std::string key = "event=0x";
  std::uint64_t config = 0;
  if (text.rfind(key, 0) != 0) return std::nullopt;
  const auto [stop, code] = std::from_chars(text.data() + key.size(), text.data() + text.size(), config, 16);
  return code == std::errc{} ? std::optional(config) : std::nullopt;
}

/// Which package, and where a package has several CPUs in the mask which die, a CPU stands for.
std::map<int, std::string> places(const Sysfs& sysfs, const std::vector<int>& cpus) {
  std::map<int, std::string> names;
  std::map<std::string, int> seen;
  const auto topology = [&](int cpu, const char* file) {
    return sysfs.text_or_empty(fmt::format("sys/devices/system/cpu/cpu{}/topology/{}", cpu, file));
  };
  for (std::size_t i = 0; i < cpus.size(); ++i) {
    const auto package = topology(cpus[i], "physical_package_id");
    names[cpus[i]] = package.empty() ? std::to_string(i) : package;
    ++seen[names[cpus[i]]];
  }
  for (auto& [cpu, name] : names) {
    if (seen[name] > 1)
      name += fmt::format("-die-{}",
                          topology(cpu, "die_id").empty() ? std::to_string(cpu) : topology(cpu, "die_id"));
  }
  return names;
}

ProbeInfo describe(const Event& event, const std::string& place, int cpu, double scale) {
  auto domain = rapl_domain(event.zone);
  ProbeInfo info;
  info.id = fmt::format("perf:{}-{}", event.zone, place);
  info.title = fmt::format("CPU energy counter (perf {}, package {})", event.name, place);
  info.domain = std::move(domain.domain);
  info.boundary = std::move(domain.boundary);
  info.grade = Grade::measured;
  info.detail = fmt::format("power/{}/ on CPU {}, {:g} J a count", event.name, cpu, scale);
  info.kind = ReadingKind::counter;
  info.device = fmt::format("rapl-{}-{}", event.zone, place);
  info.character = std::move(domain.character);
  return info;
}

/// Opens one event on all CPUs of the mask, or not at all.
Result<std::vector<std::unique_ptr<Probe>>> open_event(const Sysfs& sysfs, const Clock& clock,
                                                       const Event& event,
                                                       const std::map<int, std::string>& cpus,
                                                       const std::shared_ptr<PerfEvents>& events,
                                                       const std::string& psys) {
  const auto folder = fs::path(kPmu) / "events";
  const auto type = sysfs.integer(fs::path(kPmu) / "type");
  const auto config = event_config(sysfs.text_or_empty(folder / event.name));
  const auto scale = sysfs.decimal(folder / (std::string(event.name) + ".scale"));
  const auto unit = sysfs.text_or_empty(folder / (std::string(event.name) + ".unit"));
  if (!type || !config || !scale || unit != "Joules")
    return fail(ErrorCode::unavailable,
                fmt::format("{}: its type, number, scale or unit cannot be read", event.name));
  std::vector<std::unique_ptr<Probe>> probes;
  for (const auto& [cpu, place] : cpus) {
    const auto descriptor = events->open(static_cast<std::uint32_t>(*type), *config, cpu);
    if (!descriptor) return tl::unexpected(descriptor.error());
    auto counting = std::make_shared<const Counting>(events, *descriptor);
    auto info = describe(event, place, cpu, *scale);
    const std::string zone = event.zone;
    if (zone == "core" || zone == "uncore") info.parent = "perf:package-" + place;
    if (zone == "package" || zone == "dram") info.parent = psys;
    probes.push_back(
        std::make_unique<ValueProbe>(std::move(info), clock, [counting, scale = *scale]() -> Result<double> {
          const auto count = counting->read();
          if (!count) return tl::unexpected(count.error());
          return static_cast<double>(*count) * scale;
        }));
  }
  return probes;
}

}  // namespace

std::shared_ptr<PerfEvents> kernel_perf_events() { return std::make_shared<KernelPerfEvents>(); }

std::string perf_help(const Sysfs& sysfs) {
  const auto paranoid = sysfs.text_or_empty("proc/sys/kernel/perf_event_paranoid");
  return fmt::format(
      "kernel.perf_event_paranoid is {}, and this user lacks CAP_PERFMON; sudo sysctl "
      "kernel.perf_event_paranoid=0, or sudo setcap cap_perfmon+ep \"$(command -v edgeeval)\"",
      paranoid.empty() ? "not readable" : paranoid);
}

SourceSet open_perf_energy(const Sysfs& sysfs, const Clock& clock,
                           const std::shared_ptr<PerfEvents>& events) {
  SourceSet set;
  if (sysfs.exists("sys/bus/event_source/devices/power_core"))
    set.notes.emplace_back(
        "CPU counters (perf), power_core: left out: single cores, inside the packages already");
  if (!sysfs.exists(kPmu)) return set;
  const auto cpus = places(sysfs, cpu_list(sysfs.text_or_empty(fs::path(kPmu) / "cpumask")));
  std::string psys;
  for (const auto& event : kEvents) {
    const std::string zone = event.zone;
    if (!sysfs.exists(fs::path(kPmu) / "events" / event.name)) continue;
    if (zone == "psys" && cpus.size() != 1) continue;  // Which packages each holds is not told.
    if (zone == "dram" && memory_unit_is_wrong(sysfs)) {
      set.notes.emplace_back(
          "CPU counters (perf), energy-ram: left out: before Linux 6.8 the kernel scales this CPU's memory "
          "counter "
          "four times too low; a newer kernel helps");
      continue;
    }
    auto probes = open_event(sysfs, clock, event, cpus, events, psys);
    if (!probes) {
      const auto& error = probes.error();
      set.notes.push_back(
          fmt::format("CPU counters (perf), {}: {}", event.name,
                      error.message == "permission denied" ? perf_help(sysfs) : error.message));
      // Without the packages, the parts would look like the whole.
      if (zone == "package") return {{}, std::move(set.notes)};
      continue;
    }
    if (zone == "psys" && !probes->empty()) psys = probes->front()->info().id;
    for (auto& probe : *probes) set.probes.push_back(std::move(probe));
  }
  return set;
}

}  // namespace edgeeval
