// SPDX-License-Identifier: Apache-2.0
// Rows of several tables that belong to one variant.
#include <fmt/format.h>

#include <map>
#include <set>

#include "audit/checks.hpp"
#include "audit/support.hpp"
#include "paper/holes.hpp"

namespace edgeeval::audit {
namespace {

struct Labelled {
  std::set<std::string> labels;
  std::vector<Evidence> rows;
};

template <class Row>
void collect(std::map<CellKey, Labelled>& variants, const std::vector<Row>& rows) {
  for (const auto& row : rows) {
    if (row.precision_label.empty()) continue;
    auto& entry = variants[row.key];
    entry.labels.insert(row.precision_label);
    entry.rows.push_back(evidence(row, "labelled " + row.precision_label));
  }
}

}  // namespace

Outcome check_labels(const Subject& subject) {
  std::map<CellKey, Labelled> variants;
  collect(variants, subject.study.serving);
  collect(variants, subject.study.merging);
  collect(variants, subject.study.quality);
  if (variants.empty()) return skipped("no table labels the precision of its rows in a column of its own");
  Finding finding{"labels", Severity::warning, "", "", {}};
  std::size_t count = 0;
  std::set<std::string> names;
  for (auto& [key, entry] : variants) {
    auto labels = entry.labels;
    if (!key.precision.empty()) labels.insert(key.precision);
    if (labels.size() < 2) continue;
    ++count;
    for (const auto& label : labels) names.insert(label);
    for (auto& row : entry.rows) finding.evidence.push_back(std::move(row));
  }
  if (count == 0) return clean();
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : " and ") + name;
  finding.title = fmt::format("{} variants are labelled differently between tables or within their names: {}",
                              count, text);
  finding.meaning =
      "Which weights were measured cannot be told from the tables; sizes, and with them density, "
      "depend on it.";
  return found(std::move(finding));
}

Outcome check_complete(const Subject& subject) {
  auto study = subject.study;
  // In a run, what was not adapted is a base model, and making a model leaves no row.
  if (subject.run) study.adaptation.clear();
  const auto tables = (study.serving.empty() ? 0 : 1) + (study.adaptation.empty() ? 0 : 1) +
                      (study.merging.empty() ? 0 : 1) + (study.quality.empty() ? 0 : 1);
  if (tables < 2) return skipped("there is only one table");
  Finding finding{
      "complete", Severity::error, "", "Metrics of these variants rest on rows that are not there.", {}};
  for (const auto& hole : paper::holes(study))
    finding.evidence.push_back({hole.partners.front(), edgeeval::describe(hole.key), paper::describe(hole)});
  if (finding.evidence.empty()) return clean();
  finding.title =
      fmt::format("{} rows lack in a table although other tables speak of them", finding.evidence.size());
  return found(std::move(finding));
}

}  // namespace edgeeval::audit
