// SPDX-License-Identifier: Apache-2.0
// What a server tells of itself on its metrics route: counters, gauges and histograms, and times of single
// requests.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "record/load_record.hpp"

namespace edgeeval {

/// A histogram as it stands now, summed over its labels.
struct HistogramReading {
  double count = 0.0;
  double sum = 0.0;
  std::map<double, double> buckets;  ///< Upper bound to how many values are at or below it; without +Inf.
  friend bool operator==(const HistogramReading&, const HistogramReading&) = default;
};

/// One reading of a metrics route, by name; labels are summed over.
struct ServerMetrics {
  std::map<std::string, double> counters;
  std::map<std::string, double> gauges;
  std::map<std::string, HistogramReading> histograms;
  [[nodiscard]] bool empty() const { return counters.empty() && gauges.empty() && histograms.empty(); }
};

/// Reads Prometheus' text format, of which only families with a TYPE of counter, gauge or histogram are
/// taken, or TensorRT-LLM's JSON, whose numbers are gauges of the latest iteration. What is no number is left
/// out. Pure.
[[nodiscard]] ServerMetrics read_server_metrics(std::string_view text);

/// Reads TensorRT-LLM's /perf_metrics: a list of requests that have ended since it was last asked. Those
/// without a time of arrival are left out; times before it are taken as not told. In order of arrival. Pure.
[[nodiscard]] std::vector<ServerRequest> read_server_requests(std::string_view text);

}  // namespace edgeeval
