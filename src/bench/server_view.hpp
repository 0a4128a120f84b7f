// SPDX-License-Identifier: Apache-2.0
// What a server tells of itself over one load: its metrics scraped, and the times of its requests by its own
// clock.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "bench/server_scrape.hpp"
#include "bench/settings.hpp"
#include "record/load_record.hpp"
#include "wire/dialect.hpp"

namespace edgeeval {

/// Where a server's metrics are asked for.
struct MetricsRoute {
  Target target;
  std::string path;  ///< Below the target; empty where there is nothing to ask.
};
/// `--metrics-url`, else the dialect's own route on the server. A URL without a path is one of /metrics.
[[nodiscard]] MetricsRoute metrics_route(const BenchSettings& settings, const Dialect& dialect);

/// Whether a metrics URL that the user named answers with metrics; nothing to check where none was. Errors:
/// those of the call, usage (no metrics there).
[[nodiscard]] Result<void> check_metrics_url(const BenchSettings& settings, const Dialect& dialect);

/// Watches the server beside one load. The user's own metrics URL was checked before; a dialect's route that
/// does not answer is left alone.
class ServerView {
 public:
  /// Begins: scrapes into `folder`, and takes away what the server has kept of earlier requests.
  ServerView(const BenchSettings& settings, const Dialect& dialect, const std::filesystem::path& folder);
  /// Ends, and puts what there is into `header`.
  void finish(LoadHeader& header);

 private:
  void start_scraping(const std::filesystem::path& folder);

  const BenchSettings& settings_;
  const Dialect& dialect_;
  std::unique_ptr<ServerScraper> scraper_;
  std::string problem_;          ///< Why there is none, where there should be.
  bool times_requests_ = false;  ///< The server's route of request times answers.
};

}  // namespace edgeeval
