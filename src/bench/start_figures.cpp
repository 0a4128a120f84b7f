// SPDX-License-Identifier: Apache-2.0
#include "bench/start_figures.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "record/ledger.hpp"
#include "stats/quantile.hpp"
#include "stats/student.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kFewestForSteady = 4;
constexpr const char* kLogStudent = "95 % by Student's t on the logarithms of the starts' values";
constexpr const char* kModelRange = "the model's own range, averaged over the starts";
constexpr const char* kOneStart = "of the one start's own measurement";

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

/// What the starts have of one figure.
struct Values {
  std::vector<double> each;
  std::vector<double> lo, hi;  ///< Bounds of each start's own, where all have them; else empty.
};

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// 0 where one of them is; nothing where one is below.
std::optional<double> geometric_mean_of(const std::vector<double>& values) {
  double logarithms = 0.0;
  for (const double value : values) {
    if (value < 0.0) return std::nullopt;
    logarithms += std::log(value);
  }
  return std::exp(logarithms / static_cast<double>(values.size()));
}

/// Student's t on the logarithms: times and joules are positive and their spread is lopsided, so that
/// mean ± t · s / √n of few starts would reach below nothing. Exact where they are log-normal.
std::optional<Bounds> log_interval(const std::vector<double>& values) {
  std::vector<double> logarithms;
  for (const double value : values) logarithms.push_back(std::log(value));
  const auto bounds = student_interval(logarithms);
  if (!bounds) return std::nullopt;
  const Bounds back{std::exp(bounds->lo), std::exp(bounds->hi)};
  return std::isfinite(back.lo) && std::isfinite(back.hi) ? std::optional(back) : std::nullopt;
}

/// Sets the mean and the geometric mean with bounds. What only a model knows is known no better for being
/// reckoned several times: its bounds stay. So do those of a single start.
void put_means(const Values& values, const Fact& like, StartFigure& figure) {
  Fact mean = like;
  mean.lo = mean.hi = std::nullopt;
  auto geometric = mean;
  mean.value = mean_of(values.each);
  const bool own = !values.lo.empty() && (values.each.size() == 1 || like.grade > Grade::computed);
  if (own) {
    mean.lo = mean_of(values.lo);
    mean.hi = mean_of(values.hi);
  }
  figure.mean = mean;
  const auto middle = geometric_mean_of(values.each);
  if (!middle || !(*middle > 0.0)) return;
  geometric.value = *middle;
  if (own) {
    geometric.lo = geometric_mean_of(values.lo);
    geometric.hi = geometric_mean_of(values.hi);
    if (geometric.lo && geometric.hi) figure.method = like.grade > Grade::computed ? kModelRange : kOneStart;
  } else if (const auto bounds = log_interval(values.each)) {
    geometric.lo = bounds->lo;
    geometric.hi = bounds->hi;
    figure.method = kLogStudent;
  }
  figure.geometric_mean = geometric;
}

/// Sums up what the starts have of one figure; `like` has the grade and the sources of the facts.
std::optional<StartFigure> sum_up(std::string id, std::string title, const Values& values, const Fact& like) {
  if (values.each.empty()) return std::nullopt;
  StartFigure figure;
  figure.id = std::move(id);
  figure.title = std::move(title);
  figure.count = values.each.size();
  const auto [least, most] = std::minmax_element(values.each.begin(), values.each.end());
  figure.least = *least;
  figure.most = *most;
  put_means(values, like, figure);
  if (const auto middle = quantile(values.each, 0.5)) {
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

/// Joules of the windows named `name`.
std::optional<StartFigure> energy_figure(const std::vector<const ColdStartRepeat*>& starts,
                                         const std::string& name) {
  Values joules;
  std::optional<Fact> like;
  for (const auto* start : starts) {
    for (const auto& window : start->windows) {
      const auto total = window.name == name ? total_energy(window) : std::nullopt;
      if (!total) continue;
      joules.each.push_back(total->value);
      if (total->lo && total->hi) {
        joules.lo.push_back(*total->lo);
        joules.hi.push_back(*total->hi);
      }
      if (!like) {
        like = *total;
      } else {
        like->grade = weaker(like->grade, total->grade);
      }
    }
  }
  if (!like) return std::nullopt;
  if (joules.lo.size() != joules.each.size()) joules.lo = joules.hi = {};
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
    Values values;
    for (const auto* repeat : good) {
      if (const auto value = row.value(*repeat)) values.each.push_back(*value);
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
