// SPDX-License-Identifier: Apache-2.0
// Figures that cannot be, whatever stands beside them. Tables read from files are refused before; those made
// in memory and runs are not.
#include <fmt/format.h>

#include "audit/checks.hpp"
#include "audit/support.hpp"

namespace edgeeval::audit {
namespace {

template <class Row>
void collect(const std::vector<Row>& rows, Finding& finding) {
  for (const auto& row : rows) {
    for (const auto& field : kNumberFields<Row>) {
      const auto& value = row.*field.member;
      if (value && !within(*value, field.range))
        finding.evidence.push_back(evidence(row, fmt::format("{} is {}", field.name, *value)));
    }
  }
}

}  // namespace

Outcome check_ranges(const Subject& subject) {
  Finding finding{
      "ranges",
      Severity::error,
      "",
      "The checks and metrics that need these figures leave their rows out, so their counts are of fewer "
      "rows.",
      {}};
  collect(subject.study.serving, finding);
  collect(subject.study.adaptation, finding);
  collect(subject.study.merging, finding);
  collect(subject.study.quality, finding);
  if (finding.evidence.empty()) return clean();
  finding.title = fmt::format("{} figures cannot be", finding.evidence.size());
  return found(std::move(finding));
}

}  // namespace edgeeval::audit
