// SPDX-License-Identifier: Apache-2.0
#include "decision/mismatch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <utility>

#include "core/text.hpp"
#include "decision/workload_of.hpp"

namespace edgeeval {
namespace {

constexpr double kTokenDrift = 0.05;  ///< Of mean output tokens, above which requests are not alike.
constexpr std::size_t kShownDigest = 12;
constexpr const char* kLoadSettings[] = {"load.items", "load.concurrency", "load.max_tokens"};

constexpr std::pair<Concern, std::string_view> kWords[] = {
    {Concern::energy, "energy"},  {Concern::workload, "workload"}, {Concern::tokens, "tokens"},
    {Concern::grades, "grades"},  {Concern::model, "model"},       {Concern::prices, "prices"},
    {Concern::version, "version"}};

std::string shown(double value) { return fmt::format("{:.4g}", value); }

std::string shown(const std::optional<double>& value) { return value ? shown(*value) : "not known"; }

std::optional<std::string> setting(const RunRecord& record, const std::string& key) {
  for (const auto& [name, value] : record.settings) {
    if (name == key) return value;
  }
  return std::nullopt;
}

std::optional<std::string> environment(const RunRecord& record, const std::string& key) {
  if (record.sittings.empty()) return std::nullopt;
  const auto& values = record.sittings.back().environment;
  const auto found = values.find(key);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

/// What sources of a decision's figures begin with that name its assumptions.
constexpr std::string_view kAssumptions[] = {"scenario ", "device ", "api ", "grid "};

/// Metrics that no joule goes into.
constexpr std::string_view kWithoutEnergy[] = {
    "token_f1",         "exact_match",   "rouge_l",    "published_score", "q_ret",        "q_ret_paired",
    "output_tok_per_s", "ttft_p50",      "ttft_p95",   "tpot_p50",        "e2e_p50",      "cold_start",
    "model_bytes",      "peak_resident", "adapt_time", "rho_sys",         "rho_resident", "failed_requests"};

/// Metrics of answers as they are, and of what is done before any request: the length of answers is no
/// condition.
constexpr std::string_view kWithoutLength[] = {
    "token_f1",     "exact_match",    "rouge_l",          "published_score",   "q_ret",
    "q_ret_paired", "model_bytes",    "peak_resident",    "failed_requests",   "cold_start",
    "adapt_time",   "adapt_energy",   "energy_adapt_net", "energy_merge",      "energy_quantize",
    "idle_power",   "resident_power", "residency_tax",    "energy_cold_start", "energy_cold_start_net"};

/// Whether any of `metrics` is not in `free`.
bool any_beside(const std::vector<MetricName>& metrics, std::span<const std::string_view> free) {
  return std::any_of(metrics.begin(), metrics.end(), [&](const MetricName& metric) {
    return std::find(free.begin(), free.end(), metric.id) == free.end();
  });
}

/// Gathers what differs between two variants.
class Differences {
 public:
  Differences(const Side& a, const Side& b, const std::vector<MetricName>& metrics)
      : a_(a), b_(b), metrics_(metrics), asked_a_(workload_of(a)), asked_b_(workload_of(b)) {}

  std::vector<Mismatch> take() {
    version();
    energy();
    settings();
    items();
    tokens();
    grades();
    model();
    prices();
    assumptions();
    return std::move(found_);
  }

 private:
  void add(Concern concern, std::string what, std::string a, std::string b, bool whole_run = false) {
    found_.push_back(
        {concern, whole_run ? std::string() : b_.variant->id, std::move(what), std::move(a), std::move(b)});
  }

  void version() {
    const auto a = environment(a_.results->record, "edgeeval");
    const auto b = environment(b_.results->record, "edgeeval");
    if (a && b && a->substr(0, a->find('.')) != b->substr(0, b->find('.')))
      add(Concern::version, "EdgeEval's major version", *a, *b, true);
  }

  void energy() {
    if (!any_beside(metrics_, kWithoutEnergy)) return;
    const auto a = energy_boundary_of(a_);
    const auto b = energy_boundary_of(b_);
    if (a && b && *a != *b) add(Concern::energy, "joules of", *a, *b);
  }

  void settings() {
    for (const char* key : kLoadSettings) {
      const auto a = setting(a_.results->record, key);
      const auto b = setting(b_.results->record, key);
      if (a && b && *a != *b) add(Concern::workload, key, *a, *b, true);
    }
    if (a_.variant->task != b_.variant->task)
      add(Concern::workload, "task", a_.variant->task, b_.variant->task);
  }

  void items() {
    if (asked_a_.gold.empty() || asked_b_.gold.empty()) {
      if (asked_a_.items && asked_b_.items && *asked_a_.items != *asked_b_.items)
        add(Concern::workload, "items", shown(asked_a_.items), shown(asked_b_.items));
      return;
    }
    std::size_t common = 0;
    std::size_t other_gold = 0;
    for (const auto& [item, gold] : asked_a_.gold) {
      const auto found = asked_b_.gold.find(item);
      if (found == asked_b_.gold.end()) continue;
      ++common;
      other_gold += found->second == gold ? 0U : 1U;
    }
    const auto only_a = asked_a_.gold.size() - common;
    const auto only_b = asked_b_.gold.size() - common;
    if (only_a + only_b > 0)
      add(Concern::workload, fmt::format("items ({} in common)", common),
          fmt::format("{}, {} only here", asked_a_.gold.size(), only_a),
          fmt::format("{}, {} only here", asked_b_.gold.size(), only_b));
    if (other_gold > 0)
      add(Concern::workload, "right answers of common items", fmt::format("{} items", common),
          fmt::format("{} of them differ", other_gold));
  }

  void tokens() {
    std::size_t differing = 0;
    double sum_a = 0.0;
    double sum_b = 0.0;
    for (const auto& [item, count] : asked_a_.prompt_tokens) {
      const auto found = asked_b_.prompt_tokens.find(item);
      if (found == asked_b_.prompt_tokens.end()) continue;
      differing += found->second == count ? 0U : 1U;
      sum_a += count;
      sum_b += found->second;
    }
    // One model has one tokenizer: other counts of the same item are then another prompt.
    const bool one_tokenizer = a_.variant->model == b_.variant->model;
    if (differing > 0)
      add(one_tokenizer ? Concern::workload : Concern::tokens,
          fmt::format("prompt tokens of {} common items", differing), shown(sum_a), shown(sum_b));
    if (!any_beside(metrics_, kWithoutLength)) return;
    const auto& a = asked_a_.output_tokens;
    const auto& b = asked_b_.output_tokens;
    if (a && b && std::abs(*b - *a) > kTokenDrift * std::max(*a, *b))
      add(Concern::tokens, "output tokens of a request", shown(a), shown(b));
  }

  void grades() {
    // Figures computed from measured ones are as good as these.
    const auto kind = [](Grade grade) { return grade == Grade::computed ? Grade::measured : grade; };
    std::map<std::pair<Grade, Grade>, std::vector<std::string>> metrics;
    for (const auto& metric : metrics_) {
      const auto* a = find_row(*a_.results, a_.variant->id, metric.mode, metric.id);
      const auto* b = find_row(*b_.results, b_.variant->id, metric.mode, metric.id);
      if (a == nullptr || b == nullptr || !a->value || !b->value) continue;
      const auto grade_a = kind(a->value->grade);
      const auto grade_b = kind(b->value->grade);
      if (grade_a != grade_b) metrics[{grade_a, grade_b}].push_back(metric.id);
    }
    for (const auto& [grades, ids] : metrics)
      add(Concern::grades, "grade of " + join(ids, ", "), std::string(to_string(grades.first)),
          std::string(to_string(grades.second)));
  }

  void digests(const std::string& what, const std::string& stage_a, const std::string& stage_b) {
    const auto a = model_digest(a_.results->record, stage_a);
    const auto b = model_digest(b_.results->record, stage_b);
    if (a && b && *a != *b)
      add(Concern::model, what, "sha256 " + a->substr(0, kShownDigest) + "…",
          "sha256 " + b->substr(0, kShownDigest) + "…");
  }

  void model() {
    if (a_.variant->model != b_.variant->model) return;
    const auto import_a = find_stage(a_, "import");
    const auto import_b = find_stage(b_, "import");
    if (import_a && import_b) digests("file of base model " + a_.variant->model, *import_a, *import_b);
    const bool same_claimed = a_.variant->method == "none" && b_.variant->method == "none" &&
                              a_.variant->precision == b_.variant->precision;
    if (same_claimed && a_.variant->model_stage != import_a.value_or(""))
      digests("file of the served model", a_.variant->model_stage, b_.variant->model_stage);
  }

  void prices() {
    const bool priced = std::any_of(metrics_.begin(), metrics_.end(), [](const MetricName& metric) {
      return metric.id.starts_with("n_break");
    });
    if (!priced) return;
    const auto& others = b_.results->record.prices;
    for (const auto& [name, price] : a_.results->record.prices) {
      const auto found = others.find(name);
      if (found != others.end() && found->second.value != price.value)
        add(Concern::prices, name, shown(price.value), shown(found->second.value), true);
    }
  }

  /// Figures of a decision say among their sources under which assumptions it was made.
  void assumptions() {
    const auto of = [](const MetricRow* row) {
      std::vector<std::string> words;
      if (row == nullptr || !row->value) return words;
      for (const auto& source : row->value->sources) {
        const bool assumed = std::any_of(std::begin(kAssumptions), std::end(kAssumptions),
                                         [&](std::string_view word) { return source.starts_with(word); });
        if (assumed) words.push_back(source);
      }
      return words;
    };
    for (const auto& metric : metrics_) {
      const auto a = of(find_row(*a_.results, a_.variant->id, metric.mode, metric.id));
      const auto b = of(find_row(*b_.results, b_.variant->id, metric.mode, metric.id));
      if (a.empty() || b.empty() || a == b) continue;
      add(Concern::prices, "assumptions of " + metric.id, join(a, ", "), join(b, ", "));
      return;
    }
  }

  Side a_, b_;
  const std::vector<MetricName>& metrics_;
  WorkloadOf asked_a_, asked_b_;
  std::vector<Mismatch> found_;
};

}  // namespace

std::string_view to_string(Concern concern) noexcept {
  for (const auto& [value, word] : kWords) {
    if (value == concern) return word;
  }
  return {};
}

std::optional<Concern> concern_from(std::string_view word) noexcept {
  for (const auto& [value, name] : kWords) {
    if (name == word) return value;
  }
  return std::nullopt;
}

const std::vector<Concern>& all_concerns() {
  static const std::vector<Concern> kAll = [] {
    std::vector<Concern> all;
    for (const auto& [value, word] : kWords) all.push_back(value);
    return all;
  }();
  return kAll;
}

std::vector<Mismatch> mismatches(const Side& a, const Side& b, const std::vector<MetricName>& metrics) {
  return Differences(a, b, metrics).take();
}

std::vector<std::string> remarks(const Side& a, const Side& b) {
  std::vector<std::string> sentences;
  const auto& first = a.results->record;
  const auto& second = b.results->record;
  for (const char* key : {"cpu", "logical_cpus", "memory", "cpu_governor", "kernel", "edgeeval"}) {
    const auto value = environment(first, key);
    const auto other = environment(second, key);
    if (value && other && *value != *other)
      sentences.push_back(fmt::format("{}: {} against {}", key, *value, *other));
  }
  for (const auto& [key, value] : first.settings) {
    if (!key.starts_with("engine.") && !key.starts_with("adapt.")) continue;
    const auto other = setting(second, key);
    if (other && *other != value) sentences.push_back(fmt::format("{}: {} against {}", key, value, *other));
  }
  const auto digest = model_digest(first, a.variant->model_stage);
  const auto other = model_digest(second, b.variant->model_stage);
  if (a.variant->id == b.variant->id && a.variant->method != "none" && digest && other && *digest != *other)
    sentences.push_back(fmt::format("{}: the adapted weights are of two trainings", a.variant->id));
  return sentences;
}

}  // namespace edgeeval
