// SPDX-License-Identifier: Apache-2.0
#include "serving/summary.hpp"

#include <limits>
#include <utility>

#include "catalog/serving_metrics.hpp"
#include "serving/load_view.hpp"
#include "serving/rates.hpp"
#include "serving/request_metrics.hpp"
#include "serving/stamp_error.hpp"
#include "serving/token_distributions.hpp"

namespace edgeeval {
namespace {

constexpr std::int64_t kLate = 1'000'000;  // 1 ms behind the schedule.

/// Requests and events counted.
void count(const LoadView& view, ServingSummary& summary) {
  const bool open = view.load.header.concurrency == 0;
  for (std::size_t i = 0; i < view.requests().size(); ++i) {
    const auto& request = view.requests()[i];
    if (!is_measured(request)) continue;
    ++summary.requests;
    if (request.attempts > 1) ++summary.retried;
    if (open && request.issued_ns && *request.issued_ns - request.scheduled_ns > kLate) ++summary.late;
    if (!request.ok()) {
      const std::string name(to_string(request.failure));
      ++summary.failed;
      ++summary.failures[name];
      summary.failure_examples.try_emplace(name, request.error);
      continue;
    }
    ++summary.ok;
    summary.tokens += view.tokens[i].total.value_or(0);
    const auto source = view.tokens[i].retokenised ? TokenSource::retokenised : request.completion_source;
    ++summary.token_sources[std::string(to_string(source))];
    for (std::size_t at = 0; at < request.event_sources.size(); ++at)
      if (const auto events = request.event_sources[at]; events > 0)
        summary.event_sources[std::string(to_string(static_cast<TokenSource>(at)))] += events;
  }
  const auto& table = view.table;
  summary.events = table.events;
  summary.token_events = table.token_events;
  for (std::size_t kind = 0; kind < table.by_class.size(); ++kind)
    if (table.by_class[kind] > 0)
      summary.events_by_class[std::string(to_string(static_cast<EventClass>(kind)))] = table.by_class[kind];
  if (table.strangers > 0)
    summary.warnings.push_back(std::to_string(table.strangers) +
                               " events belong to no recorded request and were left out");
}

/// Makes the figures of one window.
class WindowFigures {
 public:
  WindowFigures(const LoadView& view, const NamedWindow& window, const StampError& error,
                const SummaryOptions& options, const ServingSummary& summary)
      : view_(view), window_(window), error_(error), summary_(summary), counted_(retokenised_note(view)) {
    settings_ = {options.bootstrap_draws, options.seed, mean_in_flight(view, window.stretch), std::nullopt};
  }

  /// In the order of the metric table, `rates` among them.
  std::vector<ServingFigure> make(std::vector<ServingFigure> rates) {
    const Stretch all{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
    settings_.stamp_error = error_in_metric(error_, StampUse::gap, 1.0);
    const auto tokens = token_distributions(view_, window_.everything ? all : window_.stretch, settings_);
    std::vector<ServingFigure> figures;
    for (const auto& metric : serving_metrics()) {
      if (const auto* const request_metric = find_request_metric(metric.id)) {
        figures.push_back(over_requests(*request_metric));
      } else if (metric.distribution) {
        figures.push_back(over_tokens(metric.id, tokens));
      } else {
        for (auto& rate : rates)
          if (rate.metric == metric.id) figures.push_back(std::move(rate));
      }
    }
    return figures;
  }

 private:
  /// On whose count a figure rests, where it is not the server's.
  void add_count_note(std::string_view id, ServingFigure& figure) const {
    if (counted_.empty() || (id != "tpot" && id != "output_tokens" && !id.starts_with("itl_"))) return;
    figure.note += (figure.note.empty() ? "" : "; ") + counted_;
  }

  [[nodiscard]] std::string base_note() const {
    std::string note = summary_.stamps.empty() ? "" : summary_.stamps + " stamps";
    if (summary_.failed > 0)
      note += (note.empty() ? "" : "; ") + std::to_string(summary_.failed) + " failed requests are not in it";
    return note;
  }

  [[nodiscard]] ServingFigure over_requests(const RequestMetric& metric) const {
    std::vector<double> values;
    std::uint64_t undefined = 0;
    std::uint64_t first_unknown = 0;
    double tokens = 0.0;
    for (std::size_t i = 0; i < view_.requests().size(); ++i) {
      const auto& request = view_.requests()[i];
      if (metric.failed_too ? !is_measured(request) : !view_.counts(i)) continue;
      if (!request.issued_ns || !window_.holds(*request.issued_ns)) continue;
      const auto value = metric.value(view_, i);
      if (!value) {
        if (!metric.when_there) ++undefined;
        continue;
      }
      values.push_back(*value);
      if (metric.stamps != StampUse::per_token) continue;
      if (!view_.tokens[i].first) ++first_unknown;
      tokens += static_cast<double>(*view_.tokens[i].shown - view_.tokens[i].first.value_or(1));
    }
    auto settings = settings_;
    const double count = values.empty() ? 1.0 : static_cast<double>(values.size());
    settings.stamp_error = error_in_metric(error_, metric.stamps, tokens / count);
    ServingFigure figure{
        std::string(metric.id), window_.name, distribution_of(values, undefined, settings), {}, {}, {}};
    if (metric.stamps != StampUse::none) figure.note = base_note();
    if (first_unknown > 0)
      figure.note += "; in " + std::to_string(first_unknown) +
                     " replies the first event's tokens are not told and taken as one";
    add_count_note(metric.id, figure);
    if (!figure.distribution)
      figure.absent = undefined > 0 ? "none of " + std::to_string(undefined) + " replies has it"
                                    : "no request of this window has it";
    return figure;
  }

  [[nodiscard]] ServingFigure over_tokens(std::string_view id, const TokenDistributions& tokens) const {
    ServingFigure figure{std::string(id), window_.name, {}, {}, {}, base_note()};
    figure.distribution = id == "icg"             ? tokens.icg
                          : id == "itl_delivered" ? tokens.delivered
                                                  : tokens.amortised;
    if (id != "icg" && tokens.inferred > 0)
      figure.note += "; in " + std::to_string(tokens.inferred) +
                     " replies the tokens of events follow from the reply's count";
    add_count_note(id, figure);
    if (figure.distribution) return figure;
    figure.absent = id != "icg" && tokens.uncountable > 0
                        ? "it is not known how many tokens the events of " +
                              std::to_string(tokens.uncountable) + " replies carry"
                        : "no reply has two token events in this window";
    return figure;
  }

  const LoadView& view_;
  const NamedWindow& window_;
  const StampError& error_;
  const ServingSummary& summary_;
  std::string counted_;
  BoundSettings settings_;
};

/// Figures of a steady window that is not there: a rate without one is looked for, and must not be taken for
/// 0.
void lack_steady(ServingSummary& summary) {
  std::vector<ServingFigure> absent;
  for (const auto& figure : summary.figures) {
    const auto* const metric = find_serving_metric(figure.metric);
    if (metric != nullptr && !metric->distribution)
      absent.push_back({figure.metric, "steady", {}, {}, "no steady window: " + summary.steady_absent, {}});
  }
  summary.figures.insert(summary.figures.end(), std::make_move_iterator(absent.begin()),
                         std::make_move_iterator(absent.end()));
}

}  // namespace

Result<ServingSummary> summarise_load(LoadRecord& load, const SummaryOptions& options) {
  const auto view = view_load(load);
  if (!view) return tl::unexpected(view.error());
  ServingSummary summary;
  summary.warnings = load.warnings;
  count(*view, summary);
  const auto error = stamp_error(*view);
  summary.stamps = error.stamps;
  summary.stamp_error_known = error.p99_s.has_value();
  summary.stamp_error_p50_s = error.p50_s.value_or(0.0);
  summary.stamp_error_p99_s = error.p99_s.value_or(0.0);
  const auto whole = whole_window(*view);
  std::vector<NamedWindow> windows{{"whole", whole.value_or(Stretch{}), true}};
  if (whole) {
    if (auto steady = steady_window(*view, *whole)) {
      summary.steady = std::move(*steady);
      windows.push_back({"steady", {summary.steady->begin_ns, summary.steady->end_ns}, false});
    } else {
      summary.steady_absent = steady.error();
    }
  }
  for (const auto& window : windows) {
    WindowFigures maker(*view, window, error, options, summary);
    auto figures = maker.make(rate_figures(*view, window, options));
    summary.figures.insert(summary.figures.end(), std::make_move_iterator(figures.begin()),
                           std::make_move_iterator(figures.end()));
  }
  if (!summary.steady_absent.empty()) lack_steady(summary);
  return summary;
}

}  // namespace edgeeval
