// SPDX-License-Identifier: Apache-2.0
// Rows of several tables that belong to one variant.
#include <fmt/format.h>

#include <map>
#include <set>

#include "audit/checks.hpp"
#include "audit/support.hpp"

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

template <class Row>
std::set<CellKey> keys_of(const std::vector<Row>& rows) {
  std::set<CellKey> keys;
  for (const auto& row : rows) keys.insert(row.key);
  return keys;
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
  finding.title = fmt::format("{} variants are labelled differently between tables or within their names: {}", count, text);
  finding.meaning = "Which weights were measured cannot be told from the tables; sizes, and with them density, "
                    "depend on it.";
  return found(std::move(finding));
}

Outcome check_complete(const Subject& subject) {
  const auto& study = subject.study;
  if (study.serving.empty() || study.quality.empty()) return skipped("there is no serving or no quality table");
  const auto scored = keys_of(study.quality);
  const auto adapted = keys_of(study.adaptation);
  Finding finding{"complete", Severity::error, "", "Metrics of these variants rest on rows that are not there.", {}};
  for (const auto& row : study.serving) {
    auto key = row.key;
    key.precision.clear();
    if (!scored.contains(row.key)) finding.evidence.push_back(evidence(row, "served, never scored"));
    if (!study.adaptation.empty() && !subject.run && !adapted.contains(key))
      finding.evidence.push_back(evidence(row, "served, never adapted"));
  }
  const auto served = keys_of(study.serving);
  for (const auto& row : study.quality) {
    if (!served.contains(row.key)) finding.evidence.push_back(evidence(row, "scored, never served"));
  }
  if (finding.evidence.empty()) return clean();
  finding.title = fmt::format("{} rows have no counterpart in another table", finding.evidence.size());
  return found(std::move(finding));
}

}  // namespace edgeeval::audit
