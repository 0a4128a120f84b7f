// SPDX-License-Identifier: Apache-2.0
#include "load/client.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "load/clock_map.hpp"
#include "load/glance.hpp"
#include "load/shared.hpp"
#include "load/worker.hpp"

namespace edgeeval {
namespace client {
namespace {

constexpr auto kTick = std::chrono::milliseconds(100);

/// A load needs a descriptor a connection; the soft limit is often 1,024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<void> check(const LoadJob& job, const std::vector<LoadSink*>& sinks) {
  if (job.schedule == nullptr || job.source == nullptr)
    return fail(ErrorCode::internal, "a load needs a schedule and a source of requests");
  if (job.threads < 1)
    return fail(ErrorCode::usage, fmt::format("{} threads cannot make a load", job.threads));
  if (sinks.size() != static_cast<std::size_t>(job.threads))
    return fail(ErrorCode::internal, fmt::format("{} sinks for {} threads", sinks.size(), job.threads));
  if (!job.schedule->open_loop() && job.concurrency < 1)
    return fail(ErrorCode::usage, fmt::format("a concurrency of {} sends nothing", job.concurrency));
  return {};
}

Result<void> set_up(Shared& shared) {
  const auto& job = *shared.job;
  const auto* const accept =
      job.dialect.framing == Framing::server_sent_events ? "text/event-stream" : "application/x-ndjson";
  auto text = RequestText::make(job.target, job.dialect.path, accept, job.keep_alive);
  if (!text) return tl::unexpected(text.error());
  shared.text = std::move(*text);
  if (job.target.tls) {
    auto tls = TlsContext::make(job.target);
    if (!tls) return tl::unexpected(tls.error());
    shared.tls = std::move(*tls);
  }
  if (auto addresses = resolve(job.target)) {
    shared.addresses = std::move(*addresses);
  } else {
    shared.no_address = addresses.error().message;
  }
  return {};
}

/// The workers of a load, and the thread that watches over them.
class Crew {
 public:
  Crew(Shared& shared, const CancelToken& cancel, const ClientHooks& hooks)
      : shared_(shared), cancel_(cancel), hooks_(hooks) {}

  [[nodiscard]] Result<void> hire(const std::vector<LoadSink*>& sinks) {
    for (std::size_t i = 0; i < sinks.size(); ++i) {
      auto worker = Worker::make(shared_, *sinks[i], static_cast<int>(i), static_cast<int>(sinks.size()));
      if (!worker) return tl::unexpected(worker.error());
      workers_.push_back(std::move(*worker));
    }
    return {};
  }

  void run_phase(Phase phase) {
    const bool preconnects = shared_.job->preconnect && !phase.open_loop;
    if (preconnects) {
      const auto slots = std::min(phase.slots, phase.requests.value_or(phase.slots));
      all([&](Worker& worker, const auto&) { worker.preconnect(slots); });
    }
    phase.begun_ns = monotonic_ns();
    shared_.begin(phase);
    if (refused_) return;
    all([](Worker& worker, const auto& on_tick) { worker.run(on_tick); });
  }

  void begin_glances(std::optional<std::uint64_t> planned) {
    glances_.begin(counters(), monotonic_ns(), planned);
  }
  /// Why not every worker could do its part.
  [[nodiscard]] const std::optional<Error>& refused() const { return refused_; }
  [[nodiscard]] bool stopped() const { return shared_.order.load() != Order::go_on; }
  [[nodiscard]] const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }

 private:
  using OnTick = std::function<void()>;

  /// Every tenth of a second on the calling thread.
  void tick() {
    if (cancel_.requested()) {
      shared_.order.store(Order::cancelled);
    } else if (hooks_.engine_alive && !hooks_.engine_alive()) {
      shared_.order.store(Order::engine_ended);
    }
    if (hooks_.on_glance && glances_.is_time(monotonic_ns()))
      hooks_.on_glance(glances_.take(counters(), monotonic_ns(), shared_.phase().name == LoadPhase::warmup));
  }

  [[nodiscard]] std::vector<const Counters*> counters() const {
    std::vector<const Counters*> all;
    for (const auto& worker : workers_) all.push_back(&worker->counters());
    return all;
  }

  /// Has every worker do its part: a single one on this thread, several on threads of their own.
  template <class Part>
  void all(const Part& part) {
    tick();
    if (workers_.size() == 1) return part(*workers_.front(), OnTick([this] { tick(); }));
    std::mutex mutex;
    std::condition_variable ended;
    std::size_t at_work = workers_.size();
    std::vector<std::jthread> threads;
    try {
      for (const auto& worker : workers_) {
        threads.emplace_back([&, &own = *worker] {
          part(own, OnTick());
          const std::lock_guard lock(mutex);
          --at_work;
          ended.notify_one();
        });
      }
    } catch (const std::system_error& problem) {
      // Fewer threads would be another load: those that run are told to stop.
      shared_.order.store(Order::cancelled);
      refused_ = Error{ErrorCode::unavailable,
                       fmt::format("the system refused to start thread {} of {}: {}", threads.size() + 1,
                                   workers_.size(), problem.what()),
                       "--threads", "Ask for fewer, or raise the limit of processes (ulimit -u)."};
      const std::lock_guard lock(mutex);
      at_work -= workers_.size() - threads.size();
    }
    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, kTick, [&] { return at_work == 0; })) {
      lock.unlock();
      tick();
      lock.lock();
    }
  }

  Shared& shared_;
  const CancelToken& cancel_;
  const ClientHooks& hooks_;
  Glances glances_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::optional<Error> refused_;
};

ClientReport report_of(const Crew& crew) {
  ClientReport report;
  DelayHistogram delays;
  std::optional<double> core_wait = 0.0;
  for (const auto& worker : crew.workers()) {
    const auto& own = worker->report();
    report.cpu_s += static_cast<double>(own.cpu_ns) * 1e-9;
    if (!own.core_wait_known) core_wait.reset();
    if (core_wait) *core_wait += static_cast<double>(own.core_wait_ns) * 1e-9;
    report.reads += own.reads;
    report.bytes += own.bytes;
    report.events += worker->events();
    report.kernel_stamped_reads += own.kernel_stamped_reads;
    report.tx_stamps = report.tx_stamps || own.tx_stamps;
    delays.merge(own.user_delay);
    const auto& clocks = worker->clocks();
    report.clock_steps = std::max(report.clock_steps, clocks.steps());
    report.largest_offset_move_ns = std::max(report.largest_offset_move_ns, clocks.largest_move_ns());
  }
  report.core_wait_s = core_wait;
  report.threads = static_cast<int>(crew.workers().size());
  // Every thread reads the same clocks: one thread's pairs are enough.
  report.clock = crew.workers().front()->clocks().pairs();
  report.user_delay_p50_ns = delays.quantile(0.5);
  report.user_delay_p99_ns = delays.quantile(0.99);
  report.user_delay_max_ns = delays.max();
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) report.max_rss_kib = usage.ru_maxrss;
  return report;
}

void note_warnings(const LoadJob& job, const Shared& shared, LoadOutcome& outcome) {
  if (job.target.tls && job.target.insecure)
    outcome.warnings.emplace_back(
        "certificates were not checked (--insecure): whoever answered may be anyone");
  if (outcome.client.reads > 0 && outcome.client.kernel_stamped_reads == 0)
    outcome.warnings.emplace_back(job.target.unix_path.empty()
                                      ? "the kernel stamped no read: stamps are the client's own"
                                      : "Unix sockets carry no kernel stamps: stamps are the client's own");
  if (outcome.client.clock_steps > 0)
    outcome.warnings.emplace_back(fmt::format("the clock was set {} time(s) during the load, by up to {} ns",
                                              outcome.client.clock_steps,
                                              outcome.client.largest_offset_move_ns));
  if (!shared.no_address.empty()) outcome.warnings.push_back(shared.no_address);
  const auto planned = job.stop.requests ? job.stop.requests : job.schedule->size();
  const auto of_all = planned.value_or(0) + (job.warmup_until_steady ? outcome.warmup : job.warmup);
  if (planned && shared.cut_short() && shared.order.load() == Order::go_on && outcome.sent < of_all)
    outcome.warnings.emplace_back(
        fmt::format("sending ended after {:g} s (--max-duration): {} of {} requests, warm-up included",
                    job.stop.max_duration_s, outcome.sent, of_all));
}

/// CPU time of the whole process (s).
double process_cpu_s() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void run_phases(const LoadJob& job, Crew& crew, const ClientHooks& hooks, LoadOutcome& outcome) {
  outcome.begun_ns = outcome.measured_ns = monotonic_ns();
  crew.begin_glances(std::nullopt);
  const bool open = job.schedule->open_loop();
  if (job.warmup > 0) {
    Phase warmup;
    warmup.name = LoadPhase::warmup;
    // Where all are due at once there is no rate to warm up at.
    warmup.open_loop = open && job.schedule->offered_rps().has_value();
    warmup.slots =
        open ? std::min<std::uint64_t>(8, job.warmup) : static_cast<std::uint64_t>(job.concurrency);
    warmup.requests = job.warmup_until_steady ? job.warmup * SteadyRule::kMostWindows : job.warmup;
    crew.run_phase(warmup);
    for (const auto& worker : crew.workers()) outcome.warmup += worker->counters().sent.load();
  }
  if (crew.stopped()) return;
  if (hooks.on_measured) hooks.on_measured();
  auto planned = job.stop.requests;
  if (!planned && !job.stop.min_duration_s && !job.stop.min_requests) planned = job.schedule->size();
  crew.begin_glances(planned);
  Phase measured;
  measured.open_loop = open;
  measured.slots = open ? 0 : static_cast<std::uint64_t>(job.concurrency);
  const double cpu_before_s = process_cpu_s();
  crew.run_phase(measured);
  outcome.client.measured_cpu_s = process_cpu_s() - cpu_before_s;
}

}  // namespace
}  // namespace client

Result<LoadOutcome> run_load(const LoadJob& job, const std::vector<LoadSink*>& sinks,
                             const CancelToken& cancel, const ClientHooks& hooks) {
  if (auto good = client::check(job, sinks); !good) return tl::unexpected(good.error());
  client::raise_descriptor_limit();
  client::Shared shared(job);
  if (auto good = client::set_up(shared); !good) return tl::unexpected(good.error());
  const client::StampingOn stamping;
  client::Crew crew(shared, cancel, hooks);
  if (auto good = crew.hire(sinks); !good) return tl::unexpected(good.error());
  LoadOutcome outcome;
  client::run_phases(job, crew, hooks, outcome);
  if (const auto& refused = crew.refused()) return tl::unexpected(*refused);
  if (shared.phase().name == LoadPhase::measured && shared.phase().begun_ns > 0)
    outcome.measured_ns = shared.phase().begun_ns;
  outcome.ended_ns = monotonic_ns();
  const auto measured_cpu_s = outcome.client.measured_cpu_s;
  outcome.client = client::report_of(crew);
  outcome.client.measured_cpu_s = measured_cpu_s;
  outcome.client.wall_s = static_cast<double>(outcome.ended_ns - outcome.begun_ns) * 1e-9;
  for (const auto& worker : crew.workers()) {
    const auto& counters = worker->counters();
    outcome.sent += counters.sent.load();
    outcome.ended += counters.ended.load();
    outcome.failed += counters.failed.load();
  }
  outcome.steady = shared.warm();
  outcome.cancelled = shared.order.load() == client::Order::cancelled;
  outcome.engine_ended = shared.order.load() == client::Order::engine_ended;
  client::note_warnings(job, shared, outcome);
  return outcome;
}

}  // namespace edgeeval
