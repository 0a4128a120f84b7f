// SPDX-License-Identifier: Apache-2.0
#include "workload/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/text.hpp"
#include "workload/arrival.hpp"
#include "workload/permutation.hpp"

namespace edgeeval {
namespace {

using Kind = Scenario::Kind;

constexpr double kNsPerS = 1e9;
/// Requests of one laid out schedule; more than this would take over half a gigabyte.
constexpr std::uint64_t kMostLaidOut = 20'000'000;
/// Requests have indices of 32 bits.
constexpr std::uint64_t kMostIndexed = std::numeric_limits<std::uint32_t>::max();

constexpr const char* kEndHint = "Give a number of requests (--requests), a duration (--duration), or both.";

tl::unexpected<Error> usage(std::string problem, std::string hint = {}) {
  return fail(ErrorCode::usage, std::move(problem), {}, std::move(hint));
}

bool laid_out(Kind kind) {
  return kind == Kind::open || kind == Kind::ramp || kind == Kind::trace || kind == Kind::offline;
}

Result<void> check_stop(const Scenario& scenario, const StopRule& stop) {
  const bool counted = stop.requests.has_value();
  if (!counted && !stop.min_duration_s && !stop.min_requests && scenario.kind != Kind::trace)
    return usage(fmt::format("the load {} has no end", scenario.text()), kEndHint);
  if (stop.requests == std::optional<std::uint64_t>(0) ||
      (!counted && stop.min_requests == std::optional<std::uint64_t>(0)))
    return usage("a load of 0 requests measures nothing", kEndHint);
  const std::uint64_t most = std::max(stop.requests.value_or(0), stop.min_requests.value_or(0));
  const std::uint64_t limit = laid_out(scenario.kind) ? kMostLaidOut : kMostIndexed;
  if (most > limit)
    return usage(
        fmt::format("{} requests are more than one {} load can have ({})", most, scenario.text(), limit));
  if (!(stop.max_duration_s > 0.0) || !std::isfinite(stop.max_duration_s))
    return usage(fmt::format("the longest duration, {} s, is not a number above 0", stop.max_duration_s));
  if (counted || !stop.min_duration_s) return {};
  if (!(*stop.min_duration_s > 0.0) || !std::isfinite(*stop.min_duration_s))
    return usage(fmt::format("the duration, {} s, is not a number above 0", *stop.min_duration_s));
  if (*stop.min_duration_s > stop.max_duration_s)
    return usage(fmt::format("the duration, {}, is longer than the longest allowed, {}",
                             format_duration(*stop.min_duration_s), format_duration(stop.max_duration_s)));
  return {};
}

Result<void> check_scenario(const Scenario& s) {
  if (s.kind == Kind::sweep || s.kind == Kind::find_peak)
    return usage(fmt::format("{} is many loads: each of its steps has a schedule of its own", s.text()));
  const bool rate = std::isfinite(s.rate) && s.rate > 0.0;
  if (s.kind == Kind::open && !rate)
    return usage("an open loop needs a rate above 0 requests a second", "as in open:poisson@5");
  if (s.kind == Kind::open && s.law == ArrivalLaw::gamma &&
      (!std::isfinite(s.gamma_shape) || s.gamma_shape <= 0.0))
    return usage("gamma arrivals need a shape above 0", "as in open:gamma:0.5@5");
  if (s.kind == Kind::ramp &&
      (!(std::isfinite(s.rate) && s.rate >= 0.0) || !(std::isfinite(s.rate_to) && s.rate_to > 0.0)))
    return usage("a ramp needs a rate from 0 on at its beginning and one above 0 at its end",
                 "as in ramp:1-20");
  if (s.kind == Kind::trace && (!std::isfinite(s.speed) || s.speed <= 0.0))
    return usage("a trace needs a speed above 0", "as in trace:arrivals.csv*2");
  return {};
}

Result<void> check(const ScheduleWish& wish) {
  if (wish.prompts == 0) return usage("there is no prompt to send");
  if (wish.prompts > kMostIndexed) return usage(fmt::format("{} prompts are too many", wish.prompts));
  if (!wish.max_tokens_of.empty() && wish.max_tokens_of.size() != wish.prompts)
    return usage(fmt::format("{} prompts have limits of reply tokens for {}", wish.prompts,
                             wish.max_tokens_of.size()));
  if (auto good = check_scenario(wish.scenario); !good) return good;
  if (auto good = check_stop(wish.scenario, wish.stop); !good) return good;
  if (wish.scenario.kind != Kind::trace) return {};
  if (wish.trace_at_s.size() != wish.prompts)
    return usage(fmt::format("the trace {} tells {} arrivals for {} prompts", wish.scenario.trace.string(),
                             wish.trace_at_s.size(), wish.prompts),
                 "An arrival trace gives every request a time: BurstGPT, Mooncake or Azure.");
  if (!std::all_of(wish.trace_at_s.begin(), wish.trace_at_s.end(),
                   [](double at) { return std::isfinite(at); }))
    return usage(fmt::format("the trace {} holds an arrival that is no time", wish.scenario.trace.string()));
  return {};
}

/// How long a ramp's rate changes: until the load may end.
double ramp_length_s(const Scenario& s, const StopRule& stop) {
  const auto for_count = [&](std::uint64_t count) {
    return 2.0 * static_cast<double>(count) / (s.rate + s.rate_to);
  };
  if (stop.requests) return for_count(*stop.requests);
  return std::max(stop.min_duration_s.value_or(0.0), for_count(stop.min_requests.value_or(0)));
}

/// Whether a load of `count` requests, the last one due at `due_ns`, may end.
bool may_end(const StopRule& stop, std::uint64_t count, std::int64_t due_ns) {
  if (stop.requests) return count >= *stop.requests;
  return count >= stop.min_requests.value_or(1) &&
         static_cast<double>(due_ns) >= stop.min_duration_s.value_or(0.0) * kNsPerS;
}

Planned planned_at(const ScheduleWish& wish, std::uint64_t index, std::uint32_t prompt) {
  Planned planned;
  planned.index = planned.number = static_cast<std::uint32_t>(index);
  planned.prompt = prompt;
  planned.max_tokens = wish.max_tokens_of.empty() ? wish.max_tokens : wish.max_tokens_of[prompt];
  return planned;
}

/// The request at `index` of any load but a trace's.
Planned drawn(const ScheduleWish& wish, std::uint64_t index) {
  return planned_at(wish, index,
                    prompt_at(wish.seeds.prompts, static_cast<std::uint32_t>(wish.prompts), index));
}

Result<std::vector<Planned>> lay_out_open(const ScheduleWish& wish) {
  Arrivals arrivals(wish.scenario, ramp_length_s(wish.scenario, wish.stop), wish.seeds.schedule);
  std::vector<Planned> laid;
  if (wish.stop.requests) laid.reserve(*wish.stop.requests);
  while (laid.empty() || !may_end(wish.stop, laid.size(), *laid.back().due_ns)) {
    const auto due = arrivals.next();
    // An exact count is laid out whole; where only time ends a load, none is sent after its longest duration.
    if (!wish.stop.requests && static_cast<double>(due) > wish.stop.max_duration_s * kNsPerS) break;
    if (due >= Arrivals::kLatestNs)
      return usage(fmt::format("{} requests of {} would take more than ten years", *wish.stop.requests,
                               wish.scenario.text()));
    if (laid.size() == kMostLaidOut)
      return usage(
          fmt::format("{} for so long has more than {} requests", wish.scenario.text(), kMostLaidOut),
          "Ask for a shorter duration or a lower rate.");
    laid.push_back(drawn(wish, laid.size()));
    laid.back().due_ns = due;
  }
  if (laid.empty())
    return usage(fmt::format("no request of {} falls into {}", wish.scenario.text(),
                             format_duration(wish.stop.max_duration_s)),
                 "Ask for a higher rate or a longer duration.");
  return laid;
}

/// Every request of the trace at its own time and with its own prompt, as many as the stop rule asks for.
Result<std::vector<Planned>> lay_out_trace(const ScheduleWish& wish) {
  std::vector<std::uint32_t> order(wish.prompts);
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return wish.trace_at_s[a] < wish.trace_at_s[b]; });
  const auto& stop = wish.stop;
  const bool whole = !stop.requests && !stop.min_duration_s && !stop.min_requests;
  const double first_s = wish.trace_at_s[order.front()];
  std::vector<Planned> laid;
  for (const auto prompt : order) {
    if (!laid.empty() && !whole && may_end(stop, laid.size(), *laid.back().due_ns)) break;
    const double due_s = (wish.trace_at_s[prompt] - first_s) / wish.scenario.speed;
    if (!stop.requests && due_s > stop.max_duration_s) break;
    if (due_s * kNsPerS >= static_cast<double>(Arrivals::kLatestNs))
      return usage(fmt::format("the trace {} takes more than ten years", wish.scenario.trace.string()));
    laid.push_back(planned_at(wish, laid.size(), prompt));
    laid.back().due_ns = std::llround(due_s * kNsPerS);
  }
  const bool played_out = laid.size() == order.size();
  if (played_out && !whole && !may_end(stop, laid.size(), *laid.back().due_ns))
    return usage(fmt::format("the trace {} ends after {} requests in {}, before the load may end",
                             wish.scenario.trace.string(), laid.size(),
                             format_duration(static_cast<double>(*laid.back().due_ns) / kNsPerS)),
                 "Ask for fewer requests or a shorter duration, or for neither to play all of it once.");
  return laid;
}

Result<std::vector<Planned>> lay_out_offline(const ScheduleWish& wish) {
  const auto count = wish.stop.requests ? wish.stop.requests : wish.stop.min_requests;
  if (!count || (!wish.stop.requests && wish.stop.min_duration_s))
    return usage("offline sends all at once, so only a number of requests can end it",
                 "Give one with --requests.");
  std::vector<Planned> laid;
  laid.reserve(*count);
  for (std::uint64_t index = 0; index < *count; ++index) {
    laid.push_back(drawn(wish, index));
    laid.back().due_ns = 0;
  }
  return laid;
}

}  // namespace

Result<Schedule> Schedule::make(const ScheduleWish& wish) {
  if (auto good = check(wish); !good) return tl::unexpected(good.error());
  Schedule schedule;
  schedule.open_ = laid_out(wish.scenario.kind);
  if (schedule.open_) {
    auto laid = wish.scenario.kind == Kind::trace     ? lay_out_trace(wish)
                : wish.scenario.kind == Kind::offline ? lay_out_offline(wish)
                                                      : lay_out_open(wish);
    if (!laid) return tl::unexpected(laid.error());
    schedule.planned_ = std::move(*laid);
    schedule.size_ = schedule.planned_.size();
    return schedule;
  }
  schedule.wish_ = wish;
  if (wish.stop.requests) {
    schedule.size_ = wish.stop.requests;
  } else if (!wish.stop.min_duration_s) {
    schedule.size_ = wish.stop.min_requests;
  }
  return schedule;
}

Schedule Schedule::in_order(std::uint32_t prompts, std::uint32_t max_tokens) {
  Schedule schedule;
  schedule.planned_.reserve(prompts);
  for (std::uint32_t prompt = 0; prompt < prompts; ++prompt)
    schedule.planned_.push_back({prompt, prompt, std::nullopt, max_tokens, prompt});
  schedule.size_ = prompts;
  return schedule;
}

std::optional<std::uint64_t> Schedule::size() const { return size_; }

Planned Schedule::at(std::uint64_t index) const {
  return planned_.empty() ? drawn(wish_, index) : planned_.at(index);
}

bool Schedule::open_loop() const { return open_; }

std::optional<double> Schedule::offered_rps() const {
  if (!open_ || planned_.size() < 2) return std::nullopt;
  const auto span_ns = *planned_.back().due_ns - *planned_.front().due_ns;
  if (span_ns <= 0) return std::nullopt;
  return static_cast<double>(planned_.size() - 1) * kNsPerS / static_cast<double>(span_ns);
}

std::uint32_t Schedule::prompts() const {
  if (planned_.empty()) return static_cast<std::uint32_t>(wish_.prompts);
  const auto last = std::max_element(planned_.begin(), planned_.end(),
                                     [](const Planned& a, const Planned& b) { return a.prompt < b.prompt; });
  return last->prompt + 1;
}

}  // namespace edgeeval
