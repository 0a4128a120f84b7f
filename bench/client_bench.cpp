// SPDX-License-Identifier: Apache-2.0
// The load client alone against a server that is up: CPU an event, memory, and how its stamps compare with the
// mock server's own log.
//   client_bench URL STREAMS REQUESTS TOKENS FOLDER
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/cancel.hpp"
#include "load/client.hpp"
#include "record/load_file.hpp"
#include "wire/dialect.hpp"
#include "workload/schedule.hpp"

namespace {

using namespace edgeeval;

class SameBody final : public RequestSource {
 public:
  explicit SameBody(const Dialect& dialect) : dialect_(dialect) {}
  std::string_view body(const Planned& planned, std::string& out) override {
    Asking asking;
    asking.model = "mock";
    asking.text = "one two three four";
    asking.max_tokens = planned.max_tokens;
    write_body(dialect_, asking, out);
    return {};
  }

 private:
  const Dialect& dialect_;
};

int fail_with(const Error& error) {
  fmt::print(stderr, "{}: {}\n", error.where, error.message);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) return 2;
  const auto target = parse_url(argv[1]);
  if (!target) return fail_with(target.error());
  LoadJob job;
  job.target = *target;
  job.dialect = dialects_of(ServerKind::openai_chat).front();
  job.concurrency = std::atoi(argv[2]);
  ScheduleWish wish;
  wish.scenario.kind = Scenario::Kind::closed;
  wish.scenario.concurrency = job.concurrency;
  wish.stop.requests = std::strtoull(argv[3], nullptr, 10);
  wish.max_tokens = static_cast<std::uint32_t>(std::atoi(argv[4]));
  job.stop = wish.stop;
  const auto schedule = Schedule::make(wish);
  if (!schedule) return fail_with(schedule.error());
  job.schedule = &*schedule;
  SameBody source(job.dialect);
  job.source = &source;
  LoadHeader header;
  auto writer = LoadWriter::create(argv[5], header, 1);
  if (!writer) return fail_with(writer.error());
  const CancelToken cancel;
  auto outcome = run_load(job, {&writer->lane(0)}, cancel);
  if (!outcome) return fail_with(outcome.error());
  header.client = outcome->client;
  header.started_ns = outcome->begun_ns;
  header.measured_ns = outcome->measured_ns;
  header.ended_ns = outcome->ended_ns;
  header.how_ended = "finished";
  const auto lost = writer->lost();
  if (auto done = writer->finish(header); !done) return fail_with(done.error());
  const auto& client = outcome->client;
  fmt::print("sent {} ended {} failed {} events {} reads {} lost {} | CPU {:.3f} s, {:.2f} us/event | user delay p50 {:.1f} p99 {:.1f} us | "
             "RSS {} MB | wall {:.2f} s\n",
             outcome->sent, outcome->ended, outcome->failed, client.events, client.reads, lost, client.cpu_s,
             client.cpu_s * 1e6 / static_cast<double>(client.events), client.user_delay_p50_ns.value_or(0) * 1e-3,
             client.user_delay_p99_ns.value_or(0) * 1e-3, client.max_rss_kib / 1024, client.wall_s);
  return 0;
}
