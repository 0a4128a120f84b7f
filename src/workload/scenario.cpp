// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/text.hpp"
#include "workload/scenario_parts.hpp"
#include "workload/schedule.hpp"

namespace edgeeval {
namespace {

using scenario_parts::Head;

/// What is allowed, as hint of every error about a scenario.
constexpr const char* kAllowed =
    "allowed: single, offline, closed:N, open:const@RATE, open:poisson@RATE, open:gamma:SHAPE@RATE, "
    "ramp:FROM-TO,\ntrace:FILE, trace:FILE*SPEED, sweep, sweep:closed:1,2,4, sweep:open:1,2,5, find-peak, "
    "find-peak:closed (rates in requests a second)";

struct HeadRow {
  std::string_view name;
  Head read;
};
constexpr std::array kHeads{
    HeadRow{"single", scenario_parts::read_single}, HeadRow{"offline", scenario_parts::read_offline},
    HeadRow{"closed", scenario_parts::read_closed}, HeadRow{"open", scenario_parts::read_open},
    HeadRow{"ramp", scenario_parts::read_ramp},     HeadRow{"trace", scenario_parts::read_trace},
    HeadRow{"sweep", scenario_parts::read_sweep},   HeadRow{"find-peak", scenario_parts::read_find_peak},
};

/// A scenario that was likely meant by an unknown word; empty where none comes near.
std::string meant_by(std::string_view head) {
  // Words that others use, or that stand one level lower in our own.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kOthers{{
      {"const", "open:const@RATE"},
      {"constant", "open:const@RATE"},
      {"poisson", "open:poisson@RATE"},
      {"gamma", "open:gamma:SHAPE@RATE"},
      {"rate", "open:poisson@RATE"},
      {"concurrency", "closed:N"},
      {"concurrent", "closed:N"},
      {"synchronous", "single"},
      {"batch", "offline"},
      {"throughput", "offline"},
  }};
  const auto* found =
      std::find_if(kOthers.begin(), kOthers.end(), [&](const auto& row) { return row.first == head; });
  if (found != kOthers.end()) return std::string(found->second);
  std::vector<std::string> names;
  for (const auto& row : kHeads) names.emplace_back(row.name);
  return nearest(head, names);
}

std::string steps_text(const std::vector<double>& steps) {
  std::vector<std::string> items;
  for (const double step : steps) items.push_back(format_round_trip(step));
  return join(items, ",");
}

std::string open_text(const Scenario& s) {
  if (s.law == ArrivalLaw::gamma)
    return fmt::format("open:gamma:{}@{}", format_round_trip(s.gamma_shape), format_round_trip(s.rate));
  return fmt::format("open:{}@{}", s.law == ArrivalLaw::constant ? "const" : "poisson",
                     format_round_trip(s.rate));
}

std::string trace_text(const Scenario& s) {
  const std::string file = s.trace.string();
  // A file whose own name ends like a speed needs one behind it to be read back.
  const bool ambiguous = scenario_parts::split_speed(file).second.has_value();
  if (s.speed == 1.0 && !ambiguous) return "trace:" + file;
  return fmt::format("trace:{}*{}", file, format_round_trip(s.speed));
}

std::string sweep_text(const Scenario& s) {
  if (s.steps.empty()) return s.steps_closed ? "sweep" : "sweep:open";
  return fmt::format("sweep:{}:{}", s.steps_closed ? "closed" : "open", steps_text(s.steps));
}

}  // namespace

std::string Scenario::text() const {
  switch (kind) {
    case Kind::single:
      return "single";
    case Kind::offline:
      return "offline";
    case Kind::closed:
      return fmt::format("closed:{}", concurrency);
    case Kind::open:
      return open_text(*this);
    case Kind::ramp:
      return fmt::format("ramp:{}-{}", format_round_trip(rate), format_round_trip(rate_to));
    case Kind::trace:
      return trace_text(*this);
    case Kind::sweep:
      return sweep_text(*this);
    case Kind::find_peak:
      return steps_closed ? "find-peak:closed" : "find-peak";
  }
  return {};
}

Result<Scenario> parse_scenario(std::string_view text) {
  const auto colon = text.find(':');
  const auto head = text.substr(0, colon);
  std::optional<std::string_view> rest;
  if (colon != std::string_view::npos) rest = text.substr(colon + 1);
  const auto wrong = [&](const std::string& problem) {
    return fail(ErrorCode::usage, fmt::format("scenario \"{}\": {}", printable(text), problem), {}, kAllowed);
  };
  const auto* row =
      std::find_if(kHeads.begin(), kHeads.end(), [&](const HeadRow& known) { return known.name == head; });
  if (row == kHeads.end()) {
    const std::string meant = meant_by(head);
    const std::string question = meant.empty() ? std::string() : fmt::format("; did you mean {}?", meant);
    return wrong(head.empty() ? std::string("it has no name")
                              : fmt::format("\"{}\" is none{}", printable(head), question));
  }
  auto read = row->read(rest);
  if (!read) return wrong(read.error());
  return *read;
}

}  // namespace edgeeval
