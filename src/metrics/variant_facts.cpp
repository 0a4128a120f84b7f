// SPDX-License-Identifier: Apache-2.0
#include "metrics/variant_facts.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "catalog/token_times.hpp"
#include "metrics/net_energy.hpp"
#include "metrics/paired_scores.hpp"
#include "metrics/propagate.hpp"
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

/// A window of a finished stage, with the sitting that it belongs to.
struct FoundWindow {
  const WindowRecord* window = nullptr;
  int sitting = 0;
};

tl::expected<FoundWindow, std::string> window_of(const RunRecord& record, const std::string& stage_id,
                                                 const std::string& name) {
  const auto stage = finished(record, stage_id);
  if (!stage) return absent(stage.error());
  for (const auto& window : (*stage)->windows) {
    if (window.name == name) return FoundWindow{&window, (*stage)->sitting};
  }
  return absent("stage " + stage_id + " has no window " + name);
}

/// Why the total of a window is no energy to reckon with: a domain that failed is not zero. A wall meter that
/// failed leaves the parts, whose sum is open above.
std::optional<std::string> unknown_part(const EnergyTotal& total, const std::string& name) {
  for (const auto& domain : total.missing) {
    if (domain != "wall")
      return "the energy of " + domain + " in window " + name + " is not known, so neither is the sum";
  }
  return std::nullopt;
}

MaybeFact energy_of(const RunRecord& record, const std::string& stage_id, const std::string& name) {
  const auto found = window_of(record, stage_id, name);
  if (!found) return absent(found.error());
  const auto total = add_up({found->window});
  if (!total) return absent("no energy source was read in window " + name);
  if (const auto part = unknown_part(*total, name)) return absent(*part);
  return total->joules;
}

MaybeFact net_energy_of(const RunRecord& record, const std::string& stage_id, const std::string& name) {
  const auto found = window_of(record, stage_id, name);
  if (!found) return absent(found.error());
  const auto net = net_window(record, found->sitting, *found->window);
  if (!net) return absent(net.error());
  const auto total = add_up({&*net});
  if (const auto part = unknown_part(*total, name)) return absent(*part);
  return total->joules;
}

MaybeFact share_measured(const RunRecord& record, const std::string& stage_id, const std::string& name) {
  const auto found = window_of(record, stage_id, name);
  if (!found) return absent(found.error());
  const auto total = add_up({found->window});
  if (!total) return absent("no energy source was read in window " + name);
  return Fact{total->measured_share, "1", {}, {}, weaker(total->joules.grade, Grade::computed),
              total->joules.sources};
}

/// The energy of one window of a stage over that of another. The same devices drew both, so their gains
/// cancel.
MaybeFact ratio_of(const RunRecord& record, const std::string& stage_id, const std::string& a,
                   const std::string& b) {
  const auto above = window_of(record, stage_id, a);
  if (!above) return absent(above.error());
  const auto below = window_of(record, stage_id, b);
  if (!below) return absent(below.error());
  if (auto ratio = energy_ratio({above->window}, {below->window})) return *ratio;
  return absent("windows " + a + " and " + b + " have no energies that can be compared");
}

MaybeFact power_in(const RunRecord& record, const std::string& stage_id, const std::string& name) {
  const auto found = window_of(record, stage_id, name);
  if (!found) return absent(found.error());
  if (auto power = mean_power(*found->window)) return *power;
  return absent("no energy source was read in window " + name);
}

/// Net power of the resident engine: what keeping the model loaded adds to the bare machine.
MaybeFact residency_tax_of(const RunRecord& record, const std::string& stage_id) {
  const auto found = window_of(record, stage_id, "resident");
  if (!found) return absent(found.error());
  const auto net = net_window(record, found->sitting, *found->window);
  if (!net) return absent(net.error());
  if (auto power = mean_power(*net)) return *power;
  return absent("window resident has no duration");
}

MaybeFact duration_of(const RunRecord& record, const std::string& stage_id, const std::string& window) {
  const auto stage = finished(record, stage_id);
  if (!stage) return absent(stage.error());
  // A published duration stands beside its window, since no clock of ours took it.
  const auto told = (*stage)->facts.find(window + "_duration");
  if (told != (*stage)->facts.end()) return told->second;
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
  Windows windows;
  for (const char* kind : {"import", "adapt", "merge", "quantize"}) {
    const auto id = stage_of_kind(record, variant, kind);
    if (id.empty()) continue;
    if (const auto energy = energy_of(record, id, kind); !energy) return energy;
    windows.push_back(window_of(record, id, kind)->window);
  }
  const auto total = add_up(windows);
  if (!total) return absent("the variant was not made by any stage");
  return total->joules;
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
    if (const auto each = token_time_of(request)) facts.tpot_s.push_back(*each);
    if (!request.completion_tokens) continue;
    tokens += static_cast<double>(*request.completion_tokens);
    source = request.token_source;
  }
  if (requests.empty()) return;
  facts.requests = answered > 0.0 ? MaybeFact(Fact{answered, "1", {}, {}, Grade::measured, {"client"}})
                                  : absent("no request was answered");
  facts.output_tokens = tokens > 0.0
                            ? MaybeFact(Fact{tokens, "tok", {}, {}, Grade::measured, {"server's " + source}})
                            : absent("the server gave no token counts");
}

/// The FP16 variant of the same base, adaptation and task; null for itself or where there is none.
const VariantInfo* reference_of(const RunRecord& record, const VariantInfo& variant) {
  if (variant.precision == "fp16") return nullptr;
  const auto found =
      std::find_if(record.variants.begin(), record.variants.end(), [&](const VariantInfo& other) {
        return other.model == variant.model && other.method == variant.method && other.task == variant.task &&
               other.precision == "fp16";
      });
  return found == record.variants.end() ? nullptr : &*found;
}

/// A published score, on a scale from 0 to 1.
MaybeFact score_of(const RunRecord& record, const VariantInfo& variant) {
  auto score = fact_of(record, variant.score_stage, "primary_score");
  if (!score) return absent("the variant was not scored");
  const auto scale = fact_of(record, variant.score_stage, "score_scale");
  if (scale && scale->value != 1.0) score->value /= scale->value;
  return score;
}

/// A throughput that the record states, or output tokens over the time of the load window.
MaybeFact throughput_of(const RunRecord& record, const VariantFacts& facts) {
  if (auto told = fact_of(record, facts.info->serve_stage, "output_tok_per_s")) return told;
  return propagate({facts.output_tokens, facts.load_time}, "tok/s",
                   [](std::span<const double> x) { return std::optional(x[0] / x[1]); });
}

/// A mean power that the record states, or the load window's energy over its time.
MaybeFact mean_power_of(const RunRecord& record, const VariantFacts& facts) {
  if (auto told = fact_of(record, facts.info->serve_stage, "mean_power")) return told;
  return propagate({facts.load_energy, facts.load_time}, "W",
                   [](std::span<const double> x) { return std::optional(x[0] / x[1]); });
}

void gather_scores(VariantFacts& facts, const RunRecord& record, const VariantInfo& variant) {
  facts.primary_score = score_of(record, variant);
  const auto* published = reference_of(record, variant);
  facts.reference_primary_score = published == nullptr ? MaybeFact(absent("no FP16 variant to compare with"))
                                                       : score_of(record, *published);
  const auto scores = record.scores.find(variant.id);
  if (scores == record.scores.end()) return;
  for (const auto& score : scores->second) {
    facts.exact_match.push_back(score.exact_match);
    facts.f1.push_back(score.f1);
    facts.rouge_l.push_back(score.rouge_l);
  }
  const auto* whole = reference_of(record, variant);
  if (whole == nullptr) return;
  const auto reference = record.scores.find(whole->id);
  if (reference == record.scores.end()) return;
  auto pairs = paired_f1(scores->second, reference->second);
  facts.paired_f1 = std::move(pairs.a);
  facts.reference_f1 = std::move(pairs.b);
  facts.has_reference = true;
}

MaybeFact price_of(const RunRecord& record, const std::string& name) {
  const auto found = record.prices.find(name);
  if (found == record.prices.end()) return absent("the record has no price " + name);
  return found->second;
}

/// Net energies, other phases and idle powers.
void gather_ledger(VariantFacts& facts, const RunRecord& record, const VariantInfo& variant,
                   const std::string& adapt) {
  const auto& serve = variant.serve_stage;
  const auto merge = stage_of_kind(record, variant, "merge");
  const auto quantize = stage_of_kind(record, variant, "quantize");
  facts.merge_energy =
      merge.empty() ? MaybeFact(absent("nothing is merged")) : energy_of(record, merge, "merge");
  facts.quantize_energy =
      quantize.empty() ? MaybeFact(absent("nothing is quantized")) : energy_of(record, quantize, "quantize");
  facts.start_over_load = ratio_of(record, serve, "start", "load");
  facts.adapt_net =
      adapt.empty() ? MaybeFact(absent("the base is not adapted")) : net_energy_of(record, adapt, "adapt");
  facts.start_net = net_energy_of(record, serve, "start");
  facts.load_net = net_energy_of(record, serve, "load");
  facts.measured_share = share_measured(record, serve, "load");
  const auto bare = bare_power(record);
  facts.bare_power = bare ? MaybeFact(*bare) : MaybeFact(absent("the bare machine was not left idle"));
  facts.resident_power = power_in(record, serve, "resident");
  facts.residency_tax = residency_tax_of(record, serve);
}

}  // namespace

std::optional<double> token_time_of(const RequestTimeline& request) {
  const auto tokens = request.shown_tokens ? request.shown_tokens : request.completion_tokens;
  const auto first = request.first_tokens.value_or(1);
  if (!tokens || *tokens < 0 || first < 0 || !request.first_token_s || !request.last_token_s)
    return std::nullopt;
  return time_per_output_token({*request.first_token_s, *request.last_token_s,
                                static_cast<std::uint64_t>(*tokens), static_cast<std::uint64_t>(first)});
}

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
  gather_ledger(facts, record, variant, adapt);
  facts.failed_requests = fact_of(record, serve, "failed_requests");
  facts.model_bytes = fact_of(record, serve, "model_bytes");
  facts.peak_resident = fact_of(record, serve, "peak_resident");
  facts.cold_ready = fact_of(record, serve, "cold_ready");
  facts.cold_first_token = fact_of(record, serve, "cold_first_token");
  // What the stage states stands where no single requests are recorded, as in a published study.
  facts.requests = fact_of(record, serve, "requests");
  facts.output_tokens = fact_of(record, serve, "output_tokens");
  const auto requests = record.requests.find(variant.id);
  gather_requests(facts,
                  requests == record.requests.end() ? std::vector<RequestTimeline>() : requests->second);
  facts.throughput = throughput_of(record, facts);
  facts.mean_power = mean_power_of(record, facts);
  gather_scores(facts, record, variant);
  return facts;
}

}  // namespace edgeeval
