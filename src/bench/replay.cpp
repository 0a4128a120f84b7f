// SPDX-License-Identifier: Apache-2.0
#include "bench/replay.hpp"

#include <utility>

namespace edgeeval {

Result<BenchSettings> replayed(const BenchSettings& settings) {
  if (settings.schedule_file.empty()) return settings;
  const auto schedule = Schedule::read(settings.schedule_file);
  if (!schedule) return tl::unexpected(schedule.error());
  if (!schedule->origin()) return settings;
  const auto& origin = *schedule->origin();
  auto scenario = parse_scenario(origin.scenario);
  if (!scenario) {
    auto error = scenario.error();
    error.where = settings.schedule_file.string();
    return tl::unexpected(std::move(error));
  }
  auto effective = settings;
  effective.scenario = std::move(*scenario);
  effective.seeds = origin.seeds;
  effective.max_tokens = origin.max_tokens;
  effective.replay = origin;
  if (!effective.prompts.file.empty()) return effective;
  if (origin.prompt_tokens > 0) {
    effective.prompts.tokens = origin.prompt_tokens;
    effective.prompts.count = origin.prompt_count;
  } else if (effective.scenario.kind == Scenario::Kind::trace) {
    effective.prompts.file = effective.scenario.trace;
  } else {
    return fail(ErrorCode::usage, "the schedule's prompts came from the file " + origin.prompt_file,
                settings.schedule_file.string(), "Name it with --prompts.");
  }
  return effective;
}

}  // namespace edgeeval
