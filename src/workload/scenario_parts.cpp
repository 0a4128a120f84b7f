// SPDX-License-Identifier: Apache-2.0
#include "workload/scenario_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/text.hpp"

namespace edgeeval::scenario_parts {
namespace {

/// Rates below come once in 11 days; none above can be sent by one client.
constexpr double kSlowest = 1e-6, kFastest = 1e6;
/// One address can hold at most 65,535 connections to a server's port.
constexpr double kMostInFlight = 65535;
constexpr double kFlattest = 0.01, kSteepest = 1000.0;
constexpr std::size_t kMostSteps = 100;

/// A finite number at the beginning of `text`, which is shortened by it.
std::optional<double> take_number(std::string_view& text) {
  double value = 0.0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// All of `text` as a number.
std::optional<double> number_of(std::string_view text) {
  const auto value = take_number(text);
  return text.empty() ? value : std::nullopt;
}

tl::unexpected<std::string> wrong(std::string problem) { return tl::unexpected(std::move(problem)); }

tl::expected<double, std::string> rate_of(std::string_view text, std::string_view what) {
  const auto rate = number_of(text);
  if (!rate) return wrong(fmt::format("{} \"{}\" is not a number", what, printable(text)));
  if (*rate < kSlowest || *rate > kFastest)
    return wrong(fmt::format("{} {} is not between 1e-6 and 1e6 requests a second", what, printable(text)));
  return *rate;
}

tl::expected<double, std::string> in_flight_of(std::string_view text) {
  const auto number = number_of(text);
  if (!number || *number != std::floor(*number) || *number < 1.0 || *number > kMostInFlight)
    return wrong(fmt::format("\"{}\" is not a number of requests in flight, a whole one from 1 to 65535",
                             printable(text)));
  return *number;
}

tl::expected<std::vector<double>, std::string> steps_of(std::string_view text, bool closed) {
  std::vector<double> steps;
  for (bool more = true; more;) {
    const auto comma = text.find(',');
    more = comma != std::string_view::npos;
    const auto step = closed ? in_flight_of(text.substr(0, comma)) : rate_of(text.substr(0, comma), "rate");
    if (!step) return wrong(step.error());
    if (std::find(steps.begin(), steps.end(), *step) != steps.end())
      return wrong(fmt::format("the step {} is there twice", format_round_trip(*step)));
    steps.push_back(*step);
    if (steps.size() > kMostSteps) return wrong(fmt::format("there are more than {} steps", kMostSteps));
    text.remove_prefix(more ? comma + 1 : text.size());
  }
  return steps;
}

/// A scenario that takes nothing behind its name.
Read plain(Scenario::Kind kind, std::optional<std::string_view> rest) {
  if (rest) return wrong("nothing can follow its name");
  Scenario scenario;
  scenario.kind = kind;
  return scenario;
}

/// "const", "poisson", "gamma" or "gamma:SHAPE".
tl::expected<void, std::string> read_law(std::string_view text, Scenario& scenario) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  const bool shaped = colon != std::string_view::npos;
  if (name == "const" || name == "constant") {
    scenario.law = ArrivalLaw::constant;
  } else if (name == "poisson") {
    scenario.law = ArrivalLaw::poisson;
  } else if (name == "gamma") {
    scenario.law = ArrivalLaw::gamma;
  } else {
    constexpr auto kLaws = std::to_array<const char*>({"const", "poisson", "gamma"});
    const std::vector<std::string> laws(kLaws.begin(), kLaws.end());
    const std::string close = nearest(name, laws);
    const std::string question = close.empty() ? std::string() : fmt::format("; did you mean {}?", close);
    return wrong(fmt::format("\"{}\" is no law of arrivals{}", printable(name), question));
  }
  if (!shaped) return {};
  if (scenario.law != ArrivalLaw::gamma) return wrong("only gamma takes a shape");
  const auto shape = number_of(text.substr(colon + 1));
  if (!shape || *shape < kFlattest || *shape > kSteepest)
    return wrong(
        fmt::format("the shape \"{}\" is not a number from 0.01 to 1000 (1 is Poisson, below it bursts)",
                    printable(text.substr(colon + 1))));
  scenario.gamma_shape = *shape;
  return {};
}

}  // namespace

Read read_single(std::optional<std::string_view> rest) { return plain(Scenario::Kind::single, rest); }

Read read_offline(std::optional<std::string_view> rest) { return plain(Scenario::Kind::offline, rest); }

Read read_closed(std::optional<std::string_view> rest) {
  if (!rest) return wrong("the number of requests in flight is missing, as in closed:4");
  const auto number = in_flight_of(*rest);
  if (!number) return wrong(number.error());
  Scenario scenario;
  scenario.kind = Scenario::Kind::closed;
  scenario.concurrency = static_cast<int>(*number);
  return scenario;
}

Read read_open(std::optional<std::string_view> rest) {
  if (!rest) return wrong("law and rate are missing, as in open:poisson@5");
  const auto at = rest->rfind('@');
  if (at == std::string_view::npos) {
    const bool only_rate = number_of(*rest).has_value();
    return wrong(only_rate ? fmt::format("the law is missing, as in open:poisson@{}", *rest)
                           : std::string("the rate is missing, as in open:poisson@5"));
  }
  Scenario scenario;
  scenario.kind = Scenario::Kind::open;
  if (auto law = read_law(rest->substr(0, at), scenario); !law) return wrong(law.error());
  const auto rate = rate_of(rest->substr(at + 1), "rate");
  if (!rate) return wrong(rate.error());
  scenario.rate = *rate;
  return scenario;
}

Read read_ramp(std::optional<std::string_view> rest) {
  constexpr const char* kForm = "it is not of the form ramp:FROM-TO, as in ramp:1-20";
  if (!rest) return wrong(kForm);
  auto text = *rest;
  const auto from = take_number(text);
  if (!from || !text.starts_with('-')) return wrong(kForm);
  if (*from != 0.0 && (*from < kSlowest || *from > kFastest))
    return wrong(fmt::format("it begins at {}, which is neither 0 nor between 1e-6 and 1e6 requests a second",
                             format_round_trip(*from)));
  const auto to = rate_of(text.substr(1), "the rate at its end,");
  if (!to) return wrong(to.error());
  Scenario scenario;
  scenario.kind = Scenario::Kind::ramp;
  scenario.rate = *from == 0.0 ? 0.0 : *from;  // "-0" is 0
  scenario.rate_to = *to;
  return scenario;
}

std::pair<std::string_view, std::optional<double>> split_speed(std::string_view text) {
  const auto star = text.rfind('*');
  if (star == std::string_view::npos) return {text, std::nullopt};
  const auto speed = number_of(text.substr(star + 1));
  if (!speed) return {text, std::nullopt};
  return {text.substr(0, star), speed};
}

Read read_trace(std::optional<std::string_view> rest) {
  const auto [file, speed] = split_speed(rest.value_or(std::string_view()));
  if (file.empty()) return wrong("the file is missing, as in trace:arrivals.csv");
  if (file.find('\0') != std::string_view::npos) return wrong("a file's name cannot hold a zero byte");
  if (speed && (*speed < kSlowest || *speed > kFastest))
    return wrong("the speed is not between 1e-6 and 1e6 (2 is twice as fast)");
  Scenario scenario;
  scenario.kind = Scenario::Kind::trace;
  scenario.trace = std::filesystem::path(std::string(file));
  scenario.speed = speed.value_or(1.0);
  return scenario;
}

Read read_sweep(std::optional<std::string_view> rest) {
  Scenario scenario;
  scenario.kind = Scenario::Kind::sweep;
  if (!rest) return scenario;
  const auto colon = rest->find(':');
  const auto kind = rest->substr(0, colon);
  if (kind != "closed" && kind != "open")
    return wrong("the steps of a sweep are closed or open, as in sweep:closed:1,2,4 and sweep:open:1,2,5");
  scenario.steps_closed = kind == "closed";
  if (colon == std::string_view::npos) return scenario;
  auto steps = steps_of(rest->substr(colon + 1), scenario.steps_closed);
  if (!steps) return wrong(steps.error());
  scenario.steps = std::move(*steps);
  return scenario;
}

Read read_find_peak(std::optional<std::string_view> rest) {
  if (rest && *rest != "closed" && *rest != "open") return wrong("only closed or open can follow its name");
  Scenario scenario;
  scenario.kind = Scenario::Kind::find_peak;
  scenario.steps_closed = rest == std::optional<std::string_view>("closed");
  return scenario;
}

}  // namespace edgeeval::scenario_parts
