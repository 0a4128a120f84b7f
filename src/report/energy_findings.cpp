// SPDX-License-Identifier: Apache-2.0
#include "report/energy_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "core/text.hpp"
#include "record/ledger.hpp"
#include "report/rows.hpp"

namespace edgeeval {
namespace {

constexpr double kFullCoverage = 0.95;
constexpr double kNotableDrift = 0.10;  ///< Of the bare idle power, between before and after.
constexpr double kAtRest = 0.20;        ///< CPU use up to which a machine counts as left alone.
constexpr std::size_t kPlacesNamed = 2;

const WindowRecord* window_of(const RunRecord& record, const std::string& stage, const std::string& name) {
  const auto found = record.stages.find(stage);
  if (found == record.stages.end() || found->second.outcome != StageOutcome::finished) return nullptr;
  const auto& windows = found->second.windows;
  const auto window = std::find_if(windows.begin(), windows.end(),
                                   [&](const WindowRecord& each) { return each.name == name; });
  return window == windows.end() ? nullptr : &*window;
}

/// Calls `visit` with every window that the ledger rests on, and a name for people.
void each_window(const StudyReport& report,
                 const std::function<void(const WindowRecord&, const std::string&)>& visit) {
  for (const auto& row : report.ledger) {
    const auto* window = window_of(report.record, row.stage, row.window);
    if (window != nullptr)
      visit(*window, row.stage + (row.window == row.phase ? "" : " (" + row.window + ")"));
  }
  for (const auto& idle : report.record.idle)
    visit(idle.window, "the " + idle.state + " machine " + idle.moment + " the run");
}

/// Places where something happened, by what happened.
using Places = std::map<std::string, std::vector<std::string>>;

std::string listed(const std::vector<std::string>& places) {
  std::vector<std::string> named(
      places.begin(), places.begin() + static_cast<std::ptrdiff_t>(std::min(kPlacesNamed, places.size())));
  auto text = join(named, ", ");
  if (places.size() > kPlacesNamed) text += fmt::format(" and {} more", places.size() - kPlacesNamed);
  return text;
}

bool is_sensor(const EnergyEntry& entry) { return entry.joules.grade <= Grade::computed; }

void add_grades(const StudyReport& report, std::vector<std::string>& careful) {
  std::set<std::string> measured;
  std::set<std::string> modelled;
  double all = 0.0;
  double by_sensor = 0.0;
  for (const auto& row : report.ledger) {
    const auto* window = window_of(report.record, row.stage, row.window);
    if (window == nullptr || !row.gross) continue;
    all += row.gross->value;
    by_sensor += row.gross->value * row.measured_share;
    for (const auto& entry : window->energy) {
      if (std::find(row.counted.begin(), row.counted.end(), entry.source) == row.counted.end()) continue;
      if (is_sensor(entry)) measured.insert(entry.domain);
      if (entry.joules.grade == Grade::modelled) modelled.insert(entry.domain);
    }
  }
  if (modelled.empty()) return;
  const auto names = [](const std::set<std::string>& domains) {
    return join(std::vector<std::string>(domains.begin(), domains.end()), ", ");
  };
  if (measured.empty()) {
    careful.push_back(
        "Energy is modelled from CPU use, not measured (marked ~): its range holds the model's uncertainty, "
        "and most of it is common to "
        "all variants, so ratios between them are surer than the absolute joules.");
    return;
  }
  careful.push_back(
      fmt::format("Energy is mixed: {} measured, {} modelled, so sums are marked ~. Sensors measured {:.0f} "
                  "% of the joules; the "
                  "rest is an estimate with the model's range.",
                  names(measured), names(modelled), std::floor(100.0 * by_sensor / std::max(all, 1e-300))));
}

void add_idle(const StudyReport& report, std::vector<std::string>& careful) {
  const MetricRow* bare = nullptr;
  const MetricRow* most = nullptr;
  const VariantInfo* holder = nullptr;
  for (const auto& variant : report.record.variants) {
    const auto* idle = find_row(report, variant.id, "observed", "idle_power");
    const auto* tax = find_row(report, variant.id, "observed", "residency_tax");
    if (idle != nullptr && idle->value) bare = idle;
    if (tax == nullptr || !tax->value || (most != nullptr && tax->value->value <= most->value->value))
      continue;
    most = tax;
    holder = &variant;
  }
  if (bare == nullptr) return;
  auto text = "Idle power of the bare machine: " + figure_with_interval(bare) + " W.";
  if (most != nullptr) {
    text += fmt::format(" A resident model adds at most {} W ({})", figure_with_interval(most),
                        variant_name(*holder));
    const bool sure = most->value->lo && *most->value->lo > 0.0;
    text += sure ? ": the tax of keeping it loaded." : ", which cannot be told from nothing here.";
  }
  careful.push_back(std::move(text));
}

/// Idle windows of a machine that was at work for others are no baseline.
void add_unrest(const StudyReport& report, std::vector<std::string>& careful) {
  double most = 0.0;
  for (const auto& idle : report.record.idle)
    most = std::max(most, idle.window.cpu_utilisation.value_or(0.0));
  if (most <= kAtRest) return;
  careful.push_back(fmt::format(
      "The machine was not at rest while its idle power was read (CPU use {:.0f} %): net joules are too low.",
      100.0 * most));
}

void add_drift(const StudyReport& report, std::vector<std::string>& careful) {
  std::map<int, std::pair<std::optional<double>, std::optional<double>>> sittings;
  for (const auto& idle : report.record.idle) {
    const auto total = total_energy(idle.window);
    if (!total || idle.window.duration_s <= 0.0) continue;
    auto& [before, after] = sittings[idle.sitting];
    (idle.moment == "before" ? before : after) = total->value / idle.window.duration_s;
  }
  for (const auto& [number, powers] : sittings) {
    const auto& [before, after] = powers;
    if (!before || !after || std::abs(*after - *before) <= kNotableDrift * std::max(*before, *after))
      continue;
    careful.push_back(fmt::format(
        "Bare idle power went from {} to {} W in sitting {}: net joules carry half of that as uncertainty.",
        format_significant(*before), format_significant(*after), number));
  }
}

/// What a flag means for the figure; empty for those that say nothing to a reader.
std::string meaning_of(const std::string& flag) {
  if (flag == "disagrees") return "counter and integrated power disagree; the interval holds both";
  if (flag == "reset") return "the counter was reset; the interval allows for what it lost";
  if (flag == "glitch")
    return "the counter made an impossible step, which was cut out; the interval allows for it";
  if (flag == "no counter") return "the energy counter failed; integrated power stands in";
  if (flag == "gap") return "samples have gaps; the interval allows for them";
  if (flag == "shared board")
    return "the board is shared (MIG or vGPU), so its joules are not this study's alone";
  return {};
}

void add_trouble(const StudyReport& report, std::vector<std::string>& careful) {
  Places voids;
  Places flags;
  std::map<std::string, double> least_covered;
  Places uncovered;
  each_window(report, [&](const WindowRecord& window, const std::string& place) {
    for (const auto& absent : window.voids) {
      auto reason = absent.reason;
      if (absent.needed_s) reason += fmt::format(" (it needs {})", format_duration(*absent.needed_s));
      voids[fmt::format("No energy of {} from {}: {}", absent.domain, absent.source, reason)].push_back(
          place);
    }
    for (const auto& entry : window.energy) {
      for (const auto& flag : entry.flags) {
        if (const auto meaning = meaning_of(flag); !meaning.empty())
          flags[entry.source + ": " + meaning].push_back(place);
      }
      if (!entry.coverage || *entry.coverage >= kFullCoverage) continue;
      uncovered[entry.source].push_back(place);
      const auto least = least_covered.emplace(entry.source, *entry.coverage).first;
      least->second = std::min(least->second, *entry.coverage);
    }
  });
  for (const auto& [what, places] : voids)
    careful.push_back(fmt::format("{}, in {}. It is missing there, not zero.", what, listed(places)));
  for (const auto& [what, places] : flags) careful.push_back(fmt::format("{} ({}).", what, listed(places)));
  for (const auto& [source, places] : uncovered)
    careful.push_back(fmt::format("{}: samples cover as little as {:.0f} % of a window ({}).", source,
                                  100.0 * least_covered.at(source), listed(places)));
}

}  // namespace

std::vector<std::string> energy_cautions(const StudyReport& report) {
  std::vector<std::string> careful;
  add_grades(report, careful);
  add_trouble(report, careful);
  add_idle(report, careful);
  add_unrest(report, careful);
  add_drift(report, careful);
  return careful;
}

std::optional<Fact> request_energy_ratio(const StudyReport& report, const VariantInfo& a,
                                         const VariantInfo& b) {
  const auto* above = window_of(report.record, a.serve_stage, "load");
  const auto* below = window_of(report.record, b.serve_stage, "load");
  const auto* of_a = find_row(report, a.id, "observed", "j_per_request");
  const auto* of_b = find_row(report, b.id, "observed", "j_per_request");
  if (above == nullptr || below == nullptr || of_a == nullptr || of_b == nullptr) return std::nullopt;
  auto ratio = energy_ratio({above}, {below});
  if (!ratio || !of_a->value || !of_b->value || ratio->value <= 0.0) return std::nullopt;
  // Windows may have answered different numbers of requests, which are exact.
  const double scale = of_a->value->value / of_b->value->value / ratio->value;
  ratio->value *= scale;
  if (ratio->lo) *ratio->lo *= scale;
  if (ratio->hi) *ratio->hi *= scale;
  return ratio;
}

}  // namespace edgeeval
