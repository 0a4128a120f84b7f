// SPDX-License-Identifier: Apache-2.0
#include "serving/stamp_error.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace edgeeval {
namespace {

constexpr double kSecond = 1e-9;

/// The `p`-quantile by nearest rank of `zeros` zeros and `values`.
double quantile_with_zeros(std::vector<float> values, std::uint64_t zeros, double p) {
  const auto count = zeros + values.size();
  if (count == 0) return 0.0;
  const auto rank = static_cast<std::uint64_t>(std::max(1.0, std::ceil(p * static_cast<double>(count)))) - 1;
  if (rank < zeros) return 0.0;
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(rank - zeros, values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return static_cast<double>(*at);
}

}  // namespace

StampError stamp_error(const LoadView& view) {
  const auto& table = view.table;
  StampError error;
  if (table.events == 0) return error;
  error.stamps = table.kernel_stamped == table.events ? "kernel"
                 : table.kernel_stamped == 0          ? "user"
                                                      : "mixed";
  const auto& client = view.load.header.client;
  if (!client) return error;
  const auto exact = table.token_events - table.followed_bound_ns.size();
  // Bytes that had come earlier would have been read earlier, but for as long as the client lets them wait.
  auto bounds = table.followed_bound_ns;
  if (client->user_delay_p99_ns) {
    const auto waiting = static_cast<float>(*client->user_delay_p99_ns);
    for (auto& bound : bounds) bound = std::min(bound, waiting);
  }
  const double late_p50 = quantile_with_zeros(bounds, exact, 0.5);
  const double late_p99 = quantile_with_zeros(bounds, exact, 0.99);
  if (error.stamps == "kernel") {
    if (client->clock.empty()) return error;
    std::vector<float> widths;
    for (const auto& pair : client->clock) widths.push_back(static_cast<float>(pair.width_ns));
    error.p50_s = (0.5 * quantile_with_zeros(widths, 0, 0.5) + late_p50) * kSecond;
    error.p99_s = (0.5 * quantile_with_zeros(widths, 0, 0.99) + late_p99) * kSecond;
  } else if (client->user_delay_p50_ns && client->user_delay_p99_ns) {
    error.p50_s = (*client->user_delay_p50_ns + late_p50) * kSecond;
    error.p99_s = (*client->user_delay_p99_ns + late_p99) * kSecond;
  }
  return error;
}

std::optional<double> error_in_metric(const StampError& error, StampUse use, double tokens) {
  if (!error.p99_s) return std::nullopt;
  switch (use) {
    case StampUse::none:
      return std::nullopt;
    case StampUse::one:
      return error.p99_s;
    case StampUse::gap:
      return 2.0 * *error.p99_s;
    case StampUse::per_token:
      return 2.0 * *error.p99_s / std::max(1.0, tokens);
  }
  return std::nullopt;
}

}  // namespace edgeeval
