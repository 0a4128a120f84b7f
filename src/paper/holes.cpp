// SPDX-License-Identifier: Apache-2.0
#include "paper/holes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace edgeeval::paper {
namespace {

/// Method and precision: what a table may hold for all models and tasks, or for none.
using Kind = std::pair<std::string_view, std::string_view>;

Kind kind_of(const CellKey& key) { return {key.method, key.precision}; }

/// Keys are compared where they stand, since a study may have a million rows; with the precision or, for
/// adaptations, without it.
template <bool kWithPrecision>
struct SameKey {
  std::size_t operator()(const CellKey* key) const {
    std::size_t mixed = 0;
    const auto mix = [&](const std::string& text) {
      mixed = mixed * 0x9E3779B97F4A7C15U + std::hash<std::string_view>()(text);
    };
    mix(key->family);
    mix(key->size);
    mix(key->method);
    mix(key->task);
    if (kWithPrecision) mix(key->precision);
    return mixed;
  }
  bool operator()(const CellKey* a, const CellKey* b) const {
    return a->family == b->family && a->size == b->size && a->method == b->method && a->task == b->task &&
           (!kWithPrecision || a->precision == b->precision);
  }
};

/// The rows of one variant.
struct Cell {
  const Place* serving = nullptr;
  const Place* merging = nullptr;
  const Place* quality = nullptr;
};
using Cells = std::unordered_map<const CellKey*, Cell, SameKey<true>, SameKey<true>>;

template <class Row>
std::set<Kind> kinds_of(const std::vector<Row>& rows) {
  std::set<Kind> kinds;
  for (const auto& row : rows) kinds.insert(kind_of(row.key));
  return kinds;
}

Cells cells_of(const PublishedStudy& study) {
  Cells cells;
  cells.reserve(std::max(study.serving.size(), study.quality.size()));
  for (const auto& row : study.serving) cells[&row.key].serving = &row.place;
  for (const auto& row : study.merging) cells[&row.key].merging = &row.place;
  for (const auto& row : study.quality) cells[&row.key].quality = &row.place;
  return cells;
}

std::vector<Place> places(std::initializer_list<const Place*> found) {
  std::vector<Place> there;
  for (const auto* place : found) {
    if (place != nullptr) there.push_back(*place);
  }
  return there;
}

/// Adaptations that lack, and those that nothing was made from.
void adaptation_holes(const PublishedStudy& study, const Cells& cells, std::vector<Hole>& found) {
  if (study.adaptation.empty()) return;
  std::unordered_map<const CellKey*, const Cell*, SameKey<false>, SameKey<false>> used;
  used.reserve(study.adaptation.size());
  // Every variant of an adaptation would do to call for it; the first in the order of keys is the same in
  // each run.
  std::unordered_map<const CellKey*, const CellKey*, SameKey<false>, SameKey<false>> callers;
  for (const auto& [key, cell] : cells) {
    const auto [caller, fresh] = callers.try_emplace(key, key);
    if (!fresh && !(*key < *caller->second)) continue;
    caller->second = key;
    used[key] = &cell;
  }
  std::unordered_map<const CellKey*, const Place*, SameKey<false>, SameKey<false>> adapted;
  adapted.reserve(study.adaptation.size());
  for (const auto& row : study.adaptation) {
    adapted[&row.key] = &row.place;
    if (!used.contains(&row.key)) found.push_back({"serving", row.key, {row.place}});
  }
  for (const auto& [key, cell] : used) {
    if (adapted.contains(key)) continue;
    auto adaptation = *key;
    adaptation.precision.clear();
    found.push_back({"adaptation", adaptation, places({cell->serving, cell->merging, cell->quality})});
  }
}

}  // namespace

std::string describe(const Hole& hole) {
  std::string callers;
  for (const auto& place : hole.partners)
    callers += (callers.empty() ? "" : " and ") +
               fmt::format("{}{}", place.file, place.line == 0 ? "" : fmt::format(":{}", place.line));
  return fmt::format("no {} row, which {} call{} for", hole.table, callers,
                     hole.partners.size() == 1 ? "s" : "");
}

std::vector<Hole> holes(const PublishedStudy& study) {
  const auto cells = cells_of(study);
  const auto served = kinds_of(study.serving);
  const auto merged = kinds_of(study.merging);
  const auto scored = kinds_of(study.quality);
  std::vector<Hole> found;
  for (const auto& [at, cell] : cells) {
    const auto& key = *at;
    const auto kind = kind_of(key);
    const bool used = cell.serving != nullptr || cell.quality != nullptr;
    if (cell.serving == nullptr && !study.serving.empty() &&
        (cell.quality != nullptr || served.contains(kind)))
      found.push_back({"serving", key, places({cell.merging, cell.quality})});
    if (cell.quality == nullptr && !study.quality.empty() &&
        (cell.serving != nullptr || scored.contains(kind)))
      found.push_back({"quality", key, places({cell.serving, cell.merging})});
    if (cell.merging == nullptr && used && merged.contains(kind))
      found.push_back({"merging", key, places({cell.serving, cell.quality})});
  }
  adaptation_holes(study, cells, found);
  std::sort(found.begin(), found.end(),
            [](const Hole& a, const Hole& b) { return std::tie(a.key, a.table) < std::tie(b.key, b.table); });
  return found;
}

Result<void> check_whole(const PublishedStudy& study) {
  const auto found = holes(study);
  if (found.empty()) return {};
  const auto& first = found.front();
  const auto& place = first.partners.front();
  const auto more = found.size() - 1;
  return fail(
      ErrorCode::invalid_table,
      fmt::format("no {} row for {}{}", first.table, describe(first.key),
                  more == 0 ? "" : fmt::format(" ({} more rows lack; edgeeval audit lists them)", more)),
      fmt::format("{}:{}", place.file, place.line),
      "This row speaks of it: add the missing row, or take all rows of the variant out.");
}

}  // namespace edgeeval::paper
