// SPDX-License-Identifier: Apache-2.0
#include "probe/rapl.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <system_error>

#include "core/files.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr double kMicro = 1e-6;
/// No single package draws more for longer than a moment.
constexpr double kCeilingWatts = 1000.0;
/// The hardware refreshes its counters about once a millisecond.
constexpr auto kRefresh = std::chrono::milliseconds(1);

Result<std::uint64_t> read_number(const fs::path& path) {
  auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  std::uint64_t number = 0;
  const auto* const end = text->data() + text->size();
  if (std::from_chars(text->data(), end, number).ec != std::errc{}) {
    return fail(ErrorCode::unavailable, "not a counter value: \"" + *text + "\"", path.string());
  }
  return number;
}

std::string trimmed_text(const fs::path& path) {
  auto text = read_file(path).value_or(std::string());
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace

std::vector<RaplZone> find_rapl_zones(const fs::path& root) {
  std::vector<RaplZone> zones;
  std::error_code status;
  for (const auto& entry : fs::directory_iterator(root / "sys/class/powercap", status)) {
    const auto folder_name = entry.path().filename().string();
    if (folder_name.rfind("intel-rapl:", 0) != 0) continue;
    const auto range = read_number(entry.path() / "max_energy_range_uj");
    const bool nested = std::count(folder_name.begin(), folder_name.end(), ':') > 1;
    zones.push_back({trimmed_text(entry.path() / "name"), entry.path(), nested, range.value_or(0)});
  }
  std::sort(zones.begin(), zones.end(),
            [](const RaplZone& a, const RaplZone& b) { return a.folder < b.folder; });
  return zones;
}

void WrappingCounter::add(std::uint64_t value, double elapsed_s) {
  // The modulus is the range plus one hardware unit (61 µJ or less); one µJ more is close enough.
  const std::uint64_t step = value >= last_ ? value - last_ : value + (range_ - std::min(last_, range_)) + 1;
  last_ = value;
  const double joules = static_cast<double>(step) * kMicro;
  joules_ += joules;
  const bool unsure = kCeilingWatts * elapsed_s > 0.5 * static_cast<double>(range_) * kMicro;
  joules_hi_ += unsure ? std::max(joules, kCeilingWatts * elapsed_s) : joules;
}

Result<std::unique_ptr<Probe>> RaplProbe::open(const RaplZone& zone, const Clock& clock) {
  auto first = read_number(zone.folder / "energy_uj");
  if (!first) return fail(ErrorCode::unavailable, first.error().message, zone.name);
  return std::unique_ptr<Probe>(new RaplProbe(zone, clock, *first));
}

RaplProbe::RaplProbe(const RaplZone& zone, const Clock& clock, std::uint64_t first)
    : info_{"rapl:" + zone.folder.filename().string().substr(std::string("intel-rapl:").size()) + ":" +
                zone.name,
            "CPU energy counter (RAPL " + zone.name + ")",
            zone.name == "dram" ? "dram" : "cpu",
            zone.name == "dram" ? "memory" : "package",
            "",
            Grade::measured,
            "powercap zone " + zone.name},
      counter_file_(zone.folder / "energy_uj"),
      clock_(clock),
      last_(clock.now()),
      counter_(zone.range_uj, first) {}

Result<EnergyReading> RaplProbe::read() {
  EnergyReading reading;
  reading.before = clock_.now() - kRefresh;  // The value may be that old already.
  const auto value = read_number(counter_file_);
  reading.after = clock_.now();
  if (!value) return tl::unexpected(value.error());
  counter_.add(*value, std::chrono::duration<double>(reading.after - last_).count());
  last_ = reading.after;
  reading.energy = Joules(counter_.joules());
  reading.bounds = {reading.energy, Joules(counter_.joules_hi())};
  return reading;
}

}  // namespace edgeeval
