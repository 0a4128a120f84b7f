// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "core/text.hpp"
#include "report/bench_report.hpp"
#include "report/bench_words.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kMostWords = 600;

/// A field as RFC 4180 wants it. Spreadsheets run what begins like a formula (OWASP, "CSV Injection"): an
/// apostrophe before it makes it text.
std::string field(std::string_view words) {
  auto text = shown(words, kMostWords);
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos)
    text.insert(0, 1, '\'');
  if (text.find_first_of(",\"") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

std::string number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? format_round_trip(*value) : std::string();
}

/// The rows of one figure, or of one thing else that is told.
class Rows {
 public:
  Rows(std::string& out, std::string metric, std::string window, std::string unit, std::string note)
      : out_(out),
        metric_(field(metric)),
        window_(field(window)),
        unit_(field(unit)),
        note_(std::move(note)) {}
  void add(std::string_view statistic, const std::optional<double>& value,
           const std::optional<double>& lo = {}, const std::optional<double>& hi = {},
           std::string_view more = {}) const {
    write(statistic, number(value), number(lo), number(hi), unit_, "computed", joined(more));
  }
  void count(std::string_view statistic, std::uint64_t value) const {
    write(statistic, fmt::format("{}", value), "", "", "1", "computed", "");
  }
  void fact(const Fact& fact) const { this->fact("value", fact, join(fact.sources, "; ")); }
  void fact(std::string_view statistic, const Fact& fact, std::string_view more) const {
    write(statistic, number(fact.value), number(fact.lo), number(fact.hi), unit_, to_string(fact.grade),
          joined(more));
  }
  void words(std::string_view words) const { write("value", "", "", "", unit_, "", joined(words)); }

 private:
  [[nodiscard]] std::string joined(std::string_view more) const {
    if (note_.empty() || more.empty()) return note_ + std::string(more);
    return note_ + "; " + std::string(more);
  }
  void write(std::string_view statistic, const std::string& value, const std::string& lo,
             const std::string& hi, const std::string& unit, std::string_view grade,
             const std::string& note) const {
    out_ += fmt::format("{},{},{},{},{},{},{},{},{}\n", metric_, window_, statistic, value, lo, hi, unit,
                        grade, field(note));
  }
  std::string& out_;
  std::string metric_, window_, unit_, note_;
};

void add_distribution(const Rows& rows, const Distribution& distribution) {
  rows.count("count", distribution.count);
  if (distribution.undefined > 0) rows.count("undefined", distribution.undefined);
  if (distribution.count == 0) return;
  rows.add("mean", distribution.mean, distribution.mean_lo, distribution.mean_hi);
  rows.add("min", distribution.min);
  rows.add("max", distribution.max);
  rows.add("sd", distribution.sd);
  for (const auto& quantile : distribution.quantiles) {
    const auto name = quantile_name(quantile.p);
    rows.add(name, quantile.value, quantile.lo, quantile.hi, quantile.upper_99 ? "" : "insufficient");
    if (quantile.upper_99) rows.add(name + "_upper_99", quantile.upper_99);
    if (quantile.stamp_error) rows.add(name + "_stamp_error", quantile.stamp_error);
  }
}

void add_figures(const ServingSummary& summary, std::string& out) {
  for (const auto& figure : summary.figures) {
    const Rows rows(out, figure.metric, figure.window, metric_unit(figure), figure.note);
    if (figure.distribution) {
      add_distribution(rows, *figure.distribution);
    } else if (figure.fact) {
      rows.fact(*figure.fact);
    } else {
      rows.words(figure.absent);
    }
  }
}

void add_energy(const BenchReport& report, std::string& out) {
  const auto add = [&](const char* name, const Fact& fact) {
    Rows(out, name, "whole", fact.unit, "").fact(fact);
  };
  if (report.load_energy) add("load_energy", *report.load_energy);
  if (report.energy) {
    add("joules_per_reply_token", report.energy->joules_per_reply_token);
    add("joules_per_prompt_token", report.energy->joules_per_prompt_token);
    if (report.energy->joules_per_request) add("joules_per_request", *report.energy->joules_per_request);
    add("idle_power", report.energy->idle_watts);
  }
  if (report.client_energy) add("client_energy", report.client_energy->joules);
  const auto& net = report.net_of_client;
  if (!net) return;
  if (net->load) add("load_energy_net_of_client", *net->load);
  if (net->request) add("joules_per_request_net_of_client", *net->request);
  if (net->reply_token) add("joules_per_reply_token_net_of_client", *net->reply_token);
}

void add_self_check(const StampCheck& check, std::string& out) {
  const auto note = check.scenario + (check.of_this_load ? "" : ", of " + check.measured_at);
  const auto add = [&](const char* name, const std::optional<StampDistance>& distance) {
    if (!distance) return;
    const Rows rows(out, name, "whole", "s", note);
    rows.add("min", distance->least_s);
    rows.add("p50", distance->p50_s);
    rows.add("p99", distance->p99_s);
    rows.add("max", distance->most_s);
  };
  add("self_check.kernel_stamps", check.kernel);
  add("self_check.user_stamps", check.user);
  add("self_check.send_call", check.call);
  const Rows events(out, "self_check.events", "whole", "1", note);
  events.count("count", check.events);
  events.count("lost", check.lost);
  if (check.cpu_per_event_s)
    Rows(out, "self_check.cpu_per_event", "whole", "s", note).add("value", check.cpu_per_event_s);
}

void add_cold_start(const ColdStartSection& section, std::string& out) {
  const Rows starts(out, "cold_start.starts", "start", "1", "");
  starts.count("count", section.starts);
  starts.count("failed", section.failed);
  for (const auto& failed : section.failures)
    Rows(out, fmt::format("cold_start.failed.{}", failed.number), "start", "",
         std::string(to_string(failed.error.code)))
        .words(failed.error.message);
  for (const auto& line : section.lines) {
    if (!line.mean) continue;
    const Rows rows(out, "cold_start." + line.id, "start", line.mean->unit, line.title);
    rows.count("count", line.count);
    rows.fact("mean", *line.mean, "");
    if (line.geometric_mean) rows.fact("geometric_mean", *line.geometric_mean, line.method);
    if (line.median) rows.fact("p50", *line.median, "");
    rows.add("min", line.least);
    rows.add("max", line.most);
  }
}

std::string_view word(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::passed:
      return "passed";
    case CheckVerdict::warned:
      return "warned";
    case CheckVerdict::failed:
      return "failed";
    case CheckVerdict::not_checked:
      break;
  }
  return "not checked";
}

}  // namespace

std::string bench_csv(const BenchReport& report) {
  std::string out = "metric,window,statistic,value,lo,hi,unit,grade,note\n";
  if (report.cold_start) add_cold_start(*report.cold_start, out);
  if (!bench_has_load(report)) return out;
  const auto& summary = report.summary;
  Rows(out, "valid", "whole", "1", "").count("value", report.validity.valid ? 1 : 0);
  for (const auto& check : report.validity.checks)
    Rows(out, "check." + check.id, "whole", "", "")
        .add(word(check.verdict), check.value, {}, check.limit, check.found);
  const Rows requests(out, "requests", "whole", "1", "");
  requests.count("measured", summary.requests);
  requests.count("ok", summary.ok);
  requests.count("failed", summary.failed);
  requests.count("retried", summary.retried);
  requests.count("late", summary.late);
  for (const auto& [name, count] : summary.failures) {
    const auto example = summary.failure_examples.find(name);
    Rows(out, "failures." + name, "whole", "1", "")
        .add("count", static_cast<double>(count), {}, {},
             example == summary.failure_examples.end() ? "" : example->second);
  }
  if (summary.stamp_error_known) {
    const Rows stamps(out, "stamp_error", "whole", "s", summary.stamps + ", bound");
    stamps.add("p50", summary.stamp_error_p50_s);
    stamps.add("p99", summary.stamp_error_p99_s);
  }
  if (report.self_check) add_self_check(*report.self_check, out);
  if (report.header.client) {
    Rows(out, "client_cpu", "whole", "s", "").add("value", report.header.client->cpu_s);
    Rows(out, "client_lost_events", "whole", "1", "").count("count", report.header.client->lost_events);
  }
  add_figures(summary, out);
  add_energy(report, out);
  return out;
}

}  // namespace edgeeval
