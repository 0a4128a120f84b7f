// SPDX-License-Identifier: Apache-2.0
// The server's own counters beside a load: scraped at a slow pace by a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/files.hpp"
#include "record/load_record.hpp"
#include "wire/probe_server.hpp"
#include "wire/server_metrics.hpp"

namespace edgeeval {

/// Numbers by name.
using ServerNumbers = std::map<std::string, double>;

/// How a server is scraped.
struct ScrapeOptions {
  std::string path;  ///< The metrics route: "/metrics".
  std::chrono::milliseconds period{
      1000};                       ///< From one scrape's beginning to the next one's; 333 ms at least.
  std::size_t kept = 600;          ///< Scrapes kept in memory; beyond it every other one is dropped.
  std::filesystem::path file{};    ///< JSON lines of every scrape; empty = none.
  std::size_t most_failures = 10;  ///< In a row; after them the server is asked no more.
};

/// One scrape. Times are nanoseconds of CLOCK_MONOTONIC.
struct Scrape {
  std::int64_t begun_ns = 0;
  std::int64_t ended_ns = 0;
  ServerNumbers counters, gauges;
};

/// What scraping found and what it cost.
struct ScrapeReport {
  std::vector<Scrape> kept;   ///< The first and the last are always there.
  std::uint64_t scrapes = 0;  ///< That succeeded.
  std::uint64_t failures = 0;
  std::string first_failure;  ///< In words; empty where none.
  double cpu_s = 0.0;         ///< CPU time of the scraping thread.
  std::vector<std::string> warnings;
  /// Of counters: name, last less first, of what never fell, for LoadHeader::counters. Needs two scrapes.
  [[nodiscard]] std::vector<std::pair<std::string, double>> differences() const;
  /// Counters that fell between two scrapes: the server began them anew, so that they have no difference.
  std::vector<std::string> fell;
  std::vector<ServerGauge> gauges;  ///< Over all scrapes, in the order in which they were first seen.
  /// What came into each histogram between the first and the last scrape; those that took nothing in, or
  /// began anew, are left out.
  [[nodiscard]] std::vector<ServerHistogram> histogram_differences() const;
  std::map<std::string, HistogramReading> first_histograms, last_histograms;
};

/// Scrapes from its making until it is stopped: once before it is handed out, then at the period, once at the
/// end. Errors of the server are counted, never fatal.
///
/// A line of the file is `{"t_ns":…,"took_ns":…,"counters":{…},"gauges":{…},"histograms":{…}}`, of which
/// lines after the first hold only what has changed; or `{"t_ns":…,"error":"…"}`. A histogram is
/// `{"count":…,"sum":…,"buckets":[[bound,count],…]}`.
class ServerScraper {
 public:
  /// `call` is used by one thread at a time: first by the caller's, then by the scraping one; `read` is
  /// read_server_metrics. Errors: usage (no path, a period below 333 ms), io (the file).
  [[nodiscard]] static Result<std::unique_ptr<ServerScraper>> start(
      ScrapeOptions options, SmallCall call, std::function<ServerMetrics(std::string_view)> read);
  ~ServerScraper();
  ServerScraper(const ServerScraper&) = delete;
  ServerScraper& operator=(const ServerScraper&) = delete;
  /// Scrapes a last time, ends the thread and hands out what there is. Later calls return the same.
  const ScrapeReport& stop();

 private:
  ServerScraper(ScrapeOptions options, SmallCall call, std::function<ServerMetrics(std::string_view)> read);
  void work();
  void scrape();
  void keep(Scrape scrape);
  void note_gauges(const ServerNumbers& gauges);
  void note_histograms(std::map<std::string, HistogramReading> histograms);
  void write(const Scrape& scrape, const std::map<std::string, HistogramReading>& histograms);
  void write_line(const std::string& line);
  void note_failure(std::int64_t at_ns, const std::string& why);

  const ScrapeOptions options_;
  const SmallCall call_;
  const std::function<ServerMetrics(std::string_view)> read_;
  std::optional<LineWriter> lines_;
  // Of the scraping thread until it has ended.
  ScrapeReport report_;
  ServerNumbers last_, last_gauges_;
  std::optional<Scrape> latest_;  ///< Succeeded last, where it is not among those kept.
  std::size_t stride_ = 1;        ///< Every so-manieth scrape is kept.
  std::size_t failures_in_a_row_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace edgeeval
