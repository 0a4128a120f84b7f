// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/text.hpp"
#include "serving/checks.hpp"
#include "stats/tails.hpp"

namespace edgeeval {
namespace {

// Linux delays an acknowledgement by 40 ms at least (TCP_DELACK_MIN, HZ/25); what a sender that waits for it
// holds back comes within a few ms more (research, loadgen.md section 3).
constexpr double kHeldFrom = 0.0385, kHeldTo = 0.0455;
constexpr double kAtOnce = 0.002;     // A gap that ends a held-back pair.
constexpr double kCombShare = 0.01;   // Of gaps or of first tokens.
constexpr double kCombFailed = 0.10;  // From here on figures are those of a socket option, not of the engine.
constexpr double kByChance = 1e-6;
constexpr double kAtTheEnd = 0.05;   // Of E2E: all tokens within the last twentieth…
constexpr double kNoEngine = 0.001;  // …and a millisecond apart on average at most.
constexpr std::uint32_t kFewestEvents = 4;

bool held(double gap_s) { return kHeldFrom <= gap_s && gap_s < kHeldTo; }

/// Counts of a 40 ms mode: what was seen, of how many, and what chance would have made.
struct Comb {
  std::uint64_t seen = 0, of = 0;
  double by_chance = 0.0;
  [[nodiscard]] double share() const {
    return of == 0 ? 0.0 : static_cast<double>(seen) / static_cast<double>(of);
  }
  [[nodiscard]] bool real() const {
    return seen > 0 && poisson_upper_tail(seen, std::max(by_chance, 1e-9)) < kByChance;
  }
};

/// A gap of 40 ms followed by none: a chunk was held until the one before was acknowledged, and the next one
/// came with it. An engine whose step is 40 ms has the gaps, but not the pairs.
Comb paired_gaps(const LoadView& view) {
  std::vector<float> last(view.requests().size(), -1.0F);
  Comb comb;
  double slow = 0.0;
  double quick = 0.0;
  view.table.for_each_gap([&](const ChunkGap& gap) {
    const double now = static_cast<double>(gap.gap_ns) * 1e-9;
    ++comb.of;
    if (held(now)) slow += 1.0;
    if (now < kAtOnce) quick += 1.0;
    if (now < kAtOnce && held(static_cast<double>(last[gap.reply]))) ++comb.seen;
    last[gap.reply] = static_cast<float>(now);
  });
  if (comb.of > 0) comb.by_chance = slow * quick / static_cast<double>(comb.of);
  return comb;
}

/// First tokens at 40 ms, against those in stretches of the same length before and after.
Comb first_tokens(const LoadView& view) {
  constexpr double kLength = kHeldTo - kHeldFrom;
  Comb comb;
  double beside = 0.0;
  for (std::size_t i = 0; i < view.requests().size(); ++i) {
    const auto first = view.table.replies[i].first_token_ns;
    if (!view.counts(i) || !first || !view.requests()[i].issued_ns) continue;
    const double ttft = static_cast<double>(*first - *view.requests()[i].issued_ns) * 1e-9;
    ++comb.of;
    if (held(ttft)) ++comb.seen;
    if (std::abs(ttft - 0.5 * (kHeldFrom + kHeldTo)) < 1.5 * kLength && !held(ttft)) beside += 1.0;
  }
  // A smooth law has as many beside as within; three times as many is no shoulder of it.
  comb.by_chance = 1.5 * beside + 1.0;
  return comb;
}

void nagle(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "nagle";
  constexpr auto kTitle = "No chunks were held back for 40 ms";
  const auto gaps = paired_gaps(subject.view);
  const auto firsts = first_tokens(subject.view);
  if (gaps.of + firsts.of == 0)
    return findings.push_back(unchecked(kId, kTitle, "there are no token events"));
  const double gap_share = gaps.real() ? gaps.share() : 0.0;
  // Where nearly all first tokens take 40 ms, and gaps show nothing, it may be how long the prompt takes:
  // only warned.
  const double first_share = firsts.real() ? firsts.share() : 0.0;
  const double share = std::max(gap_share, first_share);
  std::string found = percent(gaps.share()) + " of gaps are 40 ms with the next chunk at once (" +
                      format_significant(gaps.by_chance) + " of " + std::to_string(gaps.seen) +
                      " by chance), and " + percent(firsts.share()) +
                      " of first tokens came at 40 ms; limit " + percent(kCombShare);
  findings.push_back(
      judged(kId, kTitle, share, kCombShare, std::move(found),
             "delayed acknowledgements meet Nagle's algorithm on the server's or a proxy's socket: set "
             "TCP_NODELAY there",
             gap_share > kCombFailed ? CheckVerdict::failed : CheckVerdict::warned));
}

void synthetic_stream(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "synthetic-stream";
  constexpr auto kTitle = "Replies were streamed as they were made";
  double judged_replies = 0.0;
  double synthetic = 0.0;
  for (std::size_t i = 0; i < subject.requests().size(); ++i) {
    const auto& reply = subject.view.table.replies[i];
    if (!subject.view.counts(i) || reply.token_events < kFewestEvents || !subject.requests()[i].issued_ns)
      continue;
    judged_replies += 1.0;
    const double spread = static_cast<double>(*reply.last_token_ns - *reply.first_token_ns) * 1e-9;
    const double e2e = static_cast<double>(*reply.last_token_ns - *subject.requests()[i].issued_ns) * 1e-9;
    if (spread <= kAtTheEnd * e2e && spread <= kNoEngine * (reply.token_events - 1)) synthetic += 1.0;
  }
  if (judged_replies == 0.0)
    return findings.push_back(unchecked(kId, kTitle, "no reply has four token events"));
  const double share = synthetic / judged_replies;
  findings.push_back(
      judged(kId, kTitle, share, 0.5,
             percent(share) +
                 " of replies had all their tokens within the last 5 % of their time, at "
                 "most 1 ms apart; limit " +
                 percent(0.5),
             "the server or a proxy makes the whole reply first: TTFT and ITL say nothing, use E2E"));
}

void connections(const CheckSubject& subject, Findings& findings) {
  double sent = 0.0;
  double reused = 0.0;
  double retried = 0.0;
  for (const auto& request : subject.requests()) {
    if (!is_measured(request) || !request.issued_ns) continue;
    sent += 1.0;
    if (request.reused_connection) reused += 1.0;
    if (request.attempts > 1) retried += 1.0;
  }
  if (sent == 0.0)
    return findings.push_back(unchecked("connections", "Connections held", "no request was sent"));
  findings.push_back(
      judged("connections", "Connections held", retried / sent, 0.01,
             percent(reused / sent) + " of requests went over a connection that was open already; " +
                 percent(retried / sent) + " had to be sent twice",
             "the server closes connections that it said it would keep: their retries lengthen E2E from "
             "the schedule",
             CheckVerdict::warned));
}

void tls(const CheckSubject& subject, Findings& findings) {
  const auto& header = subject.view.load.header;
  if (!header.url.starts_with("https:")) return;
  const auto setting = header.settings.find("insecure");
  const bool insecure =
      (setting != header.settings.end() && (setting->second == "yes" || setting->second == "true")) ||
      std::any_of(header.warnings.begin(), header.warnings.end(), [](const auto& warning) {
        return warning.find("certificates were not checked") != std::string::npos;
      });
  findings.push_back(
      judged("tls", "The server's certificate was checked", insecure ? 1.0 : 0.0, 0.0,
             insecure ? "certificates were not checked" : "certificates were checked",
             "anybody may have answered: give the authority's certificate instead of --insecure",
             CheckVerdict::warned));
}

}  // namespace

void check_wire(const CheckSubject& subject, Findings& findings) {
  nagle(subject, findings);
  synthetic_stream(subject, findings);
  connections(subject, findings);
  tls(subject, findings);
}

}  // namespace edgeeval
