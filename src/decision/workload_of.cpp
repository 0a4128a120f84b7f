// SPDX-License-Identifier: Apache-2.0
#include "decision/workload_of.hpp"

#include <algorithm>
#include <vector>

#include "core/text.hpp"
#include "record/ledger.hpp"

namespace edgeeval {
namespace {

std::optional<double> stage_fact(const Side& side, const std::string& stage, const std::string& name) {
  const auto& stages = side.results->record.stages;
  const auto found = stages.find(stage);
  if (found == stages.end()) return std::nullopt;
  const auto fact = found->second.facts.find(name);
  return fact == found->second.facts.end() ? std::nullopt : std::optional(fact->second.value);
}

std::optional<double> row_value(const Side& side, const std::string& metric) {
  const auto* row = find_row(*side.results, side.variant->id, "observed", metric);
  return row != nullptr && row->value ? std::optional(row->value->value) : std::nullopt;
}

/// From single requests, else from what the stage states, else from J/request ÷ J/token.
std::optional<double> mean_output_tokens(const Side& side) {
  const auto& all = side.results->record.requests;
  const auto requests = all.find(side.variant->id);
  double tokens = 0.0;
  double count = 0.0;
  if (requests != all.end()) {
    for (const auto& request : requests->second) {
      if (!request.ok || !request.completion_tokens) continue;
      tokens += static_cast<double>(*request.completion_tokens);
      count += 1.0;
    }
  }
  if (count > 0.0) return tokens / count;
  const auto stated = stage_fact(side, side.variant->serve_stage, "output_tokens");
  const auto of = stage_fact(side, side.variant->serve_stage, "requests");
  if (stated && of && *of > 0.0) return *stated / *of;
  const auto by_request = row_value(side, "j_per_request");
  const auto by_token = row_value(side, "j_per_token");
  if (by_request && by_token && *by_token > 0.0) return *by_request / *by_token;
  return std::nullopt;
}

}  // namespace

WorkloadOf workload_of(const Side& side) {
  WorkloadOf workload;
  const auto& record = side.results->record;
  if (const auto scores = record.scores.find(side.variant->id); scores != record.scores.end()) {
    for (const auto& score : scores->second) workload.gold[score.item] = join(score.gold, "\x1f");
    workload.items = static_cast<double>(workload.gold.size());
  } else if (const auto items = stage_fact(side, side.variant->score_stage, "items")) {
    workload.items = items;
  } else {
    workload.items = stage_fact(side, side.variant->serve_stage, "requests");
  }
  if (const auto requests = record.requests.find(side.variant->id); requests != record.requests.end()) {
    for (const auto& request : requests->second) {
      if (request.ok && request.prompt_tokens)
        workload.prompt_tokens[request.item] = static_cast<double>(*request.prompt_tokens);
    }
  }
  workload.output_tokens = mean_output_tokens(side);
  return workload;
}

std::optional<std::string> find_stage(const Side& side, const std::string& kind) {
  const auto& stages = side.results->record.stages;
  for (const auto& id : side.variant->stages) {
    const auto found = stages.find(id);
    if (found != stages.end() && found->second.kind == kind) return id;
  }
  return std::nullopt;
}

const WindowRecord* find_window(const Side& side, const std::string& name) {
  const bool served = name == "load" || name == "start";
  const auto id = served ? std::optional(side.variant->serve_stage) : find_stage(side, name);
  const auto& stages = side.results->record.stages;
  const auto stage = id ? stages.find(*id) : stages.end();
  if (stage == stages.end()) return nullptr;
  const auto& windows = stage->second.windows;
  const auto found = std::find_if(windows.begin(), windows.end(),
                                  [&](const WindowRecord& window) { return window.name == name; });
  return found == windows.end() ? nullptr : &*found;
}

std::optional<std::string> energy_boundary_of(const Side& side) {
  const auto* window = find_window(side, "load");
  if (window == nullptr) window = find_window(side, "adapt");
  if (window == nullptr) return std::nullopt;
  const auto total = add_up({window});
  if (!total) return std::nullopt;
  std::vector<std::string> parts;
  for (const auto& entry : window->energy) {
    const auto& counted = total->counted;
    if (std::find(counted.begin(), counted.end(), entry.source) != counted.end())
      parts.push_back(entry.source + " (" + entry.boundary + ")");
  }
  std::sort(parts.begin(), parts.end());
  auto text = join(parts, " + ");
  if (!total->missing.empty()) text += ", without " + join(total->missing, ", ");
  return text;
}

std::optional<std::string> model_digest(const RunRecord& record, const std::string& stage) {
  const auto found = record.stages.find(stage);
  if (found == record.stages.end()) return std::nullopt;
  for (const auto& artifact : found->second.artifacts) {
    if (artifact.name == "model" && !artifact.sha256.empty()) return artifact.sha256;
  }
  return std::nullopt;
}

}  // namespace edgeeval
