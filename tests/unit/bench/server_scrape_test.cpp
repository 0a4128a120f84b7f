// SPDX-License-Identifier: Apache-2.0
#include "bench/server_scrape.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "core/json.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

/// "name value" a line. Names that end in "_now" are gauges, "le<bound>" is a bucket of the histogram "h" and
/// counts for it.
ServerMetrics read_pairs(std::string_view text) {
  ServerMetrics metrics;
  std::istringstream lines{std::string(text)};
  double value = 0.0;
  for (std::string name; lines >> name >> value;) {
    if (name.starts_with("le")) {
      metrics.histograms["h"].buckets[std::stod(name.substr(2))] = value;
      metrics.histograms["h"].count = value;
      metrics.histograms["h"].sum = 2.0 * value;
    } else if (name.ends_with("_now")) {
      metrics.gauges[name] = value;
    } else {
      metrics.counters[name] = value;
    }
  }
  return metrics;
}

/// A server whose answers are a function of how often it has been asked, and that tells when it has been
/// asked so often. Scraping goes at its own pace, so the tests wait for answers, not for time.
class Counted {
 public:
  explicit Counted(std::function<Result<SmallAnswer>(int)> answer) : answer_(std::move(answer)) {}
  SmallCall call() {
    return [this](const std::string& path, const std::string& body) -> Result<SmallAnswer> {
      EXPECT_EQ(path, "/metrics");
      EXPECT_EQ(body, "");
      std::unique_lock lock(mutex_);
      auto answer = answer_(asked_++);
      changed_.notify_all();
      return answer;
    };
  }
  void wait_for(int times) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_ >= times; });
  }
  [[nodiscard]] int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::function<Result<SmallAnswer>(int)> answer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int asked_ = 0;
};

SmallAnswer text(std::string body, int status = 200) { return {status, std::move(body), {}}; }

ScrapeOptions options() {
  ScrapeOptions wanted;
  wanted.path = "/metrics";
  wanted.period = std::chrono::milliseconds(333);
  return wanted;
}

TEST(ServerScraper, ScrapesAtTheBeginningAndAtTheEnd) {
  Counted server([](int n) { return text("tokens_total " + std::to_string(100 * n) + " requests_total 7"); });
  auto scraper = ServerScraper::start(options(), server.call(), read_pairs);
  ASSERT_TRUE(scraper.has_value());
  server.wait_for(1);
  const auto report = (*scraper)->stop();
  ASSERT_GE(report.scrapes, 2U);
  EXPECT_EQ(report.failures, 0U);
  EXPECT_EQ(report.kept.front().counters.at("tokens_total"), 0.0);
  EXPECT_EQ(report.kept.back().counters.at("tokens_total"), 100.0 * (server.asked() - 1));
  EXPECT_LE(report.kept.front().ended_ns, report.kept.back().begun_ns);
  const auto differences = report.differences();
  ASSERT_EQ(differences.size(), 2U);
  EXPECT_EQ(differences[0], (std::pair<std::string, double>{"requests_total", 0.0}));
  EXPECT_EQ(differences[1], (std::pair<std::string, double>{"tokens_total", 100.0 * (server.asked() - 1)}));
  EXPECT_GT(report.cpu_s, 0.0);
}

TEST(ServerScraper, HasScrapedOnceBeforeTheLoadCanBegin) {
  Counted server([](int n) { return text("tokens_total " + std::to_string(n)); });
  const auto scraper = ServerScraper::start(options(), server.call(), read_pairs);
  ASSERT_TRUE(scraper.has_value());
  EXPECT_EQ(server.asked(), 1);
}

TEST(ServerScraper, CountersThatBeganAnewHaveNoDifference) {
  Counted server([](int n) { return text("busy " + std::to_string(n == 1 ? 1 : 5) + " tokens_total 3"); });
  auto scraper = ServerScraper::start(options(), server.call(), read_pairs);
  ASSERT_TRUE(scraper.has_value());
  server.wait_for(3);
  const auto& report = (*scraper)->stop();
  EXPECT_EQ(report.fell, std::vector<std::string>{"busy"});
  ASSERT_EQ(report.differences().size(), 1U);
  EXPECT_EQ(report.differences()[0].first, "tokens_total");
}

TEST(ServerScraper, GaugesAreToldOverTheLoadAndAreNoCounters) {
  // 4, 0, then 2 for as often as it is asked: however long it goes on, from 0 to 4.
  Counted server([](int n) {
    return text("queue_now " + std::to_string(n == 0 ? 4 : n == 1 ? 0 : 2) + " steady_now 7 tokens_total 3");
  });
  auto scraper = ServerScraper::start(options(), server.call(), read_pairs);
  ASSERT_TRUE(scraper.has_value());
  server.wait_for(3);
  const auto& report = (*scraper)->stop();
  ASSERT_EQ(report.gauges.size(), 2U);
  const auto scrapes = static_cast<double>(report.scrapes);
  EXPECT_EQ(report.gauges[0].name, "queue_now");
  EXPECT_EQ(report.gauges[0].min, 0.0);
  EXPECT_EQ(report.gauges[0].max, 4.0);
  EXPECT_NEAR(report.gauges[0].mean, (4.0 + 0.0 + 2.0 * (scrapes - 2.0)) / scrapes, 1e-12);
  EXPECT_EQ(report.gauges[0].scrapes, report.scrapes);
  EXPECT_EQ(report.gauges[1], (ServerGauge{"steady_now", 7.0, 7.0, 7.0, report.scrapes}));
  ASSERT_EQ(report.differences().size(), 1U) << "a gauge that never fell is no counter either";
  EXPECT_TRUE(report.fell.empty());
}

TEST(ServerScraper, HistogramsAreWhatCameInBetween) {
  Counted server([](int n) {
    // Three values up to 0.5 before, and two more of them and two beyond it later.
    return text(n == 0 ? "le0.5 3 le1.5 3" : "le0.5 5 le1.5 7");
  });
  auto scraper = ServerScraper::start(options(), server.call(), read_pairs);
  ASSERT_TRUE(scraper.has_value());
  server.wait_for(1);
  const auto& report = (*scraper)->stop();
  const auto histograms = report.histogram_differences();
  ASSERT_EQ(histograms.size(), 1U);
  EXPECT_EQ(histograms[0], (ServerHistogram{"h", 4, 8.0, {{0.5, 2}, {1.5, 4}}}));
}

TEST(ServerScraper, HistogramsThatTookNothingInOrBeganAnewAreLeftOut) {
  for (const char* later : {"le0.5 3", "le0.5 2"}) {
    Counted server([later](int n) { return text(n == 0 ? "le0.5 3" : later); });
    auto scraper = ServerScraper::start(options(), server.call(), read_pairs);
    ASSERT_TRUE(scraper.has_value());
    server.wait_for(1);
    EXPECT_TRUE((*scraper)->stop().histogram_differences().empty()) << later;
  }
}

TEST(ServerScraper, KeepsTheFirstTheLastAndABoundedSeries) {
  Counted server([](int n) { return text("n " + std::to_string(n)); });
  auto wanted = options();
  wanted.kept = 4;
  auto scraper = ServerScraper::start(wanted, server.call(), read_pairs);
  ASSERT_TRUE(scraper.has_value());
  server.wait_for(6);
  const auto& report = (*scraper)->stop();
  EXPECT_LE(report.kept.size(), 5U);
  EXPECT_EQ(report.kept.front().counters.at("n"), 0.0);
  EXPECT_EQ(report.kept.back().counters.at("n"), static_cast<double>(report.scrapes - 1));
  for (std::size_t i = 1; i < report.kept.size(); ++i)
    EXPECT_LT(report.kept[i - 1].counters.at("n"), report.kept[i].counters.at("n"));
}

TEST(ServerScraper, CountsFailuresAndGoesOn) {
  Counted server([](int n) -> Result<SmallAnswer> {
    if (n == 0) return fail(ErrorCode::timed_out, "no answer in time");
    if (n == 1) return text("n 1", 501);
    if (n == 2) return text("<html>");
    return text("n " + std::to_string(n));
  });
  auto scraper = ServerScraper::start(options(), server.call(), [](std::string_view body) {
    return body.starts_with("<") ? ServerMetrics() : read_pairs(body);
  });
  ASSERT_TRUE(scraper.has_value());
  server.wait_for(4);
  const auto& report = (*scraper)->stop();
  EXPECT_EQ(report.failures, 3U);
  EXPECT_EQ(report.first_failure, "no answer in time");
  EXPECT_EQ(report.kept.front().counters.at("n"), 3.0);
  EXPECT_TRUE(report.warnings.empty());
}

TEST(ServerScraper, AsksNoMoreAfterManyFailures) {
  Counted server([](int) { return text("", 501); });
  auto wanted = options();
  wanted.most_failures = 2;
  auto scraper = ServerScraper::start(wanted, server.call(), read_pairs);
  ASSERT_TRUE(scraper.has_value());
  server.wait_for(2);
  const auto& report = (*scraper)->stop();
  EXPECT_EQ(report.failures, 2U);
  EXPECT_EQ(server.asked(), 2);
  EXPECT_TRUE(report.kept.empty());
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_NE(report.warnings[0].find("501"), std::string::npos);
  EXPECT_TRUE(report.differences().empty());
}

TEST(ServerScraper, WritesWhatHasChanged) {
  const testing::TempFolder folder;
  Counted server([](int n) -> Result<SmallAnswer> {
    if (n == 1) return text("", 503);
    return text("same 1 n " + std::to_string(n) + " busy_now 2 le0.5 " + std::to_string(n));
  });
  auto wanted = options();
  wanted.file = folder.path() / "server-metrics.jsonl";
  {
    auto scraper = ServerScraper::start(wanted, server.call(), read_pairs);
    ASSERT_TRUE(scraper.has_value());
    server.wait_for(3);
  }
  const auto lines = read_lines(wanted.file).value();
  ASSERT_GE(lines.size(), 3U);
  const auto first = parse_json(lines[0], "").value();
  EXPECT_EQ(first["counters"], Json::parse(R"({"n": 0.0, "same": 1.0})"));
  EXPECT_EQ(first["gauges"], Json::parse(R"({"busy_now": 2.0})"));
  EXPECT_EQ(first["histograms"],
            Json::parse(R"({"h": {"count": 0.0, "sum": 0.0, "buckets": [[0.5, 0.0]]}})"));
  EXPECT_GE(first["took_ns"].get<std::int64_t>(), 0);
  EXPECT_EQ(parse_json(lines[1], "").value()["error"], "GET /metrics answered 503");
  EXPECT_EQ(parse_json(lines[2], "").value()["counters"], Json::parse(R"({"n": 2.0})"));
  EXPECT_FALSE(parse_json(lines[2], "").value().contains("gauges")) << "it has not changed";
  EXPECT_EQ(parse_json(lines[2], "").value()["histograms"]["h"]["count"], 2.0);
}

TEST(ServerScraper, RefusesWhatWouldDisturbOrCannotBe) {
  const auto code = [](const ScrapeOptions& wanted) {
    const auto scraper = ServerScraper::start(
        wanted, [](const auto&, const auto&) { return text(""); }, read_pairs);
    return scraper ? ErrorCode::internal : scraper.error().code;
  };
  EXPECT_EQ(code({}), ErrorCode::usage);
  auto wanted = options();
  wanted.period = std::chrono::milliseconds(332);
  EXPECT_EQ(code(wanted), ErrorCode::usage);
  wanted = options();
  wanted.file = "/proc/no-such-folder/file";
  EXPECT_EQ(code(wanted), ErrorCode::io);
}

}  // namespace
}  // namespace edgeeval
