// SPDX-License-Identifier: Apache-2.0
#include "run_events.hpp"

#include <variant>

#include "console.hpp"
#include "core/json.hpp"
#include "record/codec.hpp"

namespace edgeeval {
namespace {

Json json_of(const RunStarted& event) {
  return {{"event", "run_started"},
          {"study", event.plan->study.name},
          {"sitting", event.sitting},
          {"stages", event.plan->stages.size()},
          {"finished_before", event.already_finished},
          {"energy_sources", event.energy_sources},
          {"environment", event.environment}};
}
Json json_of(const StageStarted& event) {
  return {
      {"event", "stage_started"}, {"id", event.stage->id}, {"number", event.number}, {"total", event.total}};
}
Json json_of(const StageProgressed& event) {
  return {{"event", "stage_progressed"},
          {"id", event.stage->id},
          {"done", event.progress.done},
          {"total", event.progress.total},
          {"message", event.progress.message}};
}
Json json_of(const StageEnded& event) {
  return {{"event", "stage_ended"}, {"cached", event.cached}, {"stage", to_json(*event.record)}};
}
Json json_of(const Warned& event) { return {{"event", "warning"}, {"message", event.message}}; }
Json json_of(const RunEnded& event) {
  return {{"event", "run_ended"},     {"finished", event.finished}, {"failed", event.failed},
          {"skipped", event.skipped}, {"total", event.total},       {"cancelled", event.cancelled}};
}

}  // namespace

void RunEvents::on_event(const Event& event) {
  const auto json = std::visit([](const auto& e) { return json_of(e); }, event);
  print_if_possible(stream_, to_line(json) + "\n");
  std::fflush(stream_);
}

}  // namespace edgeeval
