// SPDX-License-Identifier: Apache-2.0
// A run as JUnit XML: each stage and each variant is a test case
#include <algorithm>
#include <ostream>

#include "core/text.hpp"
#include "report/junit.hpp"
#include "report/renderers.hpp"

namespace edgeeval::render {
namespace {

JUnitCase case_of(const StageRecord& stage) {
  JUnitCase one;
  one.group = "stage." + stage.kind;
  one.name = stage.id;
  one.seconds = stage.duration_s;
  if (stage.outcome == StageOutcome::finished) return one;
  one.state = stage.outcome == StageOutcome::failed ? JUnitState::failed : JUnitState::skipped;
  one.message = stage.error ? stage.error->message : "a stage that it rests on did not end well";
  if (stage.error) one.type = std::string(to_string(stage.error->code));
  if (stage.error && !stage.error->hint.empty()) one.text = stage.error->hint + "\n";
  one.text += join(stage.log_tail, "\n");
  return one;
}

/// A variant is whole where each of its stages is.
JUnitCase case_of(const RunRecord& record, const VariantInfo& variant) {
  JUnitCase one;
  one.group = "variant." + variant.task;
  one.name = variant.id;
  for (const auto& id : variant.stages) {
    const auto found = record.stages.find(id);
    if (found == record.stages.end()) {
      one.state = JUnitState::broken;
      one.type = "not_run";
      one.message = "stage " + id + " was not run";
      return one;
    }
    const auto& stage = found->second;
    if (stage.outcome == StageOutcome::finished) continue;
    one.state = JUnitState::failed;
    one.type = stage.error ? std::string(to_string(stage.error->code)) : "skipped";
    one.message = "stage " + id + (stage.outcome == StageOutcome::failed ? " failed" : " was skipped");
    if (stage.error) one.message += ": " + stage.error->message;
    return one;
  }
  return one;
}

}  // namespace

void junit(const StudyReport& report, std::ostream& out) {
  const auto& record = report.record;
  JUnitSuite stages{"stages", record.sittings.empty() ? "" : record.sittings.front().started, {}};
  for (const auto& [id, stage] : record.stages) stages.cases.push_back(case_of(stage));
  JUnitSuite variants{"variants", stages.timestamp, {}};
  for (const auto& variant : record.variants) variants.cases.push_back(case_of(record, variant));
  out << junit_xml("edgeeval " + record.study, {stages, variants});
}

}  // namespace edgeeval::render
