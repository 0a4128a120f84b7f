// SPDX-License-Identifier: Apache-2.0
// The sentences of a load's report: who was asked, the verdict's reasons, tokens, energy, the client itself.
#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "report/bench_tables.hpp"
#include "report/bench_words.hpp"

namespace edgeeval {
namespace {

constexpr double kMillion = 1e6;

std::string setting(const LoadHeader& header, const std::string& key) {
  const auto found = header.settings.find(key);
  return found == header.settings.end() ? std::string() : found->second;
}

std::string counted(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts) parts.push_back(fmt::format("{} {}", name, count));
  return join(parts, ", ");
}

/// A part of the energy that a regression found. Where its interval holds nothing at all, a figure would say
/// more than is known, and a negative one what cannot be.
std::string part_text(const Fact& fact) {
  if (!fact.lo || !fact.hi || *fact.lo > 0.0) return fact_text(fact);
  if (*fact.hi <= 0.0)
    return fmt::format("nothing that can be told here: its interval ends at {} {}",
                       format_significant(*fact.hi), fact.unit);
  return fmt::format("at most {} {}: it cannot be told from nothing here", format_significant(*fact.hi),
                     fact.unit);
}

void add_energy(const BenchReport& report, LabelledLines& lines) {
  if (report.load_energy)
    lines.emplace_back("energy", fact_text(*report.load_energy) + ", gross over the load");
  const auto& net = report.net_of_client;
  if (report.client_energy) {
    auto text = fact_text(report.client_energy->joules);
    if (report.load_energy && !net) text += "; not subtracted: " + report.not_subtracted;
    lines.emplace_back("the client's", text);
  }
  if (net && net->load) lines.emplace_back("without it", fact_text(*net->load));
  const bool token_net = net && net->reply_token;
  const bool request_net = net && net->request;
  if (report.energy) {
    const auto& energy = *report.energy;
    lines.emplace_back("a reply token",
                       part_text(token_net ? *net->reply_token : energy.joules_per_reply_token) +
                           (token_net ? ", net of the client's" : ""));
    lines.emplace_back("a prompt token", part_text(energy.joules_per_prompt_token));
    if (energy.joules_per_request)
      lines.emplace_back("a request", part_text(request_net ? *net->request : *energy.joules_per_request) +
                                          (request_net ? ", net of idle and the client's" : ", net of idle"));
    lines.emplace_back("idle", fact_text(energy.idle_watts));
    lines.emplace_back("regression",
                       fmt::format("R² {} over {} stretches{}{}", format_significant(energy.r_squared),
                                   energy.spans, energy.note.empty() ? "" : "; ", energy.note));
  }
  if (!report.energy_absent.empty()) lines.emplace_back("energy", "none: " + report.energy_absent);
}

/// What asking the server's tokenizer came to.
std::string retokenising_text(const Retokenising& asked) {
  const bool all = asked.wish == "all";
  const auto whose =
      fmt::format("{} {}", asked.replies, all ? "replies" : "replies that the server does not count");
  auto text = fmt::format("{} of {}: the server's {} was asked after the load", asked.counted, whose,
                          asked.route.empty() ? "tokenizer" : asked.route);
  if (asked.counted == 0 && !asked.problem.empty()) {
    text = fmt::format("none of {}: {}", whose, asked.problem);
  } else if (!asked.problem.empty()) {
    text += "; " + asked.problem;
  }
  if (!all && asked.counted < asked.replies) text += "; figures that need the tokens of the rest are absent";
  return text;
}

std::string distance_text(const StampDistance& distance) {
  return fmt::format("{} (p50), {} (p99), {} (most)", with_unit(distance.p50_s, "s"),
                     with_unit(distance.p99_s, "s"), with_unit(distance.most_s, "s"));
}

/// What a check against the mock server's log measured, of this load or of one before it.
std::string self_check_text(const StampCheck& check) {
  std::string text = check.of_this_load ? "measured here" : "measured on this machine";
  std::vector<std::string> where{check.scenario};
  if (!check.cores.empty()) where.push_back(check.cores);
  if (!check.of_this_load) where.push_back(check.measured_at);
  text += fmt::format(" ({}), after the send call began: ", join(where, "; "));
  if (check.kernel) text += "kernel stamps " + distance_text(*check.kernel);
  if (check.user)
    text += (check.kernel ? "; the client's own " : "the client's own ") + distance_text(*check.user);
  if (check.call)
    text += fmt::format("; the call itself took {} (p50), {} (p99)", with_unit(check.call->p50_s, "s"),
                        with_unit(check.call->p99_s, "s"));
  text += fmt::format("; {} of {} events lost", check.lost, check.events + check.lost);
  if (check.cpu_per_event_s)
    text += fmt::format("; {} µs CPU an event", format_significant(kMillion * *check.cpu_per_event_s));
  return text;
}

/// What the client itself did to the figures.
void add_client(const BenchReport& report, LabelledLines& lines) {
  const auto& summary = report.summary;
  if (!summary.stamps.empty()) {
    lines.emplace_back("stamps", summary.stamp_error_known
                                     ? fmt::format("{}; bound of their error: {} (p50), {} (p99)",
                                                   summary.stamps, with_unit(summary.stamp_error_p50_s, "s"),
                                                   with_unit(summary.stamp_error_p99_s, "s"))
                                     : summary.stamps + "; the record does not tell their error");
  }
  if (report.self_check) lines.emplace_back("self-check", self_check_text(*report.self_check));
  const auto& client = report.header.client;
  if (!client) return;
  auto text = fmt::format("{} CPU-s", format_significant(client->cpu_s));
  if (client->events > 0)
    text += fmt::format(", {} µs an event",
                        format_significant(kMillion * client->cpu_s / static_cast<double>(client->events)));
  if (client->wall_s > 0.0)
    text += fmt::format(", {} % of a core", format_significant(100.0 * client->cpu_s / client->wall_s));
  text += fmt::format("; {} thread{}, {}; {} events lost", client->threads, client->threads == 1 ? "" : "s",
                      format_bytes(1024.0 * static_cast<double>(client->max_rss_kib)), client->lost_events);
  lines.emplace_back("client", text);
  if (client->user_delay_p50_ns && client->user_delay_p99_ns)
    lines.emplace_back("without the kernel", fmt::format("its own stamps would be off by {} (p50), {} (p99)",
                                                         with_unit(1e-9 * *client->user_delay_p50_ns, "s"),
                                                         with_unit(1e-9 * *client->user_delay_p99_ns, "s")));
}

/// The file's name where a server calls its model by the file's path; a name with an owner ("org/model") is
/// no path.
std::string model_name(const std::string& model) {
  const auto slash = model.rfind('/');
  if (slash == std::string::npos || slash + 1 == model.size()) return model;
  const bool path = model.front() == '/' || model.starts_with("./") || model.starts_with("../") ||
                    model.starts_with("~/") || model.ends_with(".gguf");
  return path ? model.substr(slash + 1) : model;
}

/// What the server told of itself, each thing once: its model stands beside its address already.
std::string server_facts(const BenchReport& report) {
  std::string text;
  std::vector<std::string> told{model_name(report.header.model)};
  for (const auto& [name, value] : report.header.server) {
    if (name == "recognised_by" && value == report.dialect_why) continue;
    const auto words = name.starts_with("model") ? model_name(value) : value;
    // Names of the model and of the build are told in several ways; other values may well be equal.
    if (name.starts_with("model") || name.starts_with("build") || name == "version") {
      if (std::find(told.begin(), told.end(), words) != told.end()) continue;
      told.push_back(words);
    }
    text += fmt::format(" · {} {}", name, words);
  }
  return text;
}

int gravity(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::failed:
      return 0;
    case CheckVerdict::warned:
      return 1;
    case CheckVerdict::not_checked:
      return 2;
    case CheckVerdict::passed:
      break;
  }
  return 3;
}

}  // namespace

LabelledLines bench_heading(const BenchReport& report) {
  const auto& header = report.header;
  const auto& summary = report.summary;
  LabelledLines lines;
  auto server = header.url + header.route;
  if (!header.model.empty()) server += " · model " + model_name(header.model);
  lines.emplace_back("server", server);
  auto dialect = header.dialect;
  if (!report.dialect_why.empty()) dialect += " (" + report.dialect_why + ")";
  lines.emplace_back("dialect", dialect + server_facts(report));
  auto load = header.scenario;
  if (header.offered_rps)
    load += fmt::format(" · {} requests/s offered", format_significant(*header.offered_rps));
  if (const auto tokens = setting(header, "max-tokens"); !tokens.empty())
    load += " · " + tokens + " tokens asked";
  if (!header.seeds.empty()) load += fmt::format(" · seeds {}", fmt::join(header.seeds, ", "));
  lines.emplace_back("load", load);
  for (const auto& check : report.validity.checks)
    if (check.id == "prompt-length") lines.emplace_back("prompts", check.found);
  auto requests =
      fmt::format("{} measured: {} ended well, {} failed", summary.requests, summary.ok, summary.failed);
  if (summary.late > 0) requests += fmt::format(", {} sent late", summary.late);
  if (summary.retried > 0) requests += fmt::format(", {} tried again on a new connection", summary.retried);
  if (header.measured_ns && header.ended_ns)
    requests += " · " + format_duration(1e-9 * static_cast<double>(*header.ended_ns - *header.measured_ns));
  if (header.how_ended != "finished")
    requests += " · " + (header.how_ended.empty() ? std::string("killed") : header.how_ended);
  lines.emplace_back("requests", requests);
  return lines;
}

std::string bench_verdict(const Validity& validity) { return validity.valid ? "VALID" : "INVALID"; }

std::vector<std::string> bench_reasons(const Validity& validity) {
  auto checks = validity.checks;
  std::stable_sort(checks.begin(), checks.end(), [](const CheckResult& a, const CheckResult& b) {
    return gravity(a.verdict) < gravity(b.verdict);
  });
  std::vector<std::string> reasons;
  std::size_t passed = 0;
  std::vector<std::string> unchecked;
  for (const auto& check : checks) {
    if (check.verdict == CheckVerdict::passed) ++passed;
    if (check.verdict == CheckVerdict::not_checked) unchecked.push_back(check.title);
    if (gravity(check.verdict) > gravity(CheckVerdict::warned)) continue;
    // Titles say what should be; here it is not.
    auto text =
        (check.verdict == CheckVerdict::warned ? "warning: " : "") + check.title + " – no: " + check.found;
    if (!check.advice.empty()) text += " → " + check.advice;
    reasons.push_back(std::move(text));
  }
  auto rest = fmt::format("{} of {} checks passed", passed, checks.size());
  if (!unchecked.empty()) rest += "; not checked: " + join(unchecked, ", ");
  reasons.insert(validity.valid ? reasons.begin() : reasons.end(), std::move(rest));
  return reasons;
}

LabelledLines bench_ends(const BenchReport& report) {
  LabelledLines lines;
  for (const auto& [what, path] : report.files) lines.emplace_back(what, path);
  for (const auto& warning : report.header.warnings) lines.emplace_back("warning", warning);
  for (const auto& warning : report.warnings) lines.emplace_back("warning", warning);
  return lines;
}

LabelledLines bench_facts(const BenchReport& report) {
  const auto& summary = report.summary;
  LabelledLines lines;
  if (summary.steady)
    lines.emplace_back("steady",
                       fmt::format("{} · {}",
                                   format_duration(1e-9 * static_cast<double>(summary.steady->end_ns -
                                                                              summary.steady->begin_ns)),
                                   summary.steady->how));
  if (!summary.steady_absent.empty()) lines.emplace_back("steady", "none · " + summary.steady_absent);
  lines.emplace_back(
      "tokens", fmt::format("{} in {} of {} events; replies counted by: {}; events counted by: {}",
                            summary.tokens, summary.token_events, summary.events,
                            summary.token_sources.empty() ? "–" : counted(summary.token_sources),
                            summary.event_sources.empty() ? "not recorded" : counted(summary.event_sources)));
  if (report.header.retokenising)
    lines.emplace_back("retokenised", retokenising_text(*report.header.retokenising));
  if (!report.objectives.empty()) {
    std::vector<std::string> limits;
    for (const auto& objective : report.objectives) {
      const auto* metric = find_serving_metric(objective.metric);
      limits.push_back(fmt::format("{}{} ≤ {}", objective.metric,
                                   objective.quantile ? " " + quantile_name(*objective.quantile) : "",
                                   with_unit(objective.limit, metric == nullptr ? "s" : metric->unit)));
    }
    lines.emplace_back("objectives", join(limits, ", "));
  }
  if (!report.peak.empty()) lines.emplace_back("peak", report.peak);
  add_energy(report, lines);
  add_client(report, lines);
  for (const auto& [name, value] : report.header.counters)
    lines.emplace_back("counter", fmt::format("{} {}", name, format_round_trip(value)));
  for (const auto& gauge : report.header.gauges)
    lines.emplace_back("gauge", fmt::format("{} {} (mean of {} scrapes), from {} to {}", gauge.name,
                                            format_significant(gauge.mean), gauge.scrapes,
                                            format_round_trip(gauge.min), format_round_trip(gauge.max)));
  for (auto& line : bench_ends(report)) lines.push_back(std::move(line));
  return lines;
}

}  // namespace edgeeval
