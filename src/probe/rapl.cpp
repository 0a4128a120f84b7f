// SPDX-License-Identifier: Apache-2.0
#include "probe/rapl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <sstream>
#include <tuple>
#include <utility>

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr double kMicro = 1e-6;
constexpr const char* kPrefix = "intel-rapl:";
/// 32 bits of 2^-16 J, the shortest turn in use: taken where the kernel does not tell the range.
constexpr double kShortestTurnJoules = 65536.0;
/// A counter read just after its refresh, then just before one, shows that much more time than has passed.
constexpr double kRefreshSlackSeconds = 0.1;
constexpr std::int64_t kClearlyBelowUj = 1'000'000;  ///< So far below the last total a restart is seen.
constexpr double kGlitch = 1.2;                      ///< Steps beyond this many ceilings are no energy.

/// No maker states an accuracy, and what others found differs. Measured from Haswell-EP on, where it was
/// modelled before (Hackenberg et al., "An Energy Efficiency Feature Survey of the Intel Haswell Processor",
/// IPDPSW 2015); "highly correlated with plug power" (Khan et al., "RAPL in Action", ACM TOMPECS 3(2), 2018);
/// dynamic energy off by 73 % on average against a wall meter, which sees more than the package (Fahad et
/// al., Energies 12(11):2204, 2019). So the figure is assumed; a calibration replaces it.
constexpr double kPackageGain = 0.10;
/// Desrochers, Paradis, Weaver, "A Validation of DRAM RAPL Power Measurements", MEMSYS 2016: usually a
/// constant offset that differs between systems, best at heavy use, worst at rest, better on servers.
/// Assumed.
constexpr double kMemoryGain = 0.20;

bool is_package(const std::string& name) { return name.rfind("package", 0) == 0; }

std::string zone_id(const RaplZone& zone) {
  return "rapl:" + zone.folder.filename().string().substr(std::string(kPrefix).size()) + ":" + zone.name;
}

/// The zone whose folder name holds that of `zone`.
const RaplZone* holder(const std::vector<RaplZone>& zones, const RaplZone& zone) {
  const auto name = zone.folder.filename().string();
  const auto outer = name.substr(0, name.rfind(':'));
  const auto found = std::find_if(zones.begin(), zones.end(),
                                  [&](const RaplZone& other) { return other.folder.filename() == outer; });
  return zone.nested && found != zones.end() ? &*found : nullptr;
}

std::string how_to_read(const Error& error) {
  return error.message == "permission denied"
             ? "only root may read them since Linux 5.10 (PLATYPUS, CVE-2020-8694); sudo chmod a+r "
               "/sys/class/powercap/intel-rapl:*/energy_uj"
             : error.message;
}

}  // namespace

std::vector<RaplZone> find_rapl_zones(const Sysfs& sysfs) {
  std::vector<RaplZone> zones;
  for (const auto& folder : sysfs.list("sys/class/powercap")) {
    const auto folder_name = folder.filename().string();
    if (folder_name.rfind(kPrefix, 0) != 0) continue;
    const bool nested = std::count(folder_name.begin(), folder_name.end(), ':') > 1;
    zones.push_back({sysfs.text_or_empty(folder / "name"), folder, nested,
                     sysfs.counter(folder / "max_energy_range_uj").value_or(0)});
  }
  return zones;
}

RaplDomain rapl_domain(const std::string& zone_name) {
  RaplDomain result{"cpu", "package", 1000.0, {}};
  double gain = kPackageGain;
  std::string origin = "default (RAPL: the makers state no accuracy; 10 % is assumed)";
  if (zone_name == "core") result = {"cpu-core", "cores", 1000.0, {}};
  if (zone_name == "uncore") result = {"cpu-uncore", "uncore", 1000.0, {}};
  if (zone_name == "psys") result = {"platform", "platform", 2000.0, {}};
  if (zone_name == "dram") {
    result = {"dram", "memory", 500.0, {}};
    gain = kMemoryGain;
    origin = "default (DRAM RAPL is off by an offset, most at rest; 20 % is assumed)";
  }
  result.character.period = Seconds(1e-3);
  result.character.resolution = 61e-6;
  result.character.gain_half_width = gain;
  result.character.ceiling = Watts(result.ceiling_w);
  result.character.origin = std::move(origin);
  return result;
}

double WrappingCounter::longest_gap_s() const {
  const double turn = range_ == 0 ? kShortestTurnJoules : static_cast<double>(range_) * kMicro;
  return turn / (4.0 * ceiling_w_);
}

WrappingCounter::Step WrappingCounter::add(std::uint64_t value, double elapsed_s) {
  const auto last = std::exchange(last_, value);
  if (elapsed_s > longest_gap_s()) return restart(Step::gap);
  std::uint64_t step = value - last;
  if (value < last) {
    if (range_ == 0 || last > range_) return restart(Step::reset);
    // The modulus is the range plus one hardware unit (61 µJ or less); one µJ more is close enough.
    step = value + (range_ - last) + 1;
    if (static_cast<double>(step) * kMicro > kGlitch * ceiling_w_ * (elapsed_s + kRefreshSlackSeconds))
      return restart(Step::reset);
  }
  total_uj_ += static_cast<std::int64_t>(step);
  return Step::counted;
}

WrappingCounter::Step WrappingCounter::restart(Step why) {
  total_uj_ = std::min<std::int64_t>(0, total_uj_ - kClearlyBelowUj);
  return why;
}

Result<std::unique_ptr<Probe>> RaplProbe::open(const RaplZone& zone, const Clock& clock, const Sysfs& sysfs) {
  auto first = sysfs.counter(zone.folder / "energy_uj");
  if (!first) return fail(ErrorCode::unavailable, first.error().message, zone.name);
  return std::unique_ptr<Probe>(new RaplProbe(zone, clock, sysfs, *first));
}

RaplProbe::RaplProbe(const RaplZone& zone, const Clock& clock, Sysfs sysfs, std::uint64_t first)
    : counter_file_(zone.folder / "energy_uj"),
      clock_(clock),
      sysfs_(std::move(sysfs)),
      last_(clock.now()),
      counter_(zone.range_uj, first, rapl_domain(zone.name).ceiling_w) {
  auto domain = rapl_domain(zone.name);
  info_.id = zone_id(zone);
  info_.title = "CPU energy counter (RAPL " + zone.name + ")";
  info_.domain = std::move(domain.domain);
  info_.boundary = std::move(domain.boundary);
  info_.grade = Grade::measured;
  info_.detail = "powercap zone " + zone.name;
  info_.kind = ReadingKind::counter;
  info_.device = zone.folder.filename().string() + ":" + zone.name;
  info_.character = std::move(domain.character);
}

Result<EnergyReading> RaplProbe::read() {
  EnergyReading reading;
  reading.before = clock_.now();
  const auto value = sysfs_.counter(counter_file_);
  reading.after = clock_.now();
  if (!value) return tl::unexpected(value.error());
  const double elapsed_s =
      std::chrono::duration<double>(reading.after - std::exchange(last_, reading.after)).count();
  // After a gap or a reset the total starts over below its last value, which is how a counter tells a reset.
  std::ignore = counter_.add(*value, elapsed_s);
  reading.energy = Joules(counter_.joules());
  reading.bounds = {reading.energy, reading.energy};
  return reading;
}

bool memory_unit_is_wrong(const Sysfs& sysfs) {
  std::istringstream lines(sysfs.text_or_empty("proc/cpuinfo"));
  std::string family;
  std::string model;
  for (std::string line; std::getline(lines, line) && (family.empty() || model.empty());) {
    const auto value = line.substr(std::min(line.find(':') + 2, line.size()));
    if (line.rfind("cpu family", 0) == 0) family = value;
    if (line.rfind("model\t", 0) == 0 || line.rfind("model ", 0) == 0) {
      if (line.rfind("model name", 0) != 0) model = value;
    }
  }
  if (family != "6" || (model != "143" && model != "207")) return false;
  int found_major = 0;
  int found_minor = 0;
  char dot = 0;
  std::istringstream release(sysfs.text_or_empty("proc/sys/kernel/osrelease"));
  release >> found_major >> dot >> found_minor;
  return std::pair(found_major, found_minor) < std::pair(6, 8);
}

namespace {

/// The zones that `wanted` picks, opened; none where one of them fails, with a note.
std::map<std::string, std::unique_ptr<Probe>> open_all(const std::vector<RaplZone>& zones, const Sysfs& sysfs,
                                                       const Clock& clock,
                                                       bool (*wanted)(const std::string& name),
                                                       std::vector<std::string>& notes) {
  std::map<std::string, std::unique_ptr<Probe>> opened;
  for (const auto& zone : zones) {
    if (!wanted(zone.name)) continue;
    auto probe = RaplProbe::open(zone, clock, sysfs);
    if (!probe) {
      notes.push_back(fmt::format("CPU counters (powercap), {}: {}", zone.name, how_to_read(probe.error())));
      return {};
    }
    opened.emplace(zone_id(zone), std::move(*probe));
  }
  return opened;
}

/// The point that contains `zone`, among those that are open: `psys` or empty, and the packages.
std::string parent_of(const std::vector<RaplZone>& zones, const RaplZone& zone, const std::string& psys) {
  if (zone.name == "psys") return {};
  const auto* package = holder(zones, zone);
  // Memory stands below its package's folder and is not fed through it.
  return zone.name == "dram" || package == nullptr ? psys : zone_id(*package);
}

}  // namespace

SourceSet open_rapl(const Sysfs& sysfs, const Clock& clock) {
  SourceSet set;
  const auto zones = find_rapl_zones(sysfs);
  auto packages = open_all(zones, sysfs, clock, is_package, set.notes);
  std::map<std::string, std::unique_ptr<Probe>> opened;
  if (memory_unit_is_wrong(sysfs)) {
    set.notes.emplace_back(
        "CPU counters (powercap), dram: left out: kernels before 6.8 scale this CPU's memory counter "
        "wrongly");
  } else {
    opened = open_all(
        zones, sysfs, clock, [](const std::string& name) { return name == "dram"; }, set.notes);
  }
  std::string psys;
  if (!packages.empty()) {
    auto platforms = open_all(
        zones, sysfs, clock, [](const std::string& name) { return name == "psys"; }, set.notes);
    if (platforms.size() == 1) {
      psys = platforms.begin()->first;
      opened.merge(platforms);
    } else if (!platforms.empty()) {
      set.notes.emplace_back(
          "CPU counters (powercap), psys: several, and which packages each holds is not told");
    }
    opened.merge(open_all(
        zones, sysfs, clock, [](const std::string& name) { return name == "core" || name == "uncore"; },
        set.notes));
  }
  opened.merge(packages);
  for (const auto& zone : zones) {
    const auto found = opened.find(zone_id(zone));
    if (found == opened.end()) continue;
    static_cast<RaplProbe&>(*found->second).set_parent(parent_of(zones, zone, psys));
    set.probes.push_back(std::move(found->second));
  }
  return set;
}

}  // namespace edgeeval
