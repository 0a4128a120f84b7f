// SPDX-License-Identifier: Apache-2.0
#include "bench/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace edgeeval {
namespace {

constexpr int kFewestWarmup = 2, kMostWarmup = 64;
constexpr std::uint64_t kOpenWarmup = 8;

std::string yes_no(bool value) { return value ? "yes" : "no"; }

std::string prompts_text(const PromptWish& wish) {
  if (wish.file.empty()) return fmt::format("made up, {} tokens", wish.tokens);
  const auto name = wish.file.filename().string();
  return wish.format ? fmt::format("{} ({})", name, to_string(*wish.format)) : name;
}

std::string objectives_text(const std::vector<ServiceObjective>& objectives) {
  std::vector<std::string> parts;
  for (const auto& objective : objectives) {
    const auto quantile =
        objective.quantile ? "_p" + format_round_trip(*objective.quantile * 100.0) : std::string();
    parts.push_back(objective.metric + quantile + "=" + format_round_trip(objective.limit) + "s");
  }
  return join(parts, ",");
}

}  // namespace

std::string_view to_string(RetokeniseWish wish) {
  switch (wish) {
    case RetokeniseWish::missing:
      return "missing";
    case RetokeniseWish::all:
      return "all";
    case RetokeniseWish::never:
      break;
  }
  return "never";
}

std::uint64_t usual_warmup(const Scenario& scenario) {
  switch (scenario.kind) {
    case Scenario::Kind::single:
    case Scenario::Kind::offline:
      return kFewestWarmup;
    case Scenario::Kind::closed:
      return static_cast<std::uint64_t>(std::clamp(scenario.concurrency, kFewestWarmup, kMostWarmup));
    default:
      return kOpenWarmup;
  }
}

std::string_view to_string(PrefixCache cache) {
  return cache == PrefixCache::defeat ? "defeat" : cache == PrefixCache::allow ? "allow" : "reset";
}

std::map<std::string, std::string> described(const BenchSettings& settings) {
  std::map<std::string, std::string> text{
      {"scenario", settings.scenario.text()},
      {"prompts", prompts_text(settings.prompts)},
      {"max-tokens", std::to_string(settings.max_tokens)},
      {"temperature", format_round_trip(settings.temperature)},
      {"prefix_cache", std::string(to_string(settings.prefix_cache))},
      {"retokenize", std::string(to_string(settings.retokenise))},
      {"threads", std::to_string(settings.threads)},
      {"keep_alive", yes_no(settings.keep_alive)},
      {"drain_s", format_round_trip(settings.drain_s)},
      {"connect_timeout_s", format_round_trip(settings.limits.connect_s)},
      {"first_byte_timeout_s", format_round_trip(settings.limits.first_byte_s)},
      {"idle_timeout_s", format_round_trip(settings.limits.idle_s)},
      {"timeout_s", format_round_trip(settings.limits.total_s)},
      {"max_duration_s", format_round_trip(settings.stop.max_duration_s)},
  };
  if (settings.prompts.file.empty()) text["prompt_tokens"] = std::to_string(settings.prompts.tokens);
  if (settings.stop.requests) text["requests"] = std::to_string(*settings.stop.requests);
  if (settings.stop.min_requests) text["min_requests"] = std::to_string(*settings.stop.min_requests);
  if (settings.stop.min_duration_s) text["duration_s"] = format_round_trip(*settings.stop.min_duration_s);
  if (!settings.objectives.empty()) text["slo"] = objectives_text(settings.objectives);
  if (settings.idle_s > 0.0) text["idle_s"] = format_round_trip(settings.idle_s);
  if (settings.metrics) text["metrics-url"] = settings.metrics->url();
  if (!settings.extra_json.empty()) text["extra"] = settings.extra_json;
  if (!settings.schedule_file.empty()) text["schedule"] = settings.schedule_file.filename().string();
  if (!settings.cpus.empty()) text["cpus"] = fmt::format("{}", fmt::join(settings.cpus, ","));
  return text;
}

}  // namespace edgeeval
