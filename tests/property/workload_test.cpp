// SPDX-License-Identifier: Apache-2.0
// Whatever a scenario, seed or set: its text reads back, prompts are used evenly, arrivals never fall, files
// round-trip
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "workload/permutation.hpp"
#include "workload/prompts.hpp"
#include "workload/schedule.hpp"

namespace edgeeval {
namespace {

/// A rate, speed or shape within what is allowed, of any size.
double positive(double least, double most) {
  const double exponent = *rc::gen::inRange(0, 1001) / 1000.0;
  return std::clamp(least * std::pow(most / least, exponent), least, most);
}

std::string number(double value) { return std::to_string(value); }

std::string any_steps(bool closed) {
  std::string text;
  const int count = *rc::gen::inRange(1, 8);
  for (int i = 1; i <= count; ++i)
    text += (i > 1 ? "," : "") + (closed ? std::to_string(i * 3) : number(i * 0.37));
  return text;
}

/// The text of some scenario.
std::string any_scenario() {
  const auto rate = [] { return number(positive(1e-3, 1e6)); };
  switch (*rc::gen::inRange(0, 9)) {
    case 0:
      return "single";
    case 1:
      return "closed:" + std::to_string(*rc::gen::inRange(1, 65536));
    case 2:
      return "open:const@" + rate();
    case 3:
      return "open:poisson@" + rate();
    case 4:
      return "open:gamma:" + number(positive(0.01, 1000.0)) + "@" + rate();
    case 5:
      return "ramp:" + rate() + "-" + rate();
    case 6:
      return "trace:" +
             *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab/.*1"))));
    case 7:
      return "sweep:closed:" + any_steps(true);
    default:
      return "sweep:open:" + any_steps(false);
  }
}

RC_GTEST_PROP(WorkloadProperty, AScenariosNormalFormReadsBackAsTheSame, ()) {
  const auto text = any_scenario();
  const auto read = parse_scenario(text);
  if (!read) {
    // Names of traces are made of anything, so some have no file or a speed of 0.
    RC_ASSERT(text.starts_with("trace:"));
    return;
  }
  const auto normal = read->text();
  const auto again = parse_scenario(normal);
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->text() == normal);
  RC_ASSERT(again->kind == read->kind && again->concurrency == read->concurrency && again->law == read->law);
  RC_ASSERT(again->rate == read->rate && again->rate_to == read->rate_to &&
            again->gamma_shape == read->gamma_shape);
  RC_ASSERT(again->trace == read->trace && again->speed == read->speed);
  RC_ASSERT(again->steps == read->steps && again->steps_closed == read->steps_closed);
}

RC_GTEST_PROP(WorkloadProperty, AnyTextIsAScenarioOrAUsageError, (std::string text)) {
  const auto read = parse_scenario(text);
  RC_ASSERT(read.has_value() || read.error().code == ErrorCode::usage);
}

RC_GTEST_PROP(WorkloadProperty, APassIsAPermutation, (std::uint64_t seed, std::uint32_t pass)) {
  const auto count = *rc::gen::inRange<std::uint32_t>(1, 700);
  std::vector<bool> seen(count, false);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto prompt = prompt_at(seed, count, std::uint64_t{pass} * count + i);
    RC_ASSERT(prompt < count);
    RC_ASSERT(!seen[prompt]);
    seen[prompt] = true;
  }
}

RC_GTEST_PROP(WorkloadProperty, OpenLoopsNeverGoBackInTimeAndRoundTrip, (std::uint64_t seed)) {
  ScheduleWish wish;
  const auto rate = number(positive(1e-2, 1e5));
  const std::vector<std::string> kinds{"open:const@" + rate, "open:poisson@" + rate,
                                       "open:gamma:" + number(positive(0.05, 50.0)) + "@" + rate,
                                       "ramp:0-" + rate, "ramp:" + rate + "-0.01"};
  wish.scenario = parse_scenario(*rc::gen::elementOf(kinds)).value();
  wish.prompts = *rc::gen::inRange<std::size_t>(1, 100);
  wish.stop.requests = *rc::gen::inRange<std::uint64_t>(1, 300);
  wish.seeds.schedule = seed;
  const auto schedule = Schedule::make(wish).value();
  RC_ASSERT(schedule.size() == wish.stop.requests);
  std::int64_t before = 0;
  for (std::uint64_t i = 0; i < *schedule.size(); ++i) {
    const auto planned = schedule.at(i);
    RC_ASSERT(planned.due_ns.has_value() && *planned.due_ns >= before);
    RC_ASSERT(planned.prompt < wish.prompts);
    before = *planned.due_ns;
  }
  const auto file = std::filesystem::path(::testing::TempDir()) / "workload_property_schedule.jsonl";
  RC_ASSERT(schedule.write(file, *schedule.size()).has_value());
  const auto again = Schedule::read(file);
  RC_ASSERT(again.has_value());
  for (std::uint64_t i = 0; i < *schedule.size(); ++i) RC_ASSERT(again->at(i) == schedule.at(i));
  std::filesystem::remove(file);
}

RC_GTEST_PROP(WorkloadProperty, AnyTextIsPromptsOrErrorsWithLines, (std::string text)) {
  for (const auto format : {PromptFormat::jsonl, PromptFormat::sharegpt, PromptFormat::burstgpt,
                            PromptFormat::mooncake, PromptFormat::azure}) {
    const auto read = parse_prompts(text, format, "file");
    const bool sound = read.has_value() ? !read->empty() : read.error().code == ErrorCode::invalid_task;
    RC_ASSERT(sound);
  }
}

}  // namespace
}  // namespace edgeeval
