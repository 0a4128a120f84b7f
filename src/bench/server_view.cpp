// SPDX-License-Identifier: Apache-2.0
#include "bench/server_view.hpp"

#include <fmt/format.h>

#include "bench/small_call.hpp"
#include "wire/server_metrics.hpp"

namespace edgeeval {
namespace {

constexpr double kTimeout_s = 2.0;
constexpr int kOk = 200;

}  // namespace

MetricsRoute metrics_route(const BenchSettings& settings, const Dialect& dialect) {
  if (!settings.metrics) return {settings.target, dialect.metrics_path};
  // The call takes a path below the URL's own, which here is the whole of it.
  auto target = *settings.metrics;
  auto path = target.base.empty() ? std::string("/metrics") : target.base;
  target.base.clear();
  return {std::move(target), std::move(path)};
}

Result<void> check_metrics_url(const BenchSettings& settings, const Dialect& dialect) {
  if (!settings.metrics) return {};
  const auto route = metrics_route(settings, dialect);
  const auto where = "--metrics-url " + route.target.url() + route.path;
  constexpr const char* kHint = "Name a page of Prometheus' text format, or leave the option out.";
  const auto answer = small_call(route.target, kTimeout_s)(route.path, "");
  if (!answer) return tl::unexpected(Error{answer.error().code, answer.error().message, where, kHint});
  if (answer->status != kOk)
    return fail(ErrorCode::usage, fmt::format("answered with HTTP status {}", answer->status), where, kHint);
  if (read_server_metrics(answer->body).empty())
    return fail(ErrorCode::usage, "holds no counter, gauge or histogram", where, kHint);
  return {};
}

ServerView::ServerView(const BenchSettings& settings, const Dialect& dialect,
                       const std::filesystem::path& folder)
    : settings_(settings), dialect_(dialect) {
  if (!settings.scrape) return;
  if (!dialect.request_times_path.empty()) {
    // Asking empties the server's list, so that what is told at the end is of this load.
    const auto before = small_call(settings.target, kTimeout_s)(dialect.request_times_path, "");
    times_requests_ = before && before->status == kOk;
  }
  start_scraping(folder);
}

void ServerView::start_scraping(const std::filesystem::path& folder) {
  const auto route = metrics_route(settings_, dialect_);
  if (route.path.empty()) return;
  auto call = small_call(route.target, kTimeout_s);
  // Many servers have the route only on demand; one that does not answer now will not later.
  const auto first = call(route.path, "");
  if (!first || first->status != kOk) return;
  ScrapeOptions options;
  options.path = route.path;
  options.file = folder / "server-metrics.jsonl";
  auto started = ServerScraper::start(options, std::move(call), read_server_metrics);
  if (started) {
    scraper_ = std::move(*started);
  } else {
    problem_ = "the server's metrics were not scraped: " + started.error().message;
  }
}

void ServerView::finish(LoadHeader& header) {
  if (!problem_.empty()) header.warnings.push_back(problem_);
  if (scraper_) {
    const auto& scraped = scraper_->stop();
    header.counters = scraped.differences();
    header.gauges = scraped.gauges;
    header.histograms = scraped.histogram_differences();
    header.warnings.insert(header.warnings.end(), scraped.warnings.begin(), scraped.warnings.end());
    for (const auto& name : scraped.fell)
      header.warnings.push_back("the server's counter " + name + " fell during the load: it began anew");
  }
  if (!times_requests_) return;
  const auto answer = small_call(settings_.target, kTimeout_s)(dialect_.request_times_path, "");
  if (answer && answer->status == kOk) {
    header.server_requests = read_server_requests(answer->body);
  } else {
    header.warnings.push_back(
        fmt::format("the server's {} did not answer after the load", dialect_.request_times_path));
  }
}

}  // namespace edgeeval
