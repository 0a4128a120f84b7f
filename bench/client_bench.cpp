// SPDX-License-Identifier: Apache-2.0
// What the load generator costs and how far its stamps are off, against `edgeeval mock-server` with its log:
//     client_bench URL STREAMS REQUESTS EVENTS_FILE [closed | RATE]
// Prints figures as JSON; EVENTS_FILE gets a line an event (request, kernel_ns, user_ns, tokens carried,
// mock's own number of the request), which bench/client_bench.py joins with the log.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "core/cancel.hpp"
#include "load/client.hpp"
#include "wire/dialect.hpp"
#include "workload/schedule.hpp"

namespace {

using namespace edgeeval;

/// Keeps all events in memory that was touched before the load.
class MemorySink final : public LoadSink {
 public:
  explicit MemorySink(std::size_t events) { events_.reserve(events); }
  void event(const EventRecord& event) noexcept override {
    if (events_.size() < events_.capacity()) events_.push_back(event);
  }
  void request(RequestRecord&& request) override { requests_.push_back(std::move(request)); }
  std::vector<EventRecord> events_;
  std::vector<RequestRecord> requests_;
};

class Source final : public RequestSource {
 public:
  explicit Source(Dialect dialect) : dialect_(std::move(dialect)) {}
  std::string_view body(const Planned& planned, std::string& out) override {
    name_ = fmt::format("r{}", planned.index);
    Asking asking;
    asking.model = "mock";
    asking.salt = name_;
    asking.text = "say something";
    asking.max_tokens = planned.max_tokens;
    write_body(dialect_, asking, out);
    return name_;
  }

 private:
  Dialect dialect_;
  std::string name_;
};

double at(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  return values[rank];
}

int run(int argc, char** argv) {
  const std::string url = argv[1];
  const int streams = std::atoi(argv[2]);
  const auto requests = static_cast<std::uint64_t>(std::atoll(argv[3]));
  const std::string shape = argc > 5 ? argv[5] : "closed";
  LoadJob job;
  job.target = parse_url(url).value();
  job.dialect = dialects_of(ServerKind::openai_chat).front();
  job.concurrency = streams;
  job.stop.requests = requests;
  ScheduleWish wish;
  wish.scenario =
      parse_scenario(shape == "closed" ? fmt::format("closed:{}", streams) : "open:poisson@" + shape).value();
  wish.stop = job.stop;
  wish.max_tokens = argc > 6 ? static_cast<std::uint32_t>(std::atoi(argv[6])) : 100;
  const auto schedule = Schedule::make(wish);
  if (!schedule) {
    fmt::print(stderr, "{}\n", schedule.error().message);
    return 1;
  }
  job.schedule = &*schedule;
  Source source(job.dialect);
  job.source = &source;
  MemorySink sink(requests * (wish.max_tokens + 8));
  CancelToken cancel;
  const auto outcome = run_load(job, {&sink}, cancel);
  if (!outcome) {
    fmt::print(stderr, "{}\n", outcome.error().message);
    return 1;
  }
  std::vector<double> lag, connect, tx, first;
  for (const auto& r : sink.requests_) {
    if (!r.issued_ns) continue;
    lag.push_back(static_cast<double>(*r.issued_ns - r.scheduled_ns) * 1e-6);
    if (r.tx_ns) tx.push_back(static_cast<double>(*r.tx_ns - *r.issued_ns) * 1e-3);
  }
  const auto& client = outcome->client;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  fmt::print(
      "{{\"sent\":{},\"failed\":{},\"events\":{},\"reads\":{},\"cpu_s\":{:.4f},\"user_s\":{:.3f},\"system_"
      "s\":{:.3f},"
      "\"wall_s\":{:.3f},\"us_per_event\":{:.3f},\"rss_mb\":{:.1f},\"user_delay_us\":[{:.1f},{:.1f},{:.1f}],"
      "\"kernel_stamped\":{},\"tx_us\":[{:.1f},{:.1f}],\"lag_ms\":[{:.3f},{:.3f},{:.3f}],\"rate\":{:.1f}}}\n",
      outcome->sent, outcome->failed, client.events, client.reads, client.cpu_s, seconds(usage.ru_utime),
      seconds(usage.ru_stime), client.wall_s,
      client.cpu_s * 1e6 / static_cast<double>(std::max<std::uint64_t>(client.events, 1)),
      static_cast<double>(client.max_rss_kib) / 1024.0 -
          static_cast<double>(sink.events_.capacity() * sizeof(EventRecord)) / 1048576.0,
      client.user_delay_p50_ns.value_or(0) * 1e-3, client.user_delay_p99_ns.value_or(0) * 1e-3,
      client.user_delay_max_ns.value_or(0) * 1e-3, client.kernel_stamped_reads, at(tx, 0.5), at(tx, 0.99),
      at(lag, 0.5), at(lag, 0.99), at(lag, 1.0),
      static_cast<double>(outcome->sent) /
          (static_cast<double>(outcome->ended_ns - outcome->measured_ns) * 1e-9));
  std::ofstream file(argv[4]);
  for (const auto& r : sink.requests_)
    file << fmt::format("R {} {} {} {}\n", r.index, r.scheduled_ns, r.issued_ns.value_or(0), r.error);
  for (const auto& e : sink.events_)
    file << fmt::format("E {} {} {} {} {}\n", e.request, e.kernel_ns, e.user_ns, static_cast<int>(e.kind),
                        e.flags);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    fmt::print(stderr, "usage: client_bench URL STREAMS REQUESTS EVENTS_FILE [closed | RATE] [TOKENS]\n");
    return 2;
  }
  return run(argc, argv);
}
