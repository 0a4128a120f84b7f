// SPDX-License-Identifier: Apache-2.0
// The decision's figures as rows beside the other metrics.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/hash.hpp"
#include "decision/decision.hpp"
#include "decision/decision_words.hpp"
#include "economics/outcome_table.hpp"

namespace edgeeval {
namespace {

using economics::Band;
using economics::Spread;

/// A row that is a band of the draws.
struct BandRow {
  const char* id;
  Band Spread::*band;
  const char* never;  ///< Why there is no median.
};

constexpr const char* kNoFloor =
    "in most draws no demand pays: a local request's own cost is not below the API's";
constexpr const char* kNeverPays = "in most draws it never pays";
constexpr const char* kNoReversal = "in most draws that pay, local stays the cheaper for good";
constexpr const char* kRareReversal =
    "in under 5 % of draws does it pay back and the API become the cheaper again";
constexpr std::array<BandRow, 11> kBands{
    {{"demand_floor", &Spread::demand_floor_per_s, kNoFloor},
     {"utilisation_floor", &Spread::utilisation_floor, kNoFloor},
     {"break_even_time", &Spread::break_even_s, kNeverPays},
     {"break_even_requests", &Spread::break_even_requests, kNeverPays},
     {"reversal_time", &Spread::reversal_s, kNoReversal},
     {"reversal_requests", &Spread::reversal_requests, kNoReversal},
     {"usd_per_request", &Spread::local_usd, "there is no demand"},
     {"usd_per_mtok", &Spread::local_usd_per_mtok, "no tokens are known"},
     {"usd_per_correct", &Spread::local_usd_per_correct, "no answer is right, or none was scored"},
     {"saving", &Spread::saving_usd, "the saving is unbounded"},
     {"carbon_per_request", &Spread::carbon_g, "there is no demand"}}};

/// A figure's unit as rows have it: demand is told a day.
struct RowUnit {
  std::string_view name;
  double scale;
};

RowUnit row_unit(Band Spread::*band) {
  const auto unit = economics::field_of(band).unit;
  return unit == "1/s" ? RowUnit{"requests/day", 86400.0} : RowUnit{unit, 1.0};
}

/// The scenario's name and a digest of its figures: two files of one name need not assume the same, and a
/// comparison must see it.
std::string name_of(const CostScenario& scenario) {
  std::string figures;
  for (const auto* assumed : {&scenario.assumptions, &scenario.stand_ins}) {
    for (const auto& [key, assumption] : *assumed) {
      const auto& spread = assumption.spread;
      figures += fmt::format("{} {} {} {} {}\n", key, spread.value, spread.lo, spread.hi,
                             static_cast<int>(spread.shape));
    }
  }
  return fmt::format("scenario {} ({:.8})", scenario.name, sha256(figures));
}

/// What the figures rest on: the tables' rows in use and the sources of what was measured.
std::vector<std::string> sources_of(const StudyDecision& study, const VariantDecision& variant) {
  std::set<std::string> sources{name_of(study.scenario)};
  for (const auto& [table, name] : study.scenario.chosen) sources.insert(table + " " + name);
  for (const char* key : {"busy_w", "idle_w", "adapt_j", "capacity_per_s"}) {
    const auto* field = economics::find_input(key);
    for (const auto& source :
         variant.origins[static_cast<std::size_t>(field - economics::input_table().data())].sources)
      sources.insert(source);
  }
  return {sources.begin(), sources.end()};
}

MetricRow empty_row(const VariantInfo& info, const char* id) {
  return {info.id, info.family, info.size, info.method, info.precision, info.task, "honest", id, {}, "", ""};
}

MetricRow band_row(const VariantInfo& info, const VariantDecision& variant, const BandRow& rule,
                   const std::vector<std::string>& sources) {
  auto row = empty_row(info, rule.id);
  row.flag = economics::to_string(variant.decision);
  const auto& band = variant.spread.*(rule.band);
  if (economics::field_of(rule.band).of_paying && !tells_reversal(variant)) {
    row.absent_reason = kRareReversal;
    return row;
  }
  if (!band.median) {
    row.absent_reason = rule.never;
    return row;
  }
  const auto unit = row_unit(rule.band);
  Fact fact{*band.median * unit.scale, std::string(unit.name), {}, {}, Grade::assumed, sources};
  if (band.lo) fact.lo = *band.lo * unit.scale;
  if (band.hi) fact.hi = *band.hi * unit.scale;
  row.value = std::move(fact);
  return row;
}

std::vector<MetricRow> rows_of(const VariantInfo& info, const StudyDecision& study,
                               const VariantDecision& variant) {
  std::vector<MetricRow> rows;
  if (!variant.absent_reason.empty()) {
    for (const auto& rule : kBands) rows.push_back(empty_row(info, rule.id));
    rows.push_back(empty_row(info, "p_local_cheaper"));
    rows.push_back(empty_row(info, "keep_warm_gap"));
    for (auto& row : rows) row.absent_reason = variant.absent_reason;
    return rows;
  }
  const auto sources = sources_of(study, variant);
  for (const auto& rule : kBands) rows.push_back(band_row(info, variant, rule, sources));
  auto p = empty_row(info, "p_local_cheaper");
  p.flag = economics::to_string(variant.decision);
  p.value = Fact{variant.spread.local_cheaper, "1", {}, {}, Grade::assumed, sources};
  rows.push_back(std::move(p));
  rows.push_back(
      band_row(info, variant,
               {"keep_warm_gap", &Spread::keep_warm_gap_s,
                "in most draws an idle engine draws nothing beyond the bare machine: always keep it"},
               sources));
  return rows;
}

}  // namespace

std::vector<MetricRow> decision_rows(const RunRecord& record, const StudyDecision& decision) {
  std::vector<MetricRow> rows;
  for (const auto& variant : decision.variants) {
    const auto* info = variant_of(record, variant.variant);
    if (info == nullptr) continue;
    auto own = rows_of(*info, decision, variant);
    std::move(own.begin(), own.end(), std::back_inserter(rows));
  }
  return rows;
}

}  // namespace edgeeval
