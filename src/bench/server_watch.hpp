// SPDX-License-Identifier: Apache-2.0
// The server's own counters beside a load: its metrics route read now and then on a thread of its own.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/settings.hpp"
#include "wire/dialect.hpp"

namespace edgeeval {

/// Scrapes once a second from its making to stop(), where the dialect has a metrics route and the settings want it.
/// What was read goes to <folder>/server-metrics.jsonl, a line a scrape: `at_ns` (CLOCK_MONOTONIC), `values` by name.
/// Failures end nothing: a route that does not answer is asked twice and then left alone.
class ServerWatch {
 public:
  ServerWatch(const BenchSettings& settings, const Dialect& dialect, const std::filesystem::path& folder);
  ~ServerWatch();
  ServerWatch(const ServerWatch&) = delete;
  ServerWatch& operator=(const ServerWatch&) = delete;
  /// Ends the scraping; what each counter gained from the first scrape to the last. Empty where there were not two.
  std::vector<std::pair<std::string, double>> stop();

 private:
  void scrape(const Target& target, const std::string& path, const std::filesystem::path& file);
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::map<std::string, double> first_, last_;
};

}  // namespace edgeeval
