// SPDX-License-Identifier: Apache-2.0
#include "decision/making_cost.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "record/ledger.hpp"

namespace edgeeval {
namespace {

constexpr std::array<const char*, 4> kKinds{"import", "adapt", "merge", "quantize"};

bool is_making(const std::string& kind) {
  return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

const WindowRecord* window_of(const StageRecord& stage) {
  const auto found = std::find_if(stage.windows.begin(), stage.windows.end(),
                                  [&](const WindowRecord& window) { return window.name == stage.kind; });
  return found == stage.windows.end() ? nullptr : &*found;
}

/// What a stage took: a published duration, its window's, or that of the stage.
Fact seconds_of(const StageRecord& stage) {
  const auto told = stage.facts.find(stage.kind + "_duration");
  if (told != stage.facts.end()) return told->second;
  const auto* window = window_of(stage);
  return {window != nullptr ? window->duration_s : stage.duration_s,
          "s",
          {},
          {},
          Grade::measured,
          {"steady clock"}};
}

void add_sources(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const auto& source : more) {
    if (std::find(all.begin(), all.end(), source) == all.end()) all.push_back(source);
  }
}

}  // namespace

MakingCost making_cost(const RunRecord& record, const VariantInfo& variant) {
  MakingCost cost;
  cost.seconds = {0.0, "s", {}, {}, Grade::measured, {}};
  cost.joules = {0.0, "J", {}, {}, Grade::measured, {}};
  Windows windows;
  for (const auto& id : variant.stages) {
    const auto stage = record.stages.find(id);
    const auto kind = stage == record.stages.end() ? id.substr(0, id.find(':')) : stage->second.kind;
    if (!is_making(kind)) continue;
    if (stage == record.stages.end() || stage->second.outcome != StageOutcome::finished) {
      cost.missing.push_back(kind + ": the stage is not finished");
      continue;
    }
    const auto seconds = seconds_of(stage->second);
    cost.seconds.value += seconds.value;
    cost.seconds.grade = weaker(cost.seconds.grade, seconds.grade);
    add_sources(cost.seconds.sources, seconds.sources);
    const auto* window = window_of(stage->second);
    const auto total = window == nullptr ? std::nullopt : add_up({window});
    if (!total) {
      cost.missing.push_back(kind + ": no energy source was read");
      continue;
    }
    for (const auto& domain : total->missing)
      cost.missing.push_back(fmt::format("{}: the energy of {} is not known", kind, domain));
    windows.push_back(window);
  }
  if (const auto total = add_up(windows)) {
    cost.joules = total->joules;
    if (cost.joules.grade < Grade::computed) cost.joules.grade = Grade::computed;
  }
  return cost;
}

}  // namespace edgeeval
