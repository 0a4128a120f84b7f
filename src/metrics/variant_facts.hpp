// SPDX-License-Identifier: Apache-2.0
// What a record says of one variant, gathered for the formulas: each fact is there, or the reason why it is
// not.
#pragma once

#include <edgeeval/record.hpp>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace edgeeval {

/// A fact, or why it is absent.
using MaybeFact = tl::expected<Fact, std::string>;

/// The facts of one variant. Built once, read by every metric.
struct VariantFacts {
  const VariantInfo* info = nullptr;
  MaybeFact electricity_price;  ///< USD/kWh
  MaybeFact api_price;          ///< USD a request
  MaybeFact adapt_energy;       ///< J, of the adapt stage
  MaybeFact adapt_time;         ///< s
  MaybeFact making_energy;      ///< J, of import, adapt, merge and quantize together
  MaybeFact load_energy;        ///< J, of the closed loop
  MaybeFact load_time;          ///< s
  MaybeFact start_energy;       ///< J, from spawn to first token
  MaybeFact start_over_load;    ///< start_energy ÷ load_energy, gains of one device cancelled
  MaybeFact adapt_net;          ///< J, net of the bare machine's idle power; also of the next two
  MaybeFact start_net;
  MaybeFact load_net;
  MaybeFact merge_energy;       ///< J, of the merge stage
  MaybeFact quantize_energy;    ///< J, of the quantize stage
  MaybeFact measured_share;     ///< Of load_energy, that a sensor measured
  MaybeFact bare_power;         ///< W, of the machine at rest
  MaybeFact resident_power;     ///< W, with the engine up and nothing in flight
  MaybeFact residency_tax;      ///< W, resident less bare
  MaybeFact requests;           ///< answered requests
  MaybeFact mean_power;         ///< W, over the closed loop
  MaybeFact throughput;         ///< tok/s, over the closed loop
  MaybeFact failed_requests;
  MaybeFact output_tokens;                       ///< tok, over the closed loop
  MaybeFact model_bytes;                         ///< B
  MaybeFact peak_resident;                       ///< B
  MaybeFact cold_ready;                          ///< s
  MaybeFact cold_first_token;                    ///< s
  MaybeFact primary_score;  ///< 0…1; a published aggregate, where no single items are known
  MaybeFact reference_primary_score;  ///< The same of the FP16 variant that retention compares with
  std::vector<double> exact_match, f1, rouge_l;  ///< By item; empty where not scored.
  std::vector<double> ttft_s, tpot_s, e2e_s;     ///< By answered request.
  /// Of the items scored here and for the FP16 variant with the same base, adaptation and task, in one order; both
  /// empty for that variant itself.
  std::vector<double> paired_f1, reference_f1;
  bool has_reference = false;  ///< Whether that variant was scored, be it on other items.
};

/// Time per output token (s) of one reply, by the definition that loads have too (catalog/token_times.hpp).
/// Records that tell neither the tokens in the events nor those of the first one give N by the reply's count
/// and k_first = 1. Nothing where N is not known, or not above k_first.
[[nodiscard]] std::optional<double> token_time_of(const RequestTimeline& request);

/// Gathers the facts of `variant` from `record`.
[[nodiscard]] VariantFacts gather(const RunRecord& record, const VariantInfo& variant);

}  // namespace edgeeval
