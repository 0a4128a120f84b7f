// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "serving/checks.hpp"
#include "stats/quantile.hpp"

namespace edgeeval {
namespace {

double seconds(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }

void schedule_lag(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "schedule-lag";
  constexpr auto kTitle = "Requests were sent when they were due";
  std::vector<double> lags;
  std::vector<double> ttfts;
  std::int64_t earliest = 0;
  std::int64_t latest = 0;
  for (std::size_t i = 0; i < subject.requests().size(); ++i) {
    const auto& request = subject.requests()[i];
    if (!is_measured(request) || !request.issued_ns) continue;
    earliest = lags.empty() ? request.scheduled_ns : std::min(earliest, request.scheduled_ns);
    latest = lags.empty() ? request.scheduled_ns : std::max(latest, request.scheduled_ns);
    lags.push_back(seconds(*request.issued_ns - request.scheduled_ns));
    const auto first = subject.view.table.replies[i].first_token_ns;
    if (request.ok() && first) ttfts.push_back(seconds(*first - *request.issued_ns));
  }
  if (lags.empty()) return findings.push_back(unchecked(kId, kTitle, "no request was sent"));
  const double p99 = quantile(lags, 0.99)->value;
  // Where all are due at once (offline), the figure that counts is the whole load's throughput.
  const bool at_once = subject.open_loop() && lags.size() > 1 && earliest == latest;
  const double typical = at_once         ? subject.whole.seconds()
                         : ttfts.empty() ? 0.0
                                         : quantile(ttfts, 0.5)->value;
  const double share = subject.limits.lag_share * typical;
  const double limit = std::max(subject.limits.lag_floor_s, share);
  // In a closed loop a late send makes the load a little smaller, and hides no waiting: latencies count from
  // sending.
  findings.push_back(
      judged(kId, kTitle, p99, limit,
             "99 % of requests were sent within " + milliseconds(p99) + " of being due; limit " +
                 milliseconds(limit),
             at_once ? "give the client more threads, or a core of its own (--cpus)"
                     : "give the client a core of its own (--cpus), or more threads, or lower the rate",
             subject.open_loop() ? CheckVerdict::failed : CheckVerdict::warned));
}

void rate(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "rate";
  constexpr auto kTitle = "The offered rate was achieved";
  if (!subject.open_loop()) return findings.push_back(unchecked(kId, kTitle, "a closed loop offers no rate"));
  std::vector<std::int64_t> due;
  std::vector<std::int64_t> sent;
  for (const auto& request : subject.requests()) {
    if (!is_measured(request)) continue;
    due.push_back(request.scheduled_ns);
    if (request.issued_ns) sent.push_back(*request.issued_ns);
  }
  const auto a_second = [](const std::vector<std::int64_t>& at) {
    if (at.size() < 2) return 0.0;
    const auto [first, last] = std::minmax_element(at.begin(), at.end());
    return *last > *first ? static_cast<double>(at.size() - 1) / seconds(*last - *first) : 0.0;
  };
  const double offered = a_second(due);
  const double achieved = a_second(sent);
  if (offered <= 0.0)
    return findings.push_back(unchecked(kId, kTitle, "fewer than two requests at different times"));
  const double off = std::abs(achieved / offered - 1.0);
  findings.push_back(judged(
      kId, kTitle, off, subject.limits.rate_shortfall,
      "offered " + format_significant(offered, 4) + ", sent " + format_significant(achieved, 4) +
          " requests a second: off by " + percent(off) + "; limit " + percent(subject.limits.rate_shortfall),
      "the client or the network cannot make this load: lower the rate or add client threads"));
}

/// What others took of the client's cores. Kernel stamps and closed loops stand it, so it is a warning; what
/// it did to a schedule fails there.
void core_waits(const ClientReport& client, double limit, CheckResult& result) {
  const double share = *client.core_wait_s / (client.wall_s * std::max(1, client.threads));
  if (share <= limit) return;
  result.found += "; for " + percent(share) + " of it other programs kept it from a core";
  if (result.verdict != CheckVerdict::passed) return;
  result.verdict = CheckVerdict::warned;
  result.advice = "give the client cores of its own (--cpus), and keep other programs off them";
}

void saturation(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "client-saturation";
  constexpr auto kTitle = "The client was not the bottleneck";
  const auto& client = subject.view.load.header.client;
  if (!client || client->wall_s <= 0.0)
    return findings.push_back(unchecked(kId, kTitle, "the client's own report is missing"));
  const double share = client->cpu_s / (client->wall_s * std::max(1, client->threads));
  std::string found = "the client was busy for " + percent(share) + " of its cores' time";
  if (client->events > 0)
    found +=
        ", " + format_significant(client->cpu_s / static_cast<double>(client->events) * 1e6) + " µs an event";
  auto result = judged(kId, kTitle, share, subject.limits.client_cpu_share,
                       found + "; limit " + percent(subject.limits.client_cpu_share),
                       "use more client threads, or another machine for the client");
  if (client->core_wait_s) core_waits(*client, subject.limits.core_wait_share, result);
  findings.push_back(std::move(result));
}

void coalesced(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "coalesced";
  constexpr auto kTitle = "Each token event had a stamp of its own";
  const auto& table = subject.view.table;
  if (table.token_events == 0) return findings.push_back(unchecked(kId, kTitle, "there are no token events"));
  const double share = static_cast<double>(table.bundled_tokens) / static_cast<double>(table.token_events);
  findings.push_back(
      judged(kId, kTitle, share, subject.limits.coalesced_share,
             percent(share) + " of token events came in one read with an earlier one of their reply; limit " +
                 percent(subject.limits.coalesced_share),
             "their stamps are upper bounds: relieve the client, or look for a proxy or a server that "
             "holds events back"));
}

void clock_step(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "clock-step";
  constexpr auto kTitle = "The clock was not set during the load";
  const auto& client = subject.view.load.header.client;
  if (!client || client->clock.empty())
    return findings.push_back(unchecked(kId, kTitle, "no readings of the clock's offset"));
  findings.push_back(
      judged(kId, kTitle, client->clock_steps, 0.0,
             std::to_string(client->clock_steps) + " steps of the real-time clock; its largest move was " +
                 milliseconds(seconds(client->largest_offset_move_ns)),
             "kernel stamps around a step are wrong: keep time synchronisation from stepping, and "
             "measure again"));
}

void lost_events(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "lost-events";
  constexpr auto kTitle = "Every event was recorded";
  const auto& client = subject.view.load.header.client;
  const auto strangers = subject.view.table.strangers;
  if (!client) return findings.push_back(unchecked(kId, kTitle, "the client's own report is missing"));
  const auto lost = client->lost_events + strangers;
  findings.push_back(judged(kId, kTitle, static_cast<double>(lost), 0.0,
                            std::to_string(client->lost_events) + " events were lost, " +
                                std::to_string(strangers) + " belong to no recorded request",
                            "write to a faster disk with room on it"));
}

/// Orders that cannot be: GuideLLM's first stamps came out later than its last ones under overload (research,
/// peers.md section 3).
void stamp_order(const CheckSubject& subject, Findings& findings) {
  std::uint64_t wrong = 0;
  std::uint64_t backwards = 0;
  for (std::size_t i = 0; i < subject.requests().size(); ++i) {
    const auto& request = subject.requests()[i];
    const auto& reply = subject.view.table.replies[i];
    if (!is_measured(request)) continue;
    backwards += reply.backwards;
    const bool early =
        request.issued_ns && reply.first_event_ns && *reply.first_event_ns < *request.issued_ns;
    const bool before_head =
        request.headers_ns && reply.first_event_ns && *reply.first_event_ns < *request.headers_ns;
    const bool after_close =
        request.closed_ns && reply.last_token_ns && *reply.last_token_ns > *request.closed_ns;
    const bool unsent = reply.first_event_ns && !request.issued_ns;
    if (early || before_head || after_close || unsent) ++wrong;
  }
  findings.push_back(
      judged("stamp-order", "Stamps are in an order that can be", static_cast<double>(wrong + backwards), 0.0,
             std::to_string(wrong) + " requests with events outside of sending, head and close; " +
                 std::to_string(backwards) + " events stamped before the one ahead of them",
             "the record or the mapping of kernel stamps is damaged: do not use its latencies"));
}

}  // namespace

void check_client(const CheckSubject& subject, Findings& findings) {
  schedule_lag(subject, findings);
  rate(subject, findings);
  saturation(subject, findings);
  coalesced(subject, findings);
  clock_step(subject, findings);
  lost_events(subject, findings);
  stamp_order(subject, findings);
}

}  // namespace edgeeval
