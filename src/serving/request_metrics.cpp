// SPDX-License-Identifier: Apache-2.0
#include "serving/request_metrics.hpp"

#include <algorithm>

#include "catalog/token_times.hpp"

namespace edgeeval {
namespace {

using Time = std::optional<std::int64_t>;

std::optional<double> between(Time begin, Time end) {
  if (!begin || !end) return std::nullopt;
  return static_cast<double>(*end - *begin) * 1e-9;
}
std::optional<double> number(std::optional<std::int64_t> value) {
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}
const RequestRecord& request(const LoadView& view, std::size_t i) { return view.requests()[i]; }
const ReplyEvents& reply(const LoadView& view, std::size_t i) { return view.table.replies[i]; }

std::optional<double> longest_gap(const LoadView& view, std::size_t i) {
  if (reply(view, i).token_events < 2) return std::nullopt;
  return static_cast<double>(reply(view, i).longest_gap_ns) * 1e-9;
}
std::optional<double> output_tokens(const LoadView& view, std::size_t i) {
  const auto total = view.tokens[i].total;
  return total ? std::optional(static_cast<double>(*total)) : std::nullopt;
}

std::vector<RequestMetric> make_metrics() {
  using View = const LoadView&;
  using I = std::size_t;
  return {
      {"ttft_user",
       [](View v, I i) { return between(request(v, i).scheduled_ns, reply(v, i).first_token_ns); },
       StampUse::one},
      {"ttft_service",
       [](View v, I i) { return between(request(v, i).issued_ns, reply(v, i).first_token_ns); },
       StampUse::one},
      {"ttfo", [](View v, I i) { return between(request(v, i).issued_ns, reply(v, i).first_answer_ns); },
       StampUse::one},
      {"ttst", [](View v, I i) { return between(reply(v, i).first_token_ns, reply(v, i).second_token_ns); },
       StampUse::gap},
      {"ttfe", [](View v, I i) { return between(request(v, i).issued_ns, reply(v, i).first_event_ns); },
       StampUse::one},
      {"ttfb", [](View v, I i) { return between(request(v, i).issued_ns, request(v, i).headers_ns); },
       StampUse::one},
      {"tpot", tpot_of, StampUse::per_token},
      {"longest_gap", longest_gap, StampUse::gap},
      {"e2e_user", [](View v, I i) { return between(request(v, i).scheduled_ns, reply(v, i).last_token_ns); },
       StampUse::one},
      {"e2e_service", [](View v, I i) { return between(request(v, i).issued_ns, reply(v, i).last_token_ns); },
       StampUse::one},
      {"e2e_close_user",
       [](View v, I i) { return between(request(v, i).scheduled_ns, request(v, i).closed_ns); },
       StampUse::one},
      {"e2e_close_service",
       [](View v, I i) { return between(request(v, i).issued_ns, request(v, i).closed_ns); }, StampUse::one},
      {"schedule_lag",
       [](View v, I i) { return between(request(v, i).scheduled_ns, request(v, i).issued_ns); },
       StampUse::none, true, true},
      {"connect",
       [](View v, I i) { return between(request(v, i).connect_begun_ns, request(v, i).connected_ns); },
       StampUse::none, true, true},
      {"tls", [](View v, I i) { return between(request(v, i).connected_ns, request(v, i).tls_ns); },
       StampUse::none, true, true},
      {"output_tokens", output_tokens},
      {"prompt_tokens", [](View v, I i) { return number(request(v, i).prompt_tokens); }},
  };
}

}  // namespace

std::optional<double> tpot_of(const LoadView& view, std::size_t i) {
  const auto& events = reply(view, i);
  const auto& tokens = view.tokens[i];
  if (!events.first_token_ns || !tokens.shown) return std::nullopt;
  // From the first stamp on, so that nanoseconds since the machine's start lose no digits.
  const auto span_s = static_cast<double>(*events.last_token_ns - *events.first_token_ns) * 1e-9;
  return time_per_output_token({0.0, span_s, *tokens.shown, tokens.first.value_or(1)});
}

const std::vector<RequestMetric>& request_metrics() {
  static const auto metrics = make_metrics();
  return metrics;
}

const RequestMetric* find_request_metric(std::string_view id) {
  const auto& all = request_metrics();
  const auto found =
      std::find_if(all.begin(), all.end(), [id](const auto& metric) { return metric.id == id; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace edgeeval
