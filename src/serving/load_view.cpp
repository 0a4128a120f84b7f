// SPDX-License-Identifier: Apache-2.0
#include "serving/load_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/text.hpp"
#include "stats/mser.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kFewestCompletions = 20;

/// Completion and latency of a reply.
struct Completion {
  std::int64_t at_ns = 0;
  double latency_s = 0.0;
};

std::string span_text(double seconds) {
  return seconds < 1.0 ? format_significant(seconds * 1000.0) + " ms" : format_duration(seconds);
}

std::vector<Completion> completions(const LoadView& view) {
  std::vector<Completion> result;
  for (std::size_t i = 0; i < view.requests().size(); ++i) {
    const auto& request = view.requests()[i];
    if (!view.counts(i) || !request.issued_ns || !request.closed_ns) continue;
    result.push_back(
        {*request.closed_ns, static_cast<double>(*request.closed_ns - *request.issued_ns) * 1e-9});
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const auto& a, const auto& b) { return a.at_ns < b.at_ns; });
  return result;
}

}  // namespace

Result<LoadView> view_load(LoadRecord& load) {
  auto table = ReplyTable::read(load);
  if (!table) return tl::unexpected(table.error());
  LoadView view{load, std::move(*table), {}};
  view.tokens.reserve(load.requests.size());
  for (std::size_t i = 0; i < load.requests.size(); ++i)
    view.tokens.push_back(tokens_of(load.requests[i], view.table.replies[i]));
  return view;
}

std::string retokenised_note(const LoadView& view) {
  std::size_t replies = 0;
  std::size_t retokenised = 0;
  for (std::size_t i = 0; i < view.requests().size(); ++i) {
    if (!view.counts(i)) continue;
    ++replies;
    if (view.tokens[i].retokenised) ++retokenised;
  }
  if (retokenised == 0) return {};
  return "tokens of " + std::to_string(retokenised) + " of " + std::to_string(replies) +
         " replies are counted by the server's tokenizer after the load";
}

std::optional<Stretch> whole_window(const LoadView& view) {
  std::optional<Stretch> whole;
  for (const auto& request : view.requests()) {
    if (!is_measured(request) || !request.issued_ns) continue;
    const auto end = std::max(*request.issued_ns, request.closed_ns.value_or(*request.issued_ns));
    if (!whole)
      whole = Stretch{*request.issued_ns, end};
    else
      whole = Stretch{std::min(whole->begin_ns, *request.issued_ns), std::max(whole->end_ns, end)};
  }
  return whole;
}

tl::expected<SteadyWindow, std::string> steady_window(const LoadView& view, const Stretch& whole) {
  const auto none = [](std::string why) { return tl::unexpected(std::move(why)); };
  const auto ended = completions(view);
  std::vector<double> latencies;
  latencies.reserve(ended.size());
  for (const auto& completion : ended) latencies.push_back(completion.latency_s);
  const auto truncated = mser5_truncation(latencies);
  if (!truncated)
    return none(ended.size() < 50 ? "fewer than 50 replies, too few for MSER-5"
                                  : "MSER-5 found no steady part in the latencies");
  std::int64_t last_send = whole.begin_ns;
  for (const auto& request : view.requests())
    if (is_measured(request) && request.issued_ns) last_send = std::max(last_send, *request.issued_ns);
  const auto left_out = std::max<std::size_t>(*truncated, 1);
  const auto begin = ended[left_out - 1].at_ns;
  const auto within = std::count_if(ended.begin(), ended.end(), [&](const auto& completion) {
    return begin <= completion.at_ns && completion.at_ns <= last_send;
  });
  if (static_cast<std::size_t>(within) < kFewestCompletions)
    return none("fewer than 20 replies ended before the last send");
  // Of all that are left, those that ended after the window too: what is long ends late.
  const auto residence_s =
      std::accumulate(latencies.begin() + static_cast<std::ptrdiff_t>(left_out), latencies.end(), 0.0) /
      static_cast<double>(ended.size() - left_out);
  const auto length_s = Stretch{begin, last_send}.seconds();
  if (length_s < kLeastResidences * residence_s)
    return none(
        fmt::format("the {} between the start and the last send are fewer than {:g} times a request's {}",
                    span_text(length_s), kLeastResidences, span_text(residence_s)));
  return SteadyWindow{
      begin, last_send,
      fmt::format("MSER-5 on request latency left out the first {} completions; to the last send", left_out)};
}

double mean_in_flight(const LoadView& view, const Stretch& window) {
  double integral = 0.0;
  for (const auto& request : view.requests()) {
    if (!is_measured(request) || !request.issued_ns || !request.closed_ns) continue;
    const auto begin = std::max(*request.issued_ns, window.begin_ns);
    const auto end = std::min(*request.closed_ns, window.end_ns);
    if (end > begin) integral += static_cast<double>(end - begin) * 1e-9;
  }
  return window.seconds() > 0.0 ? integral / window.seconds() : 0.0;
}

}  // namespace edgeeval
