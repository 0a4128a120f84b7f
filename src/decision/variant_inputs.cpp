// SPDX-License-Identifier: Apache-2.0
#include "decision/variant_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "decision/making_cost.hpp"
#include "metrics/variant_facts.hpp"
#include "record/ledger.hpp"

namespace edgeeval {
namespace {

using economics::Shape;
using economics::Uncertain;

/// A fact's value and interval as a spread: lognormal where all of it is above 0.
Uncertain spread_of(const Fact& fact, std::uint32_t group) {
  Uncertain spread{fact.value, fact.lo.value_or(fact.value), fact.hi.value_or(fact.value), Shape::fixed,
                   group};
  // An interval that is open above is widened upwards as far as it goes down, as a ratio.
  if (fact.lo && !fact.hi && *fact.lo > 0.0) spread.hi = fact.value * fact.value / *fact.lo;
  spread.lo = std::min(spread.lo, spread.value);
  spread.hi = std::max(spread.hi, spread.value);
  if (spread.lo == spread.hi) return spread;
  spread.shape = spread.lo > 0.0 ? Shape::split_lognormal : Shape::split_normal;
  return spread;
}

/// The sources counted in a serve stage's load window, as one name; empty where nothing was read.
std::string counted_sources(const RunRecord& record, const VariantInfo& variant) {
  const auto stage = record.stages.find(variant.serve_stage);
  if (stage == record.stages.end()) return {};
  for (const auto& window : stage->second.windows) {
    if (window.name != "load") continue;
    const auto total = add_up({&window});
    if (!total) return {};
    std::set<std::string> devices;
    for (const auto& entry : window.energy) {
      if (std::find(total->counted.begin(), total->counted.end(), entry.source) != total->counted.end())
        devices.insert(entry.device.empty() ? entry.source : entry.device);
    }
    return fmt::format("{}", fmt::join(devices, " + "));
  }
  return {};
}

/// Puts inputs in their places.
class Filler {
 public:
  Filler(const CostScenario& scenario, std::uint32_t group, VariantDecision& decision)
      : scenario_(scenario), group_(group), decision_(decision) {}

  /// Everything the scenario says. Inputs that nobody names keep their default, which counts as assumed.
  void scenario_inputs() {
    const economics::Inputs defaults;
    const auto table = economics::input_table();
    for (std::size_t i = 0; i < table.size(); ++i) {
      const double value = defaults.*table[i].member;
      decision_.inputs[i] = {value, value, value, Shape::fixed, 0};
      decision_.origins[i] = {Grade::assumed, {kOwnDefault}, ""};
      const auto found = scenario_.assumptions.find(table[i].key);
      if (found == scenario_.assumptions.end()) continue;
      decision_.inputs[i] = found->second.spread;
      decision_.origins[i] = {found->second.grade, {found->second.source}, ""};
    }
    share_draws_of_copies();
  }

  /// A variant's input: what the user set, what the record says, or what stands in for it. `what` names it in
  /// the reason where there is none of them.
  void put(const char* key, const MaybeFact& fact, const char* what, std::string note = {}) {
    if (scenario_.assumptions.contains(key)) return;
    if (fact) {
      set(key, spread_of(*fact, is_energy(key) ? group_ : 0), {fact->grade, fact->sources, std::move(note)});
      weaken(fact->grade);
      return;
    }
    stand_in(key, fmt::format("{}: {}", what, fact.error()));
  }

  /// What the tables know where the record does not tell `why`.
  void stand_in(const char* key, const std::string& why) {
    const auto found = scenario_.stand_ins.find(key);
    if (found == scenario_.stand_ins.end()) {
      if (decision_.absent_reason.empty()) decision_.absent_reason = why;
      return;
    }
    set(key, found->second.spread, {Grade::assumed, {found->second.source}, "stands in; " + why});
  }

  void set(const char* key, const Uncertain& spread, InputOrigin origin) {
    const auto place = place_of(key);
    const auto& field = economics::input_table()[place];
    auto bounded = spread;
    bounded.value = std::clamp(spread.value, field.least, field.most);
    bounded.lo = std::clamp(spread.lo, field.least, field.most);
    bounded.hi = std::clamp(spread.hi, field.least, field.most);
    if (bounded.lo <= 0.0 && bounded.shape == Shape::split_lognormal) bounded.shape = Shape::split_normal;
    if (bounded.lo == bounded.hi) bounded.shape = Shape::fixed;
    decision_.inputs[place] = bounded;
    decision_.origins[place] = std::move(origin);
  }

  [[nodiscard]] bool has_stand_in(const char* key) const { return scenario_.stand_ins.contains(key); }
  [[nodiscard]] bool user_set(const char* key) const { return scenario_.assumptions.contains(key); }
  [[nodiscard]] double value(const char* key) const { return decision_.inputs[place_of(key)].value; }
  [[nodiscard]] std::uint32_t group() const { return group_; }
  void weaken(Grade grade) { decision_.grade = seen_ ? weaker(decision_.grade, grade) : grade, seen_ = true; }

 private:
  /// A copy is drawn as what it copies: both go to one correlation group, far beyond those of gains.
  void share_draws_of_copies() {
    constexpr std::uint32_t kCopies = 50000;
    for (const auto& [key, assumption] : scenario_.assumptions) {
      if (assumption.follows.empty() || assumption.spread.shape == Shape::fixed) continue;
      for (const std::string_view member : {std::string_view(key), std::string_view(assumption.follows)})
        decision_.inputs[place_of(member)].correlation =
            kCopies + static_cast<std::uint32_t>(place_of(assumption.follows));
    }
  }

  static bool is_energy(std::string_view key) { return key.ends_with("_w") || key.ends_with("_j"); }

  const CostScenario& scenario_;
  std::uint32_t group_;
  VariantDecision& decision_;
  bool seen_ = false;
};

/// Mean of a count over answered requests with the 95 % interval of a mean of many.
MaybeFact mean_tokens(const std::vector<RequestTimeline>* requests,
                      std::optional<std::int64_t> RequestTimeline::*member) {
  double n = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  std::string source;
  if (requests != nullptr) {
    for (const auto& request : *requests) {
      if (!request.ok || !(request.*member)) continue;
      const auto count = static_cast<double>(*(request.*member));
      n += 1.0;
      sum += count;
      squares += count * count;
      source = request.token_source;
    }
  }
  if (n == 0.0) return tl::unexpected<std::string>("the server gave no counts");
  const double mean = sum / n;
  Fact fact{mean, "tokens",        {},
            {},   Grade::computed, {fmt::format("server's {}, mean of {} requests", source, n)}};
  if (n >= 2.0) {
    const double half = 1.96 * std::sqrt(std::max(0.0, squares - sum * mean) / (n - 1.0) / n);
    fact.lo = std::max(0.0, mean - half);
    fact.hi = mean + half;
  }
  return fact;
}

void put_tokens(Filler& filler, const RunRecord& record, const VariantInfo& variant,
                const VariantFacts& facts) {
  const auto found = record.requests.find(variant.id);
  const auto* requests = found == record.requests.end() ? nullptr : &found->second;
  auto output = mean_tokens(requests, &RequestTimeline::completion_tokens);
  if (!output && facts.output_tokens && facts.requests && facts.requests->value > 0.0)
    output = Fact{facts.output_tokens->value / facts.requests->value,
                  "tokens",
                  {},
                  {},
                  weaker(facts.output_tokens->grade, Grade::computed),
                  facts.output_tokens->sources};
  filler.put("output_tokens", output, "output tokens", "as the local tokenizer counts");
  const auto input = mean_tokens(requests, &RequestTimeline::prompt_tokens);
  const auto told = record.prices.find("api_usd_per_request");
  const bool published = told != record.prices.end() && output && output->grade == Grade::published;
  if (input || !published)
    return filler.put("input_tokens", input, "input tokens", "as the local tokenizer counts");
  // The paper prices a request at 500 tokens in all (500 × 2.50 USD/Mtok = 0.00125 USD).
  constexpr double kPaperTokens = 500.0;
  const double rest = std::max(0.0, kPaperTokens - output->value);
  if (!filler.user_set("input_tokens"))
    filler.set("input_tokens", {rest, rest / 2.0, rest * 2.0, Shape::split_lognormal, 0},
               {Grade::assumed,
                {"arXiv 2604.19342: 500 tokens a request, less its output tokens"},
                "stands in; prompts are not published; range assumed"});
}

/// Only the keep-warm rule asks for it, so a range that is sure to hold it will do.
void put_bare_power(Filler& filler, const VariantFacts& facts) {
  if (facts.bare_power || filler.has_stand_in("off_w"))
    return filler.put("off_w", facts.bare_power, "power of the bare machine");
  if (filler.user_set("off_w")) return;
  const double idle = filler.value("idle_w");
  filler.set(
      "off_w", {idle / 2.0, 0.0, idle, Shape::uniform, 0},
      {Grade::assumed, {}, "stands in; between nothing and the idle engine: " + facts.bare_power.error()});
}

void put_power(Filler& filler, const VariantFacts& facts) {
  filler.put("busy_w", facts.mean_power, "power while serving",
             "mean power at the tested load stands for power at capacity");
  filler.put("idle_w", facts.resident_power, "power with the engine idle");
  put_bare_power(filler, facts);
  if (facts.start_energy) {
    filler.put("cold_start_j", facts.start_energy, "energy of a cold start");
  } else if (facts.cold_ready && facts.mean_power && !filler.user_set("cold_start_j")) {
    const double t = facts.cold_ready->value;
    const double low = t * filler.value("idle_w");
    const double high = t * facts.mean_power->value;
    filler.set("cold_start_j",
               {(low + high) / 2.0, std::min(low, high), std::max(low, high), Shape::uniform, filler.group()},
               {Grade::assumed, facts.cold_ready->sources,
                "stands in; load time at a power between idle and serving: its energy was not measured"});
  } else if (!filler.user_set("cold_start_j")) {
    filler.set("cold_start_j", {},
               {Grade::assumed, {}, "not known; counts as 0 where there are no cold starts"});
  }
}

void put_capacity(Filler& filler, const VariantFacts& facts) {
  MaybeFact capacity = tl::unexpected<std::string>(facts.requests ? "" : facts.requests.error());
  if (!facts.load_time) capacity = tl::unexpected(facts.load_time.error());
  if (facts.requests && facts.load_time && facts.load_time->value > 0.0)
    capacity = Fact{facts.requests->value / facts.load_time->value,
                    "requests/s",
                    {},
                    {},
                    weaker(weaker(facts.requests->grade, facts.load_time->grade), Grade::computed),
                    facts.load_time->sources};
  filler.put("capacity_per_s", capacity, "capacity",
             "answered requests over the load window at the tested concurrency: not a maximum found by a "
             "load curve");
}

/// The score: token F1 with its interval, or a published score with the widest interval that its items allow.
void put_quality(Filler& filler, const RunRecord& record, const VariantInfo& variant,
                 const Figures& figures) {
  if (filler.user_set("quality")) return;
  const auto* f1 = figures.find(variant.id, "token_f1");
  const auto* published = figures.find(variant.id, "published_score");
  const auto* row = f1 != nullptr ? f1 : published;
  if (row == nullptr) {
    filler.set("quality", {}, {Grade::assumed, {}, "the variant was not scored; no cost by correct answer"});
    return;
  }
  auto fact = *row;
  std::string note = f1 != nullptr ? "mean token F1" : "the published score";
  const auto stage = record.stages.find(variant.score_stage);
  if (f1 == nullptr && stage != record.stages.end() && stage->second.facts.contains("items")) {
    const double n = stage->second.facts.at("items").value;
    const double q = std::clamp(fact.value, 0.0, 1.0);
    // No score from 0 to 1 with mean q varies more than one that is 0 or 1.
    const double half = 1.96 * std::sqrt(q * (1.0 - q) / n);
    fact.lo = std::max(0.0, q - half);
    fact.hi = std::min(1.0, q + half);
    note += fmt::format("; interval of {:.0f} items that are right or wrong, the widest there can be", n);
  }
  filler.put("quality", fact, "quality", note);
}

}  // namespace

std::size_t place_of(std::string_view key) {
  return static_cast<std::size_t>(economics::find_input(key) - economics::input_table().data());
}

GainGroups gain_groups(const RunRecord& record) {
  GainGroups groups;
  for (const auto& variant : record.variants) {
    if (auto sources = counted_sources(record, variant); !sources.empty()) groups[sources] = 0;
  }
  std::uint32_t number = 0;
  for (auto& [sources, group] : groups) group = ++number;
  return groups;
}

void fill_inputs(const RunRecord& record, const VariantInfo& variant, const Figures& figures,
                 const CostScenario& scenario, const GainGroups& groups, VariantDecision& decision) {
  const auto facts = gather(record, variant);
  const auto group = groups.find(counted_sources(record, variant));
  Filler filler(scenario, group == groups.end() ? 0 : group->second, decision);
  filler.scenario_inputs();
  put_capacity(filler, facts);
  put_power(filler, facts);
  put_tokens(filler, record, variant, facts);
  put_quality(filler, record, variant, figures);
  auto making = making_cost(record, variant);
  decision.missing_stages = std::move(making.missing);
  filler.put("adapt_s", making.seconds, "time of adaptation");
  filler.put("adapt_j", making.joules, "energy of adaptation");
  const bool rented = filler.value("owned") < 0.5;
  const char* price = rented ? "rent_usd_per_h" : "capex_usd";
  if (!scenario.assumptions.contains(price) && decision.absent_reason.empty())
    decision.absent_reason = fmt::format("no {} is known of the machine: name one with device=, or set {}",
                                         rented ? "rent" : "price", price);
}

}  // namespace edgeeval
