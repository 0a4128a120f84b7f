// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "decision/decision.hpp"
#include "decision/decision_words.hpp"
#include "decision/variant_inputs.hpp"

namespace edgeeval {
namespace {

/// Threads for the draws; the result does not depend on their number.
constexpr unsigned kThreads = 2;

/// Draws for all that can be reckoned. They are numbered by id and not by their place, so that the order of
/// variants changes nothing.
void draw(StudyDecision& study) {
  std::vector<std::size_t> order(study.variants.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return !study.variants[i].absent_reason.empty(); });
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return study.variants[a].variant < study.variants[b].variant;
  });
  std::vector<economics::UncertainInputs> inputs;
  inputs.reserve(order.size());
  for (const auto i : order) inputs.push_back(study.variants[i].inputs);
  const auto spreads = economics::simulate_all(inputs, study.scenario.seed, study.scenario.draws, kThreads);
  for (std::size_t i = 0; i < order.size(); ++i) study.variants[order[i]].spread = spreads[i];
}

void reckon(VariantDecision& variant) {
  variant.outcome = economics::evaluate(economics::central(variant.inputs));
  variant.levers = economics::tornado(variant.inputs);
  variant.decision = economics::decide(variant.spread);
}

/// A board that draws more than the device's limit is another device.
void check_device(StudyDecision& study) {
  constexpr double kTolerance = 1.05;
  const auto boundary = study.scenario.chosen.find("boundary");
  const auto device = study.scenario.chosen.find("device");
  const auto& limit = study.scenario.device_tdp_w;
  if (!limit || boundary == study.scenario.chosen.end() || boundary->second != "board") return;
  double most = 0.0;
  for (const auto& variant : study.variants) {
    if (variant.absent_reason.empty()) most = std::max(most, variant.inputs[place_of("busy_w")].value);
  }
  if (most > kTolerance * *limit)
    study.scenario.warnings.push_back(
        fmt::format("the boards drew {:.0f} W, and device {} has a limit of {:.0f} W: is it the "
                    "right one?",
                    most, device->second, *limit));
}

}  // namespace

StudyDecision decide_study(const RunRecord& record, const std::vector<MetricRow>& rows,
                           const CostScenario& scenario) {
  StudyDecision study;
  study.scenario = scenario;
  const auto groups = gain_groups(record);
  const Figures figures(rows);
  for (const auto& variant : record.variants) {
    VariantDecision decision;
    decision.variant = variant.id;
    fill_inputs(record, variant, figures, scenario, groups, decision);
    study.variants.push_back(std::move(decision));
  }
  check_device(study);
  draw(study);
  for (auto& variant : study.variants) {
    if (variant.absent_reason.empty()) reckon(variant);
  }
  study.boundary = boundary_line(record, study);
  study.verdict = verdict_of(record, study);
  study.findings = findings_of(record, rows, study);
  return study;
}

}  // namespace edgeeval
