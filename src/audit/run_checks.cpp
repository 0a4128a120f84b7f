// SPDX-License-Identifier: Apache-2.0
// Questions that only a record with raw requests and windows can answer.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "audit/checks.hpp"
#include "audit/support.hpp"
#include "record/ledger.hpp"

namespace edgeeval::audit {
namespace {

const char* kOnlyRuns = "only a run folder holds raw requests and windows";

bool has_requests(const Subject& subject) { return subject.run && !subject.run->requests.empty(); }

Place at_stage(const std::string& stage) { return {"record.jsonl, stage " + stage, 0}; }

/// What is wrong with the order of a request's stamps; empty where nothing is.
std::string disorder(const RequestTimeline& request) {
  const double sent = request.sent_s;
  const double first = request.first_token_s.value_or(sent);
  const double last = request.last_token_s.value_or(first);
  const double closed = request.closed_s.value_or(last);
  if (!(sent <= first && first <= last && last <= closed))
    return fmt::format("sent {:.6f} s, first token {:.6f} s, last token {:.6f} s, closed {:.6f} s", sent, first,
                       last, closed);
  if (!std::is_sorted(request.token_events_s.begin(), request.token_events_s.end()))
    return "its token events are not in order";
  return {};
}

void outside(const std::string& name, const Fact& fact, const std::string& stage, Finding& finding) {
  const bool below = fact.lo && *fact.lo > fact.value;
  const bool above = fact.hi && *fact.hi < fact.value;
  if (!below && !above && std::isfinite(fact.value)) return;
  finding.evidence.push_back({at_stage(stage), name,
                              fmt::format("{} {} outside [{}, {}]", fact.value, fact.unit,
                                          fact.lo ? fmt::format("{}", *fact.lo) : "open",
                                          fact.hi ? fmt::format("{}", *fact.hi) : "open")});
}

}  // namespace

Outcome check_failures(const Subject& subject) {
  if (!subject.run) return skipped(kOnlyRuns);
  Outcome outcome;
  Finding stages{"failures", Severity::error, "", "These variants have no results, or old ones.", {}};
  for (const auto& [id, stage] : subject.run->stages) {
    if (stage.outcome == StageOutcome::failed)
      stages.evidence.push_back({at_stage(id), id, stage.error ? stage.error->message : "no reason recorded"});
  }
  if (!stages.evidence.empty()) {
    stages.title = fmt::format("{} stages failed", stages.evidence.size());
    outcome.findings.push_back(std::move(stages));
  }
  Finding requests{"failures", Severity::warning, "",
                   "Energy and time of failed requests are in the window, their answers are not.", {}};
  for (const auto& [variant, timelines] : subject.run->requests) {
    const auto failed = std::count_if(timelines.begin(), timelines.end(), [](const auto& r) { return !r.ok; });
    if (failed > 0)
      requests.evidence.push_back({{"requests of " + variant, 0}, variant,
                                   fmt::format("{} of {} requests failed", failed, timelines.size())});
  }
  if (!requests.evidence.empty()) {
    requests.title = fmt::format("requests failed in {} variants", requests.evidence.size());
    outcome.findings.push_back(std::move(requests));
  }
  return outcome;
}

Outcome check_timelines(const Subject& subject) {
  if (!has_requests(subject)) return skipped(kOnlyRuns);
  Finding finding{"timelines", Severity::error, "", "Stamps of one steady clock cannot run backwards.", {}};
  for (const auto& [variant, timelines] : subject.run->requests) {
    for (std::size_t i = 0; i < timelines.size(); ++i) {
      if (auto text = disorder(timelines[i]); !text.empty())
        finding.evidence.push_back({{"requests of " + variant, i + 1}, timelines[i].item, std::move(text)});
    }
  }
  if (finding.evidence.empty()) return clean();
  finding.title = fmt::format("{} requests have stamps out of order", finding.evidence.size());
  return found(std::move(finding));
}

Outcome check_intervals(const Subject& subject) {
  if (!subject.run) return skipped(kOnlyRuns);
  Finding finding{"intervals", Severity::error, "", "An interval that leaves out its own value is a defect.", {}};
  for (const auto& [id, stage] : subject.run->stages) {
    for (const auto& [name, fact] : stage.facts) outside(name, fact, id, finding);
    for (const auto& window : stage.windows) {
      for (const auto& entry : window.energy) outside("energy of " + window.name, entry.joules, id, finding);
    }
  }
  if (finding.evidence.empty()) return clean();
  finding.title = fmt::format("{} figures lie outside their own interval", finding.evidence.size());
  return found(std::move(finding));
}

Outcome check_energy_grade(const Subject& subject) {
  if (!subject.run) return skipped(kOnlyRuns);
  constexpr double kWide = 2.0;
  Finding finding{"energy-grade", Severity::warning, "",
                  "Rankings by energy hold only where the intervals are apart; a sensor or a wall meter would "
                  "settle it (edgeeval doctor).",
                  {}};
  for (const auto& [id, stage] : subject.run->stages) {
    for (const auto& window : stage.windows) {
      const auto total = total_energy(window);
      if (!total || total->grade < Grade::modelled) continue;
      const bool wide = !total->lo || !total->hi || *total->lo <= 0.0 || *total->hi / *total->lo > kWide;
      if (!wide) continue;
      finding.evidence.push_back({at_stage(id), window.name,
                                  fmt::format("{:.4g} J [{}, {}], {}", total->value,
                                              total->lo ? fmt::format("{:.4g}", *total->lo) : "open",
                                              total->hi ? fmt::format("{:.4g}", *total->hi) : "open",
                                              edgeeval::to_string(total->grade))});
    }
  }
  if (finding.evidence.empty()) return clean();
  finding.title = fmt::format("{} energies are no measurements and span more than a factor of {:.0f}",
                              finding.evidence.size(), kWide);
  return found(std::move(finding));
}

}  // namespace edgeeval::audit
