// SPDX-License-Identifier: Apache-2.0
#include "bench/start_figures.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "record/ledger.hpp"
#include "stats/quantile.hpp"
#include "stats/student.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kFewestForSteady = 4;

using Value = std::function<std::optional<double>(const ColdStartRepeat&)>;

/// A figure of each start, before it is summed up.
struct Row {
  const char* id;
  const char* title;
  const char* unit;
  const char* source;
  Value value;
};

std::optional<double> at(const std::optional<StartMoment>& moment) {
  return moment ? std::optional(moment->at_s) : std::nullopt;
}

std::optional<double> between(const std::optional<double>& from, const std::optional<double>& to) {
  return from && to ? std::optional(*to - *from) : std::nullopt;
}

const std::vector<Row>& rows() {
  static const char* const kClock = "steady clock from just before the process was created";
  static const char* const kStatus = "VmHWM of all processes of the start";
  static const std::vector<Row> table{
      {"accepting", "Spawn to the first accepted connection", "s", kClock,
       [](const auto& start) { return at(start.accepting); }},
      {"ready", "Spawn to ready", "s", kClock, [](const auto& start) { return at(start.ready); }},
      {"first_token", "Spawn to the first token", "s", kClock,
       [](const auto& start) { return at(start.first_token); }},
      {"settled", "Spawn to settled latency", "s", kClock,
       [](const auto& start) { return at(start.settled); }},
      {"load_phase", "Accepting to ready", "s", kClock,
       [](const auto& start) { return between(at(start.accepting), at(start.ready)); }},
      {"first_token_phase", "Ready to the first token", "s", kClock,
       [](const auto& start) { return between(at(start.ready), at(start.first_token)); }},
      {"load_and_first_token_phase", "Accepting to the first token, the load within it", "s", kClock,
       [](const auto& start) {
         return start.ready ? std::nullopt : between(at(start.accepting), at(start.first_token));
       }},
      {"settle_phase", "First token to settled latency", "s", kClock,
       [](const auto& start) { return between(at(start.first_token), at(start.settled)); }},
      {"told_load", "The model's load as the server tells it", "s", "the server",
       [](const auto& start) { return start.told_load_s; }},
      {"first_ttft", "First request: issue to first token", "s", "receive stamp less issue stamp",
       [](const auto& start) { return start.first_ttft_s; }},
      {"steady_latency", "Latency of a request once it has settled", "s", "median of the later half",
       [](const auto& start) { return start.steady_latency_s; }},
      {"peak_resident", "Peak resident memory", "B", kStatus,
       [](const auto& start) { return start.peak_resident_b; }},
  };
  return table;
}

/// Sums up what the starts have of one figure; `grade` and `sources` of the facts.
std::optional<StartFigure> sum_up(std::string id, std::string title, const std::vector<double>& values,
                                  const Fact& like) {
  if (values.empty()) return std::nullopt;
  StartFigure figure;
  figure.id = std::move(id);
  figure.title = std::move(title);
  figure.count = values.size();
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  figure.least = *least;
  figure.most = *most;
  Fact mean = like;
  mean.value = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  if (const auto bounds = student_interval(values)) {
    mean.lo = bounds->lo;
    mean.hi = bounds->hi;
  }
  figure.mean = mean;
  if (const auto middle = quantile(values, 0.5)) {
    Fact median = like;
    median.value = middle->value;
    median.lo = middle->lo;
    median.hi = middle->hi;
    figure.median = median;
  }
  return figure;
}

Fact fact_like(const char* unit, const char* source) {
  Fact fact;
  fact.unit = unit;
  fact.grade = Grade::measured;
  fact.sources = {source};
  return fact;
}

/// Joules of the windows named `name`. One start's own interval is narrower or wider than the spread between
/// starts; where there is a single start, its own is all there is.
std::optional<StartFigure> energy_figure(const std::vector<const ColdStartRepeat*>& starts,
                                         const std::string& name) {
  std::vector<double> joules;
  std::optional<Fact> like;
  for (const auto* start : starts) {
    for (const auto& window : start->windows) {
      const auto total = window.name == name ? total_energy(window) : std::nullopt;
      if (!total) continue;
      joules.push_back(total->value);
      if (!like) {
        like = *total;
      } else {
        like->grade = weaker(like->grade, total->grade);
      }
    }
  }
  if (!like) return std::nullopt;
  if (joules.size() > 1) like->lo = like->hi = std::nullopt;
  return sum_up(name + "_energy", "Energy of the phase " + name, joules, *like);
}

std::vector<std::string> window_names(const std::vector<const ColdStartRepeat*>& starts) {
  std::vector<std::string> names;
  for (const auto* start : starts) {
    for (const auto& window : start->windows) {
      if (std::find(names.begin(), names.end(), window.name) == names.end()) names.push_back(window.name);
    }
  }
  return names;
}

}  // namespace

std::optional<Settled> settled(const std::vector<SettleRequest>& requests, double share) {
  std::vector<const SettleRequest*> good;
  for (const auto& request : requests) {
    if (request.latency_s) good.push_back(&request);
  }
  if (good.size() < kFewestForSteady) return std::nullopt;
  std::vector<double> later;
  for (std::size_t i = good.size() / 2; i < good.size(); ++i) later.push_back(*good[i]->latency_s);
  const double steady_s = quantile(later, 0.5)->value;
  const auto found = std::find_if(good.begin(), good.end(), [&](const SettleRequest* request) {
    return *request->latency_s <= (1.0 + share) * steady_s;
  });
  return Settled{(*found)->number, (*found)->ended_s, steady_s};
}

std::vector<StartFigure> start_figures(const std::vector<ColdStartRepeat>& repeats) {
  std::vector<const ColdStartRepeat*> good;
  for (const auto& repeat : repeats) {
    if (repeat.ok()) good.push_back(&repeat);
  }
  std::vector<StartFigure> figures;
  for (const auto& row : rows()) {
    std::vector<double> values;
    for (const auto* repeat : good) {
      if (const auto value = row.value(*repeat)) values.push_back(*value);
    }
    if (auto figure = sum_up(row.id, row.title, values, fact_like(row.unit, row.source)))
      figures.push_back(std::move(*figure));
  }
  for (const auto& name : window_names(good)) {
    if (auto figure = energy_figure(good, name)) figures.push_back(std::move(*figure));
  }
  return figures;
}

}  // namespace edgeeval
