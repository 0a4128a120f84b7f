// SPDX-License-Identifier: Apache-2.0
#include "load/client.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <barrier>
#include <cstring>
#include <ctime>
#include <memory>
#include <thread>
#include <utility>

#include "load/address.hpp"
#include "load/clock_map.hpp"
#include "load/tls.hpp"
#include "load/worker.hpp"

namespace edgeeval {
namespace {

using client::LoadShared;
using client::monotonic_ns;
using client::Phase;
using client::Worker;

constexpr int kMostWarmupInFlight = 8;  // Of an open loop, which has no number in flight of its own.

/// Sockets may take as many descriptors as the system lets us have.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

double thread_cpu_s() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::string request_head(const LoadJob& job) {
  std::string head = fmt::format("POST {}{} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: {}\r\n",
                                 job.target.base, job.dialect.path, job.target.authority(),
                                 job.dialect.framing == Framing::json_lines ? "application/x-ndjson"
                                                                            : "text/event-stream");
  if (!job.keep_alive) head += "Connection: close\r\n";
  if (!job.target.api_key.empty()) head += "Authorization: Bearer " + job.target.api_key + "\r\n";
  for (const auto& line : job.target.headers) head += line + "\r\n";
  return head;
}

/// The core of a thread, where cores were named.
void settle_thread(const LoadJob& job, int number) {
  ::prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL);  // Due times are kept to a microsecond, not to fifty.
  if (job.cpus.empty()) return;
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(static_cast<std::size_t>(job.cpus[static_cast<std::size_t>(number) % job.cpus.size()]), &cpus);
  ::pthread_setaffinity_np(::pthread_self(), sizeof cpus, &cpus);
}

/// A load from its first connection to its last reply.
class Load {
 public:
  Load(const LoadJob& job, const std::vector<LoadSink*>& sinks, const CancelToken& cancel, const ClientHooks& hooks)
      : job_(job), sinks_(sinks), cancel_(cancel), hooks_(hooks), steps_(job.threads) {}

  Result<LoadOutcome> run() {
    if (auto ready = prepare(); !ready) return tl::unexpected(ready.error());
    outcome_.begun_ns = monotonic_ns();
    std::vector<std::thread> threads;
    for (int number = 1; number < job_.threads; ++number)
      threads.emplace_back([this, number] { work(number); });
    work(0);
    for (auto& thread : threads) thread.join();
    return conclude();
  }

 private:
  Result<void> prepare() {
    if (job_.schedule == nullptr || job_.source == nullptr || job_.threads < 1 ||
        std::ssize(sinks_) != job_.threads)
      return fail(ErrorCode::usage, "a load needs a schedule, a source of requests and a sink for each thread");
    raise_descriptor_limit();
    auto addresses = client::resolve(job_.target);
    if (!addresses) return tl::unexpected(addresses.error());
    addresses_ = std::move(*addresses);
    if (job_.target.tls) {
      auto tls = client::TlsContext::make(job_.target);
      if (!tls) return tl::unexpected(tls.error());
      tls_.emplace(std::move(*tls));
    }
    shared_.job = &job_;
    shared_.addresses = &addresses_;
    shared_.tls = tls_ ? &*tls_ : nullptr;
    shared_.cancel = &cancel_;
    shared_.head = request_head(job_);
    cpu_s_.resize(static_cast<std::size_t>(job_.threads));
    for (int number = 0; number < job_.threads; ++number) {
      workers_.push_back(std::make_unique<Worker>(shared_, *sinks_[static_cast<std::size_t>(number)], number));
      if (auto opened = workers_.back()->open(); !opened) return opened;
    }
    return {};
  }

  /// `whole` shared out evenly; thread `number` gets its part.
  [[nodiscard]] int part_of(int whole, int number) const {
    return whole / job_.threads + (number < whole % job_.threads ? 1 : 0);
  }

  void work(int number) {
    auto& worker = *workers_[static_cast<std::size_t>(number)];
    settle_thread(job_, number);
    const double cpu_before = thread_cpu_s();
    const bool open = job_.schedule->open_loop();
    const auto tick = number == 0 ? std::function<void()>([this] { glance(); }) : std::function<void()>();
    const int at_once = open ? static_cast<int>(std::min<std::uint64_t>(job_.warmup, kMostWarmupInFlight))
                             : job_.concurrency;
    if (job_.preconnect && job_.keep_alive) worker.preconnect(part_of(open ? std::max(at_once, 2) : at_once, number));
    if (job_.warmup > 0) {
      steps_.arrive_and_wait();
      Phase warmup;
      warmup.kind = LoadPhase::warmup;
      warmup.begun_ns = monotonic_ns();
      warmup.in_flight = part_of(std::max(1, at_once), number);
      warmup.count = job_.warmup;
      worker.run(warmup, tick);
    }
    steps_.arrive_and_wait();
    if (number == 0) begin_measured();
    steps_.arrive_and_wait();
    Phase measured;
    measured.begun_ns = outcome_.measured_ns;
    measured.open = open;
    measured.in_flight = part_of(job_.concurrency, number);
    measured.count = job_.schedule->size();
    measured.base = job_.warmup;
    worker.run(measured, tick);
    cpu_s_[static_cast<std::size_t>(number)] = thread_cpu_s() - cpu_before;
  }

  void begin_measured() {
    warming_up_ = false;
    shared_.next = 0;
    shared_.ended = 0;
    shared_.failed = 0;
    shared_.sent = 0;
    shared_.late = 0;
    shared_.tokens = 0;
    if (hooks_.on_measured) hooks_.on_measured();
    outcome_.measured_ns = monotonic_ns();
  }

  void glance() {
    if (hooks_.engine_alive && !hooks_.engine_alive()) shared_.engine_ended = true;
    if (!hooks_.on_glance || ++glances_ % 2 != 0) return;
    LoadGlance glance;
    glance.sent = shared_.sent;
    glance.ended = shared_.ended;
    glance.failed = shared_.failed;
    glance.late = shared_.late;
    glance.tokens = shared_.tokens;
    glance.in_flight = glance.sent - std::min(glance.sent, glance.ended);
    glance.planned = warming_up_ ? std::optional(job_.warmup) : job_.schedule->size();
    glance.warming_up = warming_up_;
    const auto from = warming_up_ ? outcome_.begun_ns : outcome_.measured_ns;
    glance.elapsed_s = static_cast<double>(monotonic_ns() - from) * 1e-9;
    glance.ttft_ms = workers_.front()->recent_ttft_ms();
    hooks_.on_glance(glance);
  }

  Result<LoadOutcome> conclude() {
    outcome_.ended_ns = monotonic_ns();
    outcome_.sent = shared_.sent;
    outcome_.ended = shared_.ended;
    outcome_.failed = shared_.failed;
    outcome_.cancelled = cancel_.requested();
    outcome_.engine_ended = shared_.engine_ended;
    auto& report = outcome_.client;
    report.threads = job_.threads;
    report.wall_s = static_cast<double>(outcome_.ended_ns - outcome_.begun_ns) * 1e-9;
    client::DelayHistogram delays;
    for (const auto& worker : workers_) {
      worker->report(report);
      delays.merge(worker->delays());
      if (!worker->trouble().empty()) outcome_.warnings.push_back(worker->trouble());
    }
    for (const double cpu : cpu_s_) report.cpu_s += cpu;
    report.clock = workers_.front()->clock().pairs();
    report.user_delay_p50_ns = delays.quantile(0.5);
    report.user_delay_p99_ns = delays.quantile(0.99);
    report.user_delay_max_ns = delays.max();
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    report.max_rss_kib = usage.ru_maxrss;
    return std::move(outcome_);
  }

  const LoadJob& job_;
  const std::vector<LoadSink*>& sinks_;
  const CancelToken& cancel_;
  const ClientHooks& hooks_;
  std::vector<client::Address> addresses_;
  std::optional<client::TlsContext> tls_;
  LoadShared shared_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::barrier<> steps_;
  std::vector<double> cpu_s_;
  bool warming_up_ = true;
  int glances_ = 0;
  LoadOutcome outcome_;
};

}  // namespace

Result<LoadOutcome> run_load(const LoadJob& job, const std::vector<LoadSink*>& sinks, const CancelToken& cancel,
                             const ClientHooks& hooks) {
  return Load(job, sinks, cancel, hooks).run();
}

}  // namespace edgeeval
