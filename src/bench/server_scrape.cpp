// SPDX-License-Identifier: Apache-2.0
#include "bench/server_scrape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <memory>
#include <set>
#include <system_error>

#include "core/json.hpp"

namespace edgeeval {
namespace {

constexpr int kOk = 200;
constexpr std::chrono::milliseconds kShortestPeriod{
    333};  // As AIPerf scrapes (research, loadgen.md section 1).
constexpr std::size_t kFewestKept = 4;

std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

std::uint64_t whole(double count) {
  constexpr double kMost = 9e15;
  return static_cast<std::uint64_t>(std::clamp(std::round(count), 0.0, kMost));
}

Json json_of(const HistogramReading& histogram) {
  Json buckets = Json::array();
  for (const auto& [bound, count] : histogram.buckets) buckets.push_back({bound, count});
  return {{"count", histogram.count}, {"sum", histogram.sum}, {"buckets", std::move(buckets)}};
}

/// What of `now` is not as it was.
Json changed(const ServerNumbers& now, const ServerNumbers& before) {
  Json json = Json::object();
  for (const auto& [name, value] : now) {
    const auto found = before.find(name);
    if (found == before.end() || found->second != value) json[name] = value;
  }
  return json;
}

double thread_cpu_s() {
  timespec used{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used) != 0) return 0.0;
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

}  // namespace

std::vector<std::pair<std::string, double>> ScrapeReport::differences() const {
  std::vector<std::pair<std::string, double>> result;
  if (kept.size() < 2) return result;
  const std::set<std::string> reset(fell.begin(), fell.end());
  for (const auto& [name, value] : kept.back().counters) {
    const auto first = kept.front().counters.find(name);
    if (first != kept.front().counters.end() && !reset.contains(name))
      result.emplace_back(name, value - first->second);
  }
  return result;
}

std::vector<ServerHistogram> ScrapeReport::histogram_differences() const {
  std::vector<ServerHistogram> result;
  if (scrapes < 2) return result;
  for (const auto& [name, last] : last_histograms) {
    const auto before = first_histograms.find(name);
    const auto first = before == first_histograms.end() ? HistogramReading() : before->second;
    ServerHistogram histogram{name, 0, last.sum - first.sum, {}};
    // A histogram that began anew has no difference. Its counts are whole numbers, written as decimals.
    bool grew = last.count > first.count;
    histogram.count = grew ? whole(last.count - first.count) : 0;
    for (const auto& [bound, count] : last.buckets) {
      const auto earlier = first.buckets.find(bound);
      const double came = count - (earlier == first.buckets.end() ? 0.0 : earlier->second);
      grew = grew && came >= 0.0 && std::isfinite(bound);
      histogram.buckets.emplace_back(bound, grew ? whole(came) : 0);
    }
    if (grew) result.push_back(std::move(histogram));
  }
  return result;
}

Result<std::unique_ptr<ServerScraper>> ServerScraper::start(
    ScrapeOptions options, SmallCall call, std::function<ServerMetrics(std::string_view)> read) {
  if (options.path.empty()) {
    return fail(ErrorCode::usage, "the server has no metrics route", "--metrics-url",
                "Some servers offer one when asked at their start (llama-server: --metrics).");
  }
  if (options.period < kShortestPeriod) {
    return fail(ErrorCode::usage,
                fmt::format("scraping every {} ms would disturb the load; {} ms is the least",
                            options.period.count(), kShortestPeriod.count()));
  }
  options.kept = std::max(options.kept, kFewestKept);
  std::unique_ptr<ServerScraper> scraper(
      new ServerScraper(std::move(options), std::move(call), std::move(read)));
  if (!scraper->options_.file.empty()) {
    auto lines = LineWriter::open(scraper->options_.file, false);
    if (!lines) return tl::unexpected(lines.error());
    scraper->lines_ = std::move(*lines);
  }
  // Before anything of the load: what came in later would be missing from every difference.
  scraper->scrape();
  try {
    scraper->thread_ = std::thread([raw = scraper.get()] { raw->work(); });
  } catch (const std::system_error& error) {
    return fail(ErrorCode::unavailable, std::string("no thread for scraping: ") + error.what());
  }
  return scraper;
}

ServerScraper::ServerScraper(ScrapeOptions options, SmallCall call,
                             std::function<ServerMetrics(std::string_view)> read)
    : options_(std::move(options)), call_(std::move(call)), read_(std::move(read)) {}

ServerScraper::~ServerScraper() { stop(); }

const ScrapeReport& ServerScraper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  return report_;
}

void ServerScraper::work() {
  auto due = std::chrono::steady_clock::now();
  for (bool last = false; !last && failures_in_a_row_ < options_.most_failures;) {
    // What is late is left out, not caught up with.
    due = std::max(due + options_.period, std::chrono::steady_clock::now());
    {
      std::unique_lock lock(mutex_);
      last = wake_.wait_until(lock, due, [this] { return stopping_; });
    }
    scrape();
  }
  if (failures_in_a_row_ >= options_.most_failures)
    report_.warnings.push_back(
        fmt::format("the server's counters failed {} times in a row and were asked no more: {}",
                    failures_in_a_row_, report_.first_failure));
  if (latest_) report_.kept.push_back(std::move(*latest_));
  report_.cpu_s = thread_cpu_s();
}

void ServerScraper::scrape() {
  Scrape scrape;
  scrape.begun_ns = now_ns();
  const auto answer = call_(options_.path, "");
  scrape.ended_ns = now_ns();
  if (!answer) return note_failure(scrape.begun_ns, answer.error().message);
  if (answer->status != kOk) {
    return note_failure(scrape.begun_ns, fmt::format("GET {} answered {}", options_.path, answer->status));
  }
  auto metrics = read_(answer->body);
  if (metrics.empty())
    return note_failure(scrape.begun_ns, fmt::format("GET {} answered no counters", options_.path));
  failures_in_a_row_ = 0;
  scrape.counters = std::move(metrics.counters);
  scrape.gauges = std::move(metrics.gauges);
  write(scrape, metrics.histograms);
  note_gauges(scrape.gauges);
  note_histograms(std::move(metrics.histograms));
  keep(std::move(scrape));
}

void ServerScraper::note_gauges(const ServerNumbers& gauges) {
  for (const auto& [name, value] : gauges) {
    auto found = std::find_if(report_.gauges.begin(), report_.gauges.end(),
                              [&name = name](const auto& gauge) { return gauge.name == name; });
    if (found == report_.gauges.end())
      found = report_.gauges.insert(report_.gauges.end(), {name, value, 0.0, value, 0});
    found->min = std::min(found->min, value);
    found->max = std::max(found->max, value);
    found->scrapes += 1;
    found->mean += (value - found->mean) / static_cast<double>(found->scrapes);
  }
  last_gauges_ = gauges;
}

void ServerScraper::note_histograms(std::map<std::string, HistogramReading> histograms) {
  if (report_.scrapes == 0) report_.first_histograms = histograms;
  report_.last_histograms = std::move(histograms);
}

void ServerScraper::keep(Scrape scrape) {
  for (const auto& [name, value] : scrape.counters) {
    const auto before = last_.find(name);
    const bool falls = before != last_.end() && value < before->second;
    if (falls && std::find(report_.fell.begin(), report_.fell.end(), name) == report_.fell.end())
      report_.fell.push_back(name);
  }
  last_ = scrape.counters;
  report_.scrapes += 1;
  if ((report_.scrapes - 1) % stride_ != 0) {
    latest_ = std::move(scrape);
    return;
  }
  latest_.reset();
  report_.kept.push_back(std::move(scrape));
  if (report_.kept.size() < options_.kept) return;
  // The first, third, … stay, so those that are kept are again a stride apart.
  std::size_t to = 0;
  for (std::size_t from = 0; from < report_.kept.size(); from += 2) {
    if (from != to) report_.kept[to] = std::move(report_.kept[from]);
    ++to;
  }
  if (report_.kept.size() % 2 == 0) latest_ = std::move(report_.kept.back());
  report_.kept.resize(to);
  stride_ *= 2;
}

void ServerScraper::write(const Scrape& scrape, const std::map<std::string, HistogramReading>& histograms) {
  if (!lines_) return;
  Json line{{"t_ns", scrape.begun_ns},
            {"took_ns", scrape.ended_ns - scrape.begun_ns},
            {"counters", changed(scrape.counters, last_)}};
  if (auto gauges = changed(scrape.gauges, last_gauges_); !gauges.empty()) line["gauges"] = std::move(gauges);
  for (const auto& [name, histogram] : histograms) {
    const auto before = report_.last_histograms.find(name);
    if (before == report_.last_histograms.end() || before->second != histogram)
      line["histograms"][name] = json_of(histogram);
  }
  write_line(to_line(line));
}

void ServerScraper::write_line(const std::string& line) {
  if (!lines_) return;
  if (auto written = lines_->append(line); !written) {
    report_.warnings.push_back("the server's counters are no longer written: " + written.error().message);
    lines_.reset();
  }
}

void ServerScraper::note_failure(std::int64_t at_ns, const std::string& why) {
  report_.failures += 1;
  failures_in_a_row_ += 1;
  if (report_.first_failure.empty()) report_.first_failure = why;
  write_line(to_line({{"t_ns", at_ns}, {"error", why}}));
}

}  // namespace edgeeval
