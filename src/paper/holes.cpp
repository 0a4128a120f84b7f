// SPDX-License-Identifier: Apache-2.0
#include "paper/holes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace edgeeval::paper {
namespace {

/// Method and precision: what a table may hold for all models and tasks, or for none.
using Kind = std::pair<std::string, std::string>;

Kind kind_of(const CellKey& key) { return {key.method, key.precision}; }

CellKey adaptation_of(CellKey key) {
  key.precision.clear();
  return key;
}

/// The rows of one variant.
struct Cell {
  const Place* serving = nullptr;
  const Place* merging = nullptr;
  const Place* quality = nullptr;
};

template <class Row>
std::set<Kind> kinds_of(const std::vector<Row>& rows) {
  std::set<Kind> kinds;
  for (const auto& row : rows) kinds.insert(kind_of(row.key));
  return kinds;
}

std::map<CellKey, Cell> cells_of(const PublishedStudy& study) {
  std::map<CellKey, Cell> cells;
  for (const auto& row : study.serving) cells[row.key].serving = &row.place;
  for (const auto& row : study.merging) cells[row.key].merging = &row.place;
  for (const auto& row : study.quality) cells[row.key].quality = &row.place;
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
void adaptation_holes(const PublishedStudy& study, const std::map<CellKey, Cell>& cells,
                      std::vector<Hole>& found) {
  if (study.adaptation.empty()) return;
  std::map<CellKey, const Place*> adapted;
  for (const auto& row : study.adaptation) adapted[row.key] = &row.place;
  std::set<CellKey> used;
  for (const auto& [key, cell] : cells) {
    const auto adaptation = adaptation_of(key);
    if (!used.insert(adaptation).second || adapted.contains(adaptation)) continue;
    found.push_back({"adaptation", adaptation, places({cell.serving, cell.merging, cell.quality})});
  }
  for (const auto& [key, place] : adapted) {
    if (!used.contains(key)) found.push_back({"serving", key, {*place}});
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
  for (const auto& [key, cell] : cells) {
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
