// SPDX-License-Identifier: Apache-2.0
#include "metrics/variant_facts.hpp"

#include <algorithm>
#include <optional>

#include "record/ledger.hpp"

namespace edgeeval {
namespace {

tl::unexpected<std::string> absent(std::string reason) {
  return tl::unexpected<std::string>(std::move(reason));
}

/// The finished stage `id`, or why there is none.
tl::expected<const StageRecord*, std::string> finished(const RunRecord& record, const std::string& id) {
  const auto found = record.stages.find(id);
  if (found == record.stages.end()) return absent("stage " + id + " has not run");
  if (found->second.outcome == StageOutcome::finished) return &found->second;
  return absent("stage " + id + (found->second.outcome == StageOutcome::failed ? " failed" : " was skipped"));
}

MaybeFact fact_of(const RunRecord& record, const std::string& stage_id, const std::string& name) {
  const auto stage = finished(record, stage_id);
  if (!stage) return absent(stage.error());
  const auto found = (*stage)->facts.find(name);
  if (found == (*stage)->facts.end()) return absent("stage " + stage_id + " recorded no " + name);
  return found->second;
}

MaybeFact energy_of(const RunRecord& record, const std::string& stage_id, const std::string& window) {
  const auto stage = finished(record, stage_id);
  if (!stage) return absent(stage.error());
  for (const auto& entry : (*stage)->windows) {
    if (entry.name != window) continue;
    if (auto total = total_energy(entry)) return *total;
    return absent("no energy source was read in window " + window);
  }
  return absent("stage " + stage_id + " has no window " + window);
}

MaybeFact duration_of(const RunRecord& record, const std::string& stage_id, const std::string& window) {
  const auto stage = finished(record, stage_id);
  if (!stage) return absent(stage.error());
  for (const auto& entry : (*stage)->windows) {
    if (entry.name == window) return Fact{entry.duration_s, "s", {}, {}, Grade::measured, {"steady clock"}};
  }
  return absent("stage " + stage_id + " has no window " + window);
}

std::string stage_of_kind(const RunRecord& record, const VariantInfo& variant, const std::string& kind) {
  for (const auto& id : variant.stages) {
    if (id.starts_with(kind + ":")) return id;
    const auto found = record.stages.find(id);
    if (found != record.stages.end() && found->second.kind == kind) return id;
  }
  return {};
}

/// Energy of every stage that made the served model.
MaybeFact making_energy(const RunRecord& record, const VariantInfo& variant) {
  std::optional<Fact> total;
  for (const char* kind : {"import", "adapt", "merge", "quantize"}) {
    const auto id = stage_of_kind(record, variant, kind);
    if (id.empty()) continue;
    const auto energy = energy_of(record, id, kind);
    if (!energy) return energy;
    if (!total) {
      total = *energy;
      continue;
    }
    const auto sum = RecordedReading::restore<Joules>(*total) + RecordedReading::restore<Joules>(*energy);
    total = Fact{sum.value().value(), "J", sum.lo().value(), sum.hi().value(), sum.grade(), sum.sources()};
  }
  if (!total) return absent("the variant was not made by any stage");
  return *total;
}

void gather_requests(VariantFacts& facts, const std::vector<RequestTimeline>& requests) {
  double tokens = 0.0;
  double answered = 0.0;
  std::string source;
  for (const auto& request : requests) {
    if (!request.ok) continue;
    answered += 1.0;
    if (request.first_token_s) facts.ttft_s.push_back(*request.first_token_s - request.sent_s);
    if (request.last_token_s) facts.e2e_s.push_back(*request.last_token_s - request.sent_s);
    if (!request.completion_tokens) continue;
    tokens += static_cast<double>(*request.completion_tokens);
    source = request.token_source;
    if (*request.completion_tokens > 1 && request.first_token_s && request.last_token_s) {
      facts.tpot_s.push_back((*request.last_token_s - *request.first_token_s) /
                             static_cast<double>(*request.completion_tokens - 1));
    }
  }
  facts.requests = answered > 0.0 ? MaybeFact(Fact{answered, "1", {}, {}, Grade::measured, {"client"}})
                                  : absent("no request was answered");
  facts.output_tokens = tokens > 0.0
                            ? MaybeFact(Fact{tokens, "tok", {}, {}, Grade::measured, {"server's " + source}})
                            : absent("the server gave no token counts");
}

void gather_scores(VariantFacts& facts, const RunRecord& record, const VariantInfo& variant) {
  const auto scores = record.scores.find(variant.id);
  if (scores == record.scores.end()) return;
  for (const auto& score : scores->second) {
    facts.exact_match.push_back(score.exact_match);
    facts.f1.push_back(score.f1);
    facts.rouge_l.push_back(score.rouge_l);
  }
  if (variant.precision == "fp16") return;
  const auto whole =
      std::find_if(record.variants.begin(), record.variants.end(), [&](const VariantInfo& other) {
        return other.model == variant.model && other.method == variant.method && other.task == variant.task &&
               other.precision == "fp16";
      });
  if (whole == record.variants.end()) return;
  const auto reference = record.scores.find(whole->id);
  if (reference == record.scores.end()) return;
  for (const auto& score : reference->second) facts.reference_f1.push_back(score.f1);
}

MaybeFact price_of(const RunRecord& record, const std::string& name) {
  const auto found = record.prices.find(name);
  if (found == record.prices.end()) return absent("the record has no price " + name);
  return found->second;
}

}  // namespace

VariantFacts gather(const RunRecord& record, const VariantInfo& variant) {
  VariantFacts facts;
  facts.info = &variant;
  facts.electricity_price = price_of(record, "electricity_usd_per_kwh");
  facts.api_price = price_of(record, "api_usd_per_request");
  const auto adapt = stage_of_kind(record, variant, "adapt");
  const MaybeFact unadapted = absent("the base is not adapted");
  facts.adapt_energy = adapt.empty() ? unadapted : energy_of(record, adapt, "adapt");
  facts.adapt_time = adapt.empty() ? unadapted : duration_of(record, adapt, "adapt");
  facts.making_energy = making_energy(record, variant);
  const auto& serve = variant.serve_stage;
  facts.load_energy = energy_of(record, serve, "load");
  facts.load_time = duration_of(record, serve, "load");
  facts.start_energy = energy_of(record, serve, "start");
  facts.failed_requests = fact_of(record, serve, "failed_requests");
  facts.model_bytes = fact_of(record, serve, "model_bytes");
  facts.peak_resident = fact_of(record, serve, "peak_resident");
  facts.cold_ready = fact_of(record, serve, "cold_ready");
  facts.cold_first_token = fact_of(record, serve, "cold_first_token");
  const auto requests = record.requests.find(variant.id);
  gather_requests(facts,
                  requests == record.requests.end() ? std::vector<RequestTimeline>() : requests->second);
  gather_scores(facts, record, variant);
  return facts;
}

}  // namespace edgeeval
