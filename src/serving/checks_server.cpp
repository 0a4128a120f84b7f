// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "core/text.hpp"
#include "serving/checks.hpp"
#include "stats/quantile.hpp"

namespace edgeeval {
namespace {

constexpr double kSure = 3.0;                // Standard errors.
constexpr double kRepeatSpeedup = 0.10;      // As MLPerf's TEST04 (endpoints/docs/compliance_audit_plan.md).
constexpr double kCountDisagreement = 0.01;  // Of replies.
constexpr double kTimingGap = 0.10, kSqueezed = 0.05;

/// Squared standard error of a mean.
double squared_error(const std::vector<double>& values) {
  const double middle = average(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - middle) * (value - middle);
  const auto n = static_cast<double>(values.size());
  return n < 2.0 ? 0.0 : squares / (n - 1.0) / n;
}

void cache_hits(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "cache-hits";
  constexpr auto kTitle = "Prompts were not served from a cache";
  double cached = 0.0;
  double prompt = 0.0;
  for (const auto& request : subject.requests()) {
    if (!is_measured(request) || !request.ok() || !request.cached_tokens || !request.prompt_tokens) continue;
    cached += static_cast<double>(*request.cached_tokens);
    prompt += static_cast<double>(*request.prompt_tokens);
  }
  if (prompt <= 0.0)
    return findings.push_back(unchecked(kId, kTitle, "the server does not tell cached tokens"));
  const double share = cached / prompt;
  auto result =
      judged(kId, kTitle, share, subject.limits.cache_hit_share,
             percent(share) + " of prompt tokens came from the server's cache; limit " +
                 percent(subject.limits.cache_hit_share),
             "ask for prompts that the server has not met (--prefix-cache defeat), empty its cache before "
             "(--prefix-cache reset), or say that hits are wanted (--prefix-cache allow)");
  if (subject.limits.cache_wanted) {
    result.verdict = CheckVerdict::passed;
    result.advice.clear();
    result.found += " (hits are wanted)";
  }
  findings.push_back(std::move(result));
}

/// How long prompts were, as the replies tell, against what was asked for. Nothing in records that do not say
/// how the lengths came about.
void prompt_length(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "prompt-length";
  constexpr auto kTitle = "Prompts are as long as was asked";
  const auto& settings = subject.view.load.header.settings;
  const auto how = settings.find("prompt_lengths");
  if (how == settings.end()) return;
  std::vector<std::int64_t> told;
  for (const auto& request : subject.requests()) {
    if (is_measured(request) && request.ok() && request.prompt_tokens) told.push_back(*request.prompt_tokens);
  }
  if (told.empty()) return findings.push_back(unchecked(kId, kTitle, "no reply tells its prompt's tokens"));
  const auto [least, most] = std::minmax_element(told.begin(), told.end());
  const auto reached = std::to_string(told.size()) + " replies tell " + std::to_string(*least) + " to " +
                       std::to_string(*most) + " (" + how->second + ")";
  const auto asked = settings.find("prompt_tokens");
  if (asked == settings.end())
    return findings.push_back({kId, kTitle, CheckVerdict::passed, reached, {}, {}, {}});
  const double wanted = std::strtod(asked->second.c_str(), nullptr);
  const double off =
      std::max(std::abs(static_cast<double>(*least) - wanted), std::abs(static_cast<double>(*most) - wanted));
  findings.push_back(
      judged(kId, kTitle, off, 0.0,
             "asked for " + asked->second + " tokens, " + reached +
                 (off > 0.0 ? ": within ±" + std::to_string(static_cast<std::int64_t>(off)) : std::string()),
             "figures are of prompts of the lengths that were reached", CheckVerdict::warned));
}

/// Prompts asked again may not be answered faster than the first time.
void repeats(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "repeat-speedup";
  constexpr auto kTitle = "Prompts asked again were not faster";
  if (subject.limits.cache_wanted) return;
  std::map<std::uint32_t, double> first_of;
  std::vector<double> first;
  std::vector<double> again;
  std::vector<double> differences;
  for (std::size_t i = 0; i < subject.requests().size(); ++i) {
    const auto& request = subject.requests()[i];
    const auto at = subject.view.table.replies[i].first_token_ns;
    if (!subject.view.counts(i) || !at || !request.issued_ns) continue;
    const double ttft = seconds(*at - *request.issued_ns);
    const auto [found, is_new] = first_of.try_emplace(request.prompt, ttft);
    if (is_new) continue;
    first.push_back(found->second);
    again.push_back(ttft);
    differences.push_back(found->second - ttft);
  }
  if (again.size() < 10)
    return findings.push_back(unchecked(kId, kTitle, "fewer than ten prompts were asked again"));
  const double speedup = average(differences) / std::max(average(first), 1e-12);
  const bool sure = average(differences) > kSure * std::sqrt(squared_error(differences));
  findings.push_back(judged(
      kId, kTitle, sure ? speedup : 0.0, kRepeatSpeedup,
      "TTFT of prompts asked again was shorter by " + percent(speedup) + "; limit " + percent(kRepeatSpeedup),
      "a cache answers: use more prompts, or have each begin differently (--prefix-cache defeat)"));
}

void output_length(const CheckSubject& subject, Findings& findings) {
  const auto& settings = subject.view.load.header.settings;
  const auto setting = settings.find("ignore_eos");
  const bool exact = setting != settings.end() && (setting->second == "yes" || setting->second == "true");
  std::vector<double> asked;
  std::vector<double> got;
  for (std::size_t i = 0; i < subject.requests().size(); ++i) {
    if (!subject.view.counts(i) || !subject.view.tokens[i].total) continue;
    asked.push_back(subject.requests()[i].asked_tokens);
    got.push_back(static_cast<double>(*subject.view.tokens[i].total));
  }
  constexpr auto kTitle = "Replies are as long as was asked";
  if (!exact || got.empty() || average(asked) <= 0.0) {
    findings.push_back(unchecked("output-length", kTitle,
                                 exact ? "no reply's length is known" : "replies may end by themselves"));
  } else {
    const double off = std::abs(average(got) / average(asked) - 1.0);
    findings.push_back(judged("output-length", kTitle, off, subject.limits.output_drift,
                              "asked for " + format_significant(average(asked), 4) + ", got " +
                                  format_significant(average(got), 4) + " tokens on average; limit " +
                                  percent(subject.limits.output_drift),
                              "the server does not heed ignore_eos, or its context is too short"));
  }
  constexpr auto kDriftTitle = "Replies did not become longer or shorter";
  const auto half = static_cast<std::ptrdiff_t>(got.size() / 2);
  if (half < 10)
    return findings.push_back(unchecked("length-drift", kDriftTitle, "fewer than twenty replies"));
  const std::vector<double> early(got.begin(), got.begin() + half);
  const std::vector<double> late(got.begin() + half, got.end());
  const double move = average(late) / std::max(average(early), 1e-12) - 1.0;
  const bool sure = std::abs(average(late) - average(early)) >
                    kSure * std::sqrt(squared_error(early) + squared_error(late));
  findings.push_back(
      judged("length-drift", kDriftTitle, sure ? std::abs(move) : 0.0, subject.limits.output_drift,
             "the second half of replies was longer by " + percent(move) + " than the first; limit " +
                 percent(subject.limits.output_drift),
             "the halves are two loads: look at what the prompts ask, or at the server's state"));
}

void token_counts(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "token-counts";
  constexpr auto kTitle = "Counts of tokens agree";
  double judged_replies = 0.0;
  double disagree = 0.0;
  for (std::size_t i = 0; i < subject.requests().size(); ++i) {
    const auto& request = subject.requests()[i];
    const auto& reply = subject.view.table.replies[i];
    if (!subject.view.counts(i) || reply.uncounted > 0 || reply.token_events == 0 ||
        !request.completion_tokens)
      continue;
    judged_replies += 1.0;
    const auto hidden = reply.reasoning ? 0 : request.reasoning_tokens.value_or(0);
    const auto apart =
        std::abs(*request.completion_tokens - hidden - static_cast<std::int64_t>(reply.counted));
    // One token may end the reply without showing any text.
    if (apart > 1) disagree += 1.0;
  }
  if (judged_replies == 0.0)
    return findings.push_back(unchecked(kId, kTitle, "there are not two counts of any reply"));
  findings.push_back(
      judged(kId, kTitle, disagree / judged_replies, kCountDisagreement,
             percent(disagree / judged_replies) +
                 " of replies have events that do not add up to the server's count; limit " +
                 percent(kCountDisagreement),
             "events were lost or tokens are counted in two ways: compare tokens of the events with "
             "the server's usage",
             CheckVerdict::warned));
}

/// The server's counts against those of its tokenizer, where both are there.
void retokenised(const CheckSubject& subject, Findings& findings) {
  const auto& asked = subject.view.load.header.retokenising;
  if (!asked) return;
  constexpr auto kId = "retokenised";
  constexpr auto kTitle = "The server's counts and its tokenizer's agree";
  double by_server = 0.0;
  double by_tokenizer = 0.0;
  double replies = 0.0;
  double disagree = 0.0;
  for (std::size_t i = 0; i < subject.requests().size(); ++i) {
    const auto& request = subject.requests()[i];
    if (!subject.view.counts(i) || !request.completion_tokens || !request.retokenised_tokens) continue;
    const auto hidden = subject.view.table.replies[i].reasoning ? 0 : request.reasoning_tokens.value_or(0);
    const auto told = *request.completion_tokens - hidden;
    replies += 1.0;
    by_server += static_cast<double>(told);
    by_tokenizer += static_cast<double>(*request.retokenised_tokens);
    // The token that ends a reply shows no text.
    if (std::abs(static_cast<double>(told) - static_cast<double>(*request.retokenised_tokens)) > 1.0)
      disagree += 1.0;
  }
  // Where only what was missing was counted, no reply has both.
  if (replies == 0.0) {
    if (asked->wish == "all")
      findings.push_back(unchecked(kId, kTitle, "there are not two counts of any reply"));
    return;
  }
  const double apart = by_tokenizer / std::max(1.0, by_server) - 1.0;
  findings.push_back(judged(
      kId, kTitle, disagree / replies, kCountDisagreement,
      "of " + format_round_trip(replies) + " replies the server counts " + format_round_trip(by_server) +
          " tokens and its tokenizer " + format_round_trip(by_tokenizer) + " (" + signed_percent(apart) +
          "); " + percent(disagree / replies) + " differ by more than the token that ends them; limit " +
          percent(kCountDisagreement),
      "a text does not always fall apart into the tokens it was made of (special tokens, tool calls); "
      "where far more differ, events were lost or the server's counts are wrong",
      CheckVerdict::warned));
}

/// Prompt and decode times that the server tells, against those on the wire.
void server_timings(const CheckSubject& subject, Findings& findings) {
  std::vector<double> first_apart;
  std::vector<double> first_wire;
  std::vector<double> squeezed;
  for (std::size_t i = 0; i < subject.requests().size(); ++i) {
    const auto& request = subject.requests()[i];
    const auto& reply = subject.view.table.replies[i];
    if (!subject.view.counts(i) || !request.server || !request.issued_ns || !reply.first_token_ns) continue;
    const auto& server = *request.server;
    if (server.prompt_ms) {
      first_wire.push_back(seconds(*reply.first_token_ns - *request.issued_ns));
      first_apart.push_back(first_wire.back() - 1e-3 * (server.queue_ms.value_or(0.0) +
                                                        server.load_ms.value_or(0.0) + *server.prompt_ms));
    }
    const auto shown = subject.view.tokens[i].shown.value_or(0);
    if (server.predicted_ms && *server.predicted_ms > 0.0 && shown >= 8) {
      const auto n = static_cast<double>(shown);
      squeezed.push_back(1.0 - seconds(*reply.last_token_ns - *reply.first_token_ns) /
                                   (1e-3 * *server.predicted_ms * (n - 1.0) / n));
    }
  }
  constexpr auto kTitle = "The server's own times agree with the wire's";
  if (first_apart.empty()) {
    findings.push_back(unchecked("server-timings", kTitle, "the server tells no times"));
  } else {
    const double apart = quantile(first_apart, 0.5)->value;
    const double share = std::abs(apart) / std::max(quantile(first_wire, 0.5)->value, 1e-12);
    findings.push_back(
        judged("server-timings", kTitle, share, kTimingGap,
               "the median TTFT is " + milliseconds(apart) +
                   " beyond what the server says it took: queue, HTTP, template and network",
               "find where the rest goes: a proxy, the chat template, connections being opened, waiting",
               CheckVerdict::warned));
  }
  constexpr auto kGapTitle = "Tokens did not come faster than they were made";
  if (squeezed.empty())
    return findings.push_back(unchecked("squeezed-gaps", kGapTitle, "the server tells no times"));
  const double share = quantile(squeezed, 0.5)->value;
  findings.push_back(judged("squeezed-gaps", kGapTitle, share, kSqueezed,
                            "the wire's time from first to last token is shorter than the server's by " +
                                percent(share) + " in the median; limit " + percent(kSqueezed),
                            "first tokens are stamped too late or held back: ITL and TPOT are too small"));
}

}  // namespace

void check_server(const CheckSubject& subject, Findings& findings) {
  cache_hits(subject, findings);
  prompt_length(subject, findings);
  repeats(subject, findings);
  output_length(subject, findings);
  token_counts(subject, findings);
  retokenised(subject, findings);
  server_timings(subject, findings);
}

}  // namespace edgeeval
