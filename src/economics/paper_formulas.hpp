// SPDX-License-Identifier: Apache-2.0
// The five metrics exactly as the paper's metric scripts compute them (economics.md 1.2 in the project's
// research; arXiv 2604.19342 with its published code). The order of operations is theirs, so that values
// agree to the last digits. Electricity of the accelerator is the only cost, and sizes are nominal: that is
// the paper's boundary.
#pragma once

#include <array>
#include <edgeeval/units.hpp>
#include <optional>
#include <string_view>

namespace edgeeval::paper {

/// Prices and thresholds of the published scripts.
struct Constants {
  double electricity_usd_per_kwh = 0.12;
  double api_usd_per_request = 0.00125;  ///< 500 tokens at 2.50 USD a million; the README says 0.005.
  double roi_requests = 20.0;            ///< "ROI within the hour" below this many requests.
  double prohibitive_c_tax = 100.0;      ///< "Serverless prohibitive" above this.
  double fidelity_percent = 99.9;        ///< Fidelity passes from here on.
};

/// Requests until electricity saved against the API has paid the electricity of adaptation:
/// J_train/3.6e6·price ÷ (api − J_request/3.6e6·price). Nothing where a request costs as much as the API's.
[[nodiscard]] inline std::optional<double> n_break(Joules training, Joules per_request,
                                                   const Constants& constants) {
  const double spent = training.value() / 3.6e6 * constants.electricity_usd_per_kwh;
  const double saved =
      constants.api_usd_per_request - per_request.value() / 3.6e6 * constants.electricity_usd_per_kwh;
  if (saved <= 0.0) return std::nullopt;
  return spent / saved;
}

/// Score per joule of a request (1/J), which the paper calls intelligence per watt; chat scores (0…10) are
/// divided by 10 first.
[[nodiscard]] inline double ipw(double score, Joules per_request, bool chat) {
  return (chat ? score / 10.0 : score) / per_request.value();
}

/// Tokens a second for each nominal gigabyte of weights (tok/s/GB).
[[nodiscard]] inline double rho_sys(TokensPerSecond throughput, double nominal_gb) {
  return throughput.value() / nominal_gb;
}

/// Load time × mean power while serving ÷ energy of a request (requests).
[[nodiscard]] inline double c_tax(Seconds load, Watts mean, Joules per_request) {
  return load.value() * mean.value() / per_request.value();
}

/// Score of the quantized model in percent of the FP16 model's (%).
[[nodiscard]] inline double q_ret(double quantized, double fp16) { return quantized / fp16 * 100.0; }

/// The nominal weight size that the paper gives a size label and precision (GB): 1B 2/1/0.625, 3B 6/3/1.875,
/// 7B 14/7/4.375 for FP16/INT8/INT4, merged QLoRA counted as INT4. Nothing for other labels.
[[nodiscard]] inline std::optional<double> nominal_gb(std::string_view size, std::string_view precision) {
  constexpr std::array<std::pair<std::string_view, double>, 3> kFp16{
      {{"1B", 2.0}, {"3B", 6.0}, {"7B", 14.0}}};
  for (const auto& [label, gb] : kFp16) {
    if (label != size) continue;
    if (precision == "FP16") return gb;
    if (precision == "INT8") return gb / 2.0;
    if (precision == "INT4" || precision == "MERGED") return gb * 0.3125;
  }
  return std::nullopt;
}

}  // namespace edgeeval::paper
