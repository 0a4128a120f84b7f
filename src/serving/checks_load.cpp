// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/text.hpp"
#include "serving/checks.hpp"
#include "stats/order_ranks.hpp"

namespace edgeeval {
namespace {

constexpr double kShortest = 10.0;  // Seconds.

void errors(const CheckSubject& subject, Findings& findings) {
  const auto& summary = subject.summary;
  if (summary.requests == 0)
    return findings.push_back({"errors",
                               "Requests succeeded",
                               CheckVerdict::failed,
                               "no request was measured",
                               "there is nothing to make figures of: measure again",
                               {},
                               {}});
  const double share = static_cast<double>(summary.failed) / static_cast<double>(summary.requests);
  std::string found = std::to_string(summary.failed) + " of " + std::to_string(summary.requests) +
                      " requests failed (" + percent(share) + "); limit " +
                      percent(subject.limits.error_rate);
  for (const auto& [name, count] : summary.failures) found += "; " + name + " " + std::to_string(count);
  findings.push_back(
      judged("errors", "Requests succeeded", share, subject.limits.error_rate, std::move(found),
             "figures leave failed requests out, and so tell of an easier load: see the failures"));
}

/// What the steady window holds, for Little's law.
struct Flow {
  double arrivals = 0.0, departures = 0.0, residence_s = 0.0;
};

Flow flow(const CheckSubject& subject, const Stretch& window) {
  Flow flow;
  double residence = 0.0;
  for (const auto& request : subject.requests()) {
    if (!is_measured(request) || !request.issued_ns || !request.closed_ns) continue;
    if (window.holds(*request.issued_ns)) flow.arrivals += 1.0;
    if (!window.holds(*request.closed_ns)) continue;
    flow.departures += 1.0;
    residence += static_cast<double>(*request.closed_ns - *request.issued_ns) * 1e-9;
  }
  if (flow.departures > 0.0) flow.residence_s = residence / flow.departures;
  return flow;
}

/// Mean in flight = rate × mean residence (Little 1961): in a steady window alone, where it need not hold by
/// construction. And in a closed loop, in flight = what was set.
void littles_law(const CheckSubject& subject, Findings& findings) {
  constexpr auto kId = "littles-law";
  constexpr auto kTitle = "In flight = rate × time in the system";
  const bool is_steady = subject.summary.steady.has_value();
  const auto window = subject.steady();
  const double in_flight = mean_in_flight(subject.view, window);
  const auto flows = flow(subject, window);
  const double length = window.seconds();
  if (!is_steady) {
    findings.push_back(unchecked(kId, kTitle, "there is no steady window"));
  } else if (length <= 0.0 || flows.departures < kLeastResidences * std::max(1.0, in_flight)) {
    findings.push_back(unchecked(kId, kTitle, "too few replies in the steady window for what is in flight"));
  } else {
    const double expected = 0.5 * (flows.arrivals + flows.departures) / length * flows.residence_s;
    const double off = std::abs(expected / std::max(in_flight, 1e-12) - 1.0);
    findings.push_back(judged(
        kId, kTitle, off, subject.limits.littles_law,
        format_significant(in_flight) + " in flight, rate × residence " + format_significant(expected) +
            ": off by " + percent(off) + "; limit " + percent(subject.limits.littles_law),
        "the load was not steady (a queue grew or emptied): measure longer, or at a lower rate"));
  }
  const int set = subject.view.load.header.concurrency;
  constexpr auto kSetTitle = "As many were in flight as was set";
  if (set > 0 && subject.summary.requests > 0 && subject.summary.requests < static_cast<std::uint64_t>(set)) {
    findings.push_back({"concurrency",
                        kSetTitle,
                        CheckVerdict::failed,
                        "set " + std::to_string(set) + ", but only " +
                            std::to_string(subject.summary.requests) +
                            " requests were made: so many were never in flight",
                        "send more requests than are to be in flight at once",
                        {},
                        {}});
    return;
  }
  if (set <= 0 || length <= 0.0) return;
  if (flows.departures < kLeastResidences * set)
    return findings.push_back(unchecked("concurrency", kSetTitle, "too few replies for what is in flight"));
  const double off = std::abs(in_flight / set - 1.0);
  findings.push_back(judged("concurrency", kSetTitle, off, subject.limits.littles_law,
                            "set " + std::to_string(set) + ", in flight " + format_significant(in_flight) +
                                (is_steady ? " in the steady window" : " over the whole load") + "; limit " +
                                percent(subject.limits.littles_law),
                            "slots stood empty between requests: see schedule-lag and connect times"));
}

void enough(const CheckSubject& subject, Findings& findings) {
  const auto floor = static_cast<double>(early_stopping_samples(0.99));
  const double short_by = floor - static_cast<double>(subject.summary.ok);
  findings.push_back(
      judged("enough", "There are enough replies", short_by, 0.0,
             std::to_string(subject.summary.ok) + " replies; a p99 with a 99 % upper bound takes " +
                 format_round_trip(floor) + ", a p90 " + std::to_string(early_stopping_samples(0.9)),
             "send more requests, or read no quantile that has no upper bound", CheckVerdict::warned));
  const double length = subject.whole.seconds();
  findings.push_back(judged(
      "duration", "The load was long enough", kShortest - length, 0.0,
      "it took " + format_duration(length) + "; at least " + format_duration(kShortest) + " are asked for",
      "clocks, caches and batches have not settled: measure longer", CheckVerdict::warned));
}

/// A setting that is a whole number; absent where the record does not tell it, as older ones do not.
std::optional<std::uint64_t> setting(const LoadHeader& header, const char* name) {
  const auto found = header.settings.find(name);
  if (found == header.settings.end()) return std::nullopt;
  std::uint64_t value = 0;
  const auto& text = found->second;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// Where a load that did not finish was when it ended: "in its measured phase, after 7 of 40 requests".
std::string place_of_end(const CheckSubject& subject) {
  const auto& header = subject.view.load.header;
  const auto measured = subject.summary.requests;
  const auto after = [](std::uint64_t ended, std::optional<std::uint64_t> of) {
    return ", after " + std::to_string(ended) + (of ? " of " + std::to_string(*of) : std::string()) +
           (ended == 1 && !of ? " request" : " requests");
  };
  if (measured > 0) return "in its measured phase" + after(measured, setting(header, "requests"));
  const auto planned = setting(header, "warmup");
  if (!planned) return "before a measured request had ended";
  const auto warm = subject.requests().size();
  if (warm < *planned) return "during its warm-up" + after(warm, planned);
  return (*planned > 0 ? "after its warm-up and " : "") +
         std::string("before the first measured request had ended");
}

void completeness(const CheckSubject& subject, Findings& findings) {
  const auto& how = subject.view.load.header.how_ended;
  constexpr auto kTitle = "The load came to its end";
  if (how == "finished")
    return findings.push_back(
        {"completeness", kTitle, CheckVerdict::passed, "it ended as planned", {}, {}, {}});
  findings.push_back(
      {"completeness",
       kTitle,
       how == "cancelled" ? CheckVerdict::warned : CheckVerdict::failed,
       (how.empty()          ? "it was killed "
        : how == "cancelled" ? "it was interrupted "
                             : "it failed ") +
           place_of_end(subject),
       subject.summary.requests > 0 ? "the figures are of its beginning: measure again" : "measure again",
       {},
       {}});
}

}  // namespace

void check_load(const CheckSubject& subject, Findings& findings) {
  errors(subject, findings);
  littles_law(subject, findings);
  enough(subject, findings);
  completeness(subject, findings);
}

}  // namespace edgeeval
