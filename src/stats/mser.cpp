// SPDX-License-Identifier: Apache-2.0
#include "stats/mser.hpp"

#include <numeric>
#include <vector>

namespace edgeeval {
namespace {

constexpr std::size_t kBatch = 5;
constexpr std::size_t kFewest = 10;  // Batches.
constexpr std::size_t kAlwaysLeft =
    5;  // Batches: a mean of fewer says nothing, and its score is near zero by chance.

std::vector<double> batch_means(std::span<const double> series) {
  std::vector<double> means;
  for (std::size_t i = 0; i + kBatch <= series.size(); i += kBatch) {
    const auto batch = series.subspan(i, kBatch);
    means.push_back(std::accumulate(batch.begin(), batch.end(), 0.0) / static_cast<double>(kBatch));
  }
  return means;
}

}  // namespace

std::optional<std::size_t> mser5_truncation(std::span<const double> series) {
  const auto means = batch_means(series);
  if (means.size() < kFewest) return std::nullopt;
  // From the end, so that each score follows from the one before by Welford's updating.
  double mean = 0.0;
  double squares = 0.0;
  double best_score = 0.0;
  std::size_t best = means.size();
  for (std::size_t d = means.size(); d-- > 0;) {
    const auto left = static_cast<double>(means.size() - d);
    const double away = means[d] - mean;
    mean += away / left;
    squares += away * (means[d] - mean);
    if (means.size() - d < kAlwaysLeft) continue;
    const double score = squares / (left * left);
    if (best == means.size() || score <= best_score) {
      best = d;
      best_score = score;
    }
  }
  if (best > means.size() / 2) return std::nullopt;
  return best * kBatch;
}

}  // namespace edgeeval
