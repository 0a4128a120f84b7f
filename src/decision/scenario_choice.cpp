// SPDX-License-Identifier: Apache-2.0
// The scenario that fits a record: its machine among the tables' devices, its boundary, its date.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <edgeeval/record.hpp>
#include <set>
#include <utility>

#include "core/has_word.hpp"
#include "decision/price_tables.hpp"
#include "decision/scenario.hpp"

namespace edgeeval {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Words by which machines name their accelerator, and the device in the tables.
constexpr std::array<std::pair<const char*, const char*>, 6> kAccelerators{{{"a100", "a100-80gb"},
                                                                            {"h100", "h100"},
                                                                            {"rtx 4090", "rtx-4090"},
                                                                            {"rtx 5090", "rtx-5090"},
                                                                            {"l4", "l4"},
                                                                            {"t4", "t4"}}};

/// What the record says of its accelerators: devices of energy sources other than CPU, memory and wall.
std::set<std::string> accelerators_of(const RunRecord& record) {
  std::set<std::string> found;
  for (const auto& [id, stage] : record.stages) {
    for (const auto& window : stage.windows) {
      for (const auto& entry : window.energy) {
        if (entry.domain.starts_with("gpu") || entry.boundary == "board")
          found.insert(entry.device.empty() ? entry.domain : entry.device);
      }
    }
  }
  return found;
}

std::string setting(const RunRecord& record, std::string_view key) {
  const auto found = std::find_if(record.settings.begin(), record.settings.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  return found == record.settings.end() ? std::string() : found->second;
}

/// The device of the tables that the record ran on; empty where that cannot be told.
std::string device_of(const RunRecord& record) {
  if (auto told = setting(record, "device"); !told.empty()) return told;
  const auto accelerators = accelerators_of(record);
  if (accelerators.empty()) return "vm-2cpu";
  std::string words;
  for (const auto& name : accelerators) words += lower(name) + "\n";
  if (!record.sittings.empty()) {
    for (const auto& [key, value] : record.sittings.back().environment)
      if (key.starts_with("gpu")) words += lower(value) + "\n";
  }
  for (const auto& [word, device] : kAccelerators) {
    if (!has_word(words, word)) continue;
    if (accelerators.size() == 1) return device;
    return std::string_view(device) == "t4" && accelerators.size() == 2 ? "t4x2" : "";
  }
  return "";
}

/// The boundary of the joules that are counted while serving, as the table of boundaries names it.
std::string boundary_of(const RunRecord& record) {
  std::set<std::string> found;
  for (const auto& [id, stage] : record.stages) {
    if (stage.kind != "serve") continue;
    for (const auto& window : stage.windows) {
      for (const auto& entry : window.energy)
        found.insert(entry.domain == "wall" ? "wall"
                                            : (entry.boundary == "shared board" ? "board" : entry.boundary));
    }
  }
  for (const char* whole : {"wall", "platform", "vcpu"}) {
    if (found.contains(whole)) return whole;
  }
  const bool board = found.contains("board");
  if (found.contains("package")) return board ? "board-and-package" : "package";
  return board ? "board" : "unknown";
}

}  // namespace

std::string date_of(const RunRecord& record) {
  if (record.sittings.empty()) return {};
  const auto& last = record.sittings.back();
  const auto date = (last.ended.empty() ? last.started : last.ended).substr(0, 10);
  return is_date(date) ? date : std::string();
}

Result<CostScenario> scenario_for(const RunRecord& record) {
  const auto today = date_of(record);
  auto scenario = default_scenario(today);
  if (!scenario) return scenario;
  const auto device = device_of(record);
  std::string unknown;
  if (device.empty() || scenario->tables->find("device", device).empty()) {
    unknown = fmt::format(
        "the tables have no price of the machine this ran on; {} stands in: name one with device=, or set "
        "rent_usd_per_h",
        scenario->chosen.at("device"));
  } else if (auto chosen = choose_rows(*scenario, "device", device); !chosen) {
    return tl::unexpected(chosen.error());
  }
  const auto boundary = boundary_of(record);
  if (!scenario->tables->find("boundary", boundary).empty()) {
    if (auto chosen = choose_rows(*scenario, "boundary", boundary); !chosen)
      return tl::unexpected(chosen.error());
  }
  scenario->unknown_machine = std::move(unknown);
  check_ages(*scenario, today);
  return scenario;
}

Result<CostScenario> scenario_of_run(const RunRecord& record, const std::filesystem::path& run_folder,
                                     const std::filesystem::path& file) {
  auto scenario = scenario_for(record);
  if (!scenario) return scenario;
  const auto own = run_folder / "scenario.yaml";
  std::error_code ignored;
  const bool has_own = !run_folder.empty() && std::filesystem::exists(own, ignored);
  if (file.empty() && !has_own) return scenario;
  return read_scenario(file.empty() ? own : file, std::move(*scenario), date_of(record));
}

}  // namespace edgeeval
