// SPDX-License-Identifier: Apache-2.0
// Distributions that a server tells of its own latencies (histograms, times of requests), held against the
// wire's.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <vector>

#include "record/load_file.hpp"

namespace edgeeval {

/// A quantile on both sides. The server's lies above `lo_s` and at or below `hi_s`: the bounds of its bucket,
/// or one value twice where it tells single times.
struct ServerQuantile {
  double p = 0.5;
  double server_lo_s = 0.0;
  std::optional<double> server_hi_s;  ///< Absent above the last bucket.
  double wire_s = 0.0;                ///< The order statistic of rank ceil(p · n).
  /// How far the wire's lies from the server's: 0 within the bucket, else the distance to its nearer bound.
  [[nodiscard]] double difference_s() const;
};

/// What a server tells of one latency against the same stretch as the wire shows it. Both sides are of all
/// requests of the load, its warm-up included, since a histogram cannot be told apart; where the counts
/// differ, so do the requests (failed ones, those of other clients).
struct ServerDistribution {
  std::string name;  ///< "vllm:time_to_first_token_seconds".
  std::string wire;  ///< What it is held against.
  std::uint64_t server_count = 0, wire_count = 0;
  double server_mean_s = 0.0, wire_mean_s = 0.0;
  std::vector<ServerQuantile> quantiles;  ///< p50, p90, p99.
};

/// Those of LoadHeader::histograms that are a time to the first token, a time between tokens or a time of the
/// whole request (of vLLM, SGLang, TensorRT-LLM and TGI), and those of LoadHeader::server_requests; in the
/// order in which they stand there. None where the wire has nothing to hold against them. Errors: as the
/// events' reading.
[[nodiscard]] Result<std::vector<ServerDistribution>> check_server_distributions(LoadRecord& load);

}  // namespace edgeeval
