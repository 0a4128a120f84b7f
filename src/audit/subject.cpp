// SPDX-License-Identifier: Apache-2.0
// Tables and runs in the one form that detectors look at.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "audit/audit.hpp"
#include "metrics/variant_facts.hpp"
#include "paper/published_metrics.hpp"

namespace edgeeval::audit {
namespace {

std::optional<double> value_of(const MaybeFact& fact) {
  return fact ? std::optional(fact->value) : std::nullopt;
}

CellKey key_of(const VariantInfo& info) {
  auto upper = info.precision;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return {info.family, info.size, info.method, upper, info.task};
}

ServingRow serving_row(const VariantFacts& facts) {
  ServingRow row;
  row.key = key_of(*facts.info);
  row.place = {"record.jsonl, stage " + facts.info->serve_stage, 0};
  row.samples = value_of(facts.requests);
  row.tokens = value_of(facts.output_tokens);
  row.load_time_s = value_of(facts.cold_ready);
  row.inference_time_s = value_of(facts.load_time);
  row.energy_j = value_of(facts.load_energy);
  row.throughput = value_of(facts.throughput);
  row.power_mean_w = value_of(facts.mean_power);
  return row;
}

/// Items behind a score: those scored here, or what a published study states.
std::optional<double> items_of(const RunRecord& record, const VariantInfo& variant,
                               const VariantFacts& facts) {
  if (!facts.f1.empty()) return static_cast<double>(facts.f1.size());
  const auto stage = record.stages.find(variant.score_stage);
  if (stage == record.stages.end()) return std::nullopt;
  const auto items = stage->second.facts.find("items");
  return items == stage->second.facts.end() ? std::nullopt : std::optional(items->second.value);
}

/// Standard error of the difference of a variant's F1 from its FP16 variant's over the items that both were
/// scored on; nothing for FP16 itself or below two such items.
std::optional<double> paired_error(const RunRecord& record, const VariantInfo& variant) {
  if (variant.precision == "fp16") return std::nullopt;
  const auto whole =
      std::find_if(record.variants.begin(), record.variants.end(), [&](const VariantInfo& other) {
        return other.model == variant.model && other.method == variant.method && other.task == variant.task &&
               other.precision == "fp16";
      });
  const auto own = record.scores.find(variant.id);
  if (whole == record.variants.end() || own == record.scores.end()) return std::nullopt;
  const auto reference = record.scores.find(whole->id);
  if (reference == record.scores.end()) return std::nullopt;
  std::map<std::string, double> by_item;
  for (const auto& score : reference->second) by_item[score.item] = score.f1;
  std::vector<double> differences;
  for (const auto& score : own->second) {
    if (const auto other = by_item.find(score.item); other != by_item.end())
      differences.push_back(score.f1 - other->second);
  }
  // Items that only one of the two was scored on would make the difference of means another than that of
  // pairs.
  if (differences.size() < 2 || differences.size() != own->second.size() ||
      differences.size() != reference->second.size())
    return std::nullopt;
  const auto n = static_cast<double>(differences.size());
  const double mean = std::accumulate(differences.begin(), differences.end(), 0.0) / n;
  double squares = 0.0;
  for (const double difference : differences) squares += (difference - mean) * (difference - mean);
  return std::sqrt(squares / (n - 1.0) / n);
}

QualityRow quality_row(const RunRecord& record, const VariantFacts& facts) {
  QualityRow row;
  row.key = key_of(*facts.info);
  row.place = {"record.jsonl, stage " + facts.info->score_stage, 0};
  const auto mean = [](const std::vector<double>& scores) {
    return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
  };
  row.primary_mean = facts.f1.empty() ? value_of(facts.primary_score) : mean(facts.f1);
  if (!facts.rouge_l.empty()) row.secondary_mean = mean(facts.rouge_l);
  row.items = items_of(record, *facts.info, facts);
  row.paired_error = paired_error(record, *facts.info);
  return row;
}

AdaptationRow adaptation_row(const VariantFacts& facts) {
  AdaptationRow row;
  row.key = key_of(*facts.info);
  row.key.precision.clear();
  row.place = {"record.jsonl", 0};
  row.energy_j = value_of(facts.adapt_energy);
  row.time_s = value_of(facts.adapt_time);
  return row;
}

}  // namespace

Subject subject_of(PublishedStudy study) {
  Subject subject;
  subject.name = study.context.title;
  const paper::Constants constants;
  if (auto variants = paper::compute(study, constants)) {
    subject.rows = paper::metric_rows(*variants, study.context, constants);
  } else {
    subject.why_no_metrics = "the metrics cannot be computed: " + variants.error().message +
                             (variants.error().where.empty() ? "" : " (" + variants.error().where + ")");
  }
  subject.study = std::move(study);
  return subject;
}

Subject subject_of(RunRecord record, std::string name) {
  Subject subject;
  subject.name = std::move(name);
  auto& study = subject.study;
  study.context.title = record.study;
  study.context.source = "EdgeEval run, record version " + record.version;
  study.context.cost_terms = {"electricity of adaptation", "electricity of serving"};
  if (const auto price = record.prices.find("api_usd_per_request"); price != record.prices.end())
    study.context.api_prices_usd = {price->second.value};
  std::set<CellKey> adaptations;
  std::set<double> counts;
  for (const auto& variant : record.variants) {
    const auto facts = gather(record, variant);
    if (facts.requests) study.serving.push_back(serving_row(facts));
    // Variants of several precisions share one adaptation.
    if (facts.adapt_energy && adaptations.insert(adaptation_row(facts).key).second)
      study.adaptation.push_back(adaptation_row(facts));
    if (facts.f1.empty() && !facts.primary_score) continue;
    study.quality.push_back(quality_row(record, facts));
    if (const auto& items = study.quality.back().items) counts.insert(*items);
  }
  // Tasks may differ in their items: each row tells its own, the context only what is true of all.
  if (counts.size() == 1) study.context.quality_items = *counts.begin();
  subject.rows = compute_metrics(record);
  subject.run = std::move(record);
  return subject;
}

}  // namespace edgeeval::audit
