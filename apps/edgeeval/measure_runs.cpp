// SPDX-License-Identifier: Apache-2.0
#include "measure_runs.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <edgeeval/clock.hpp>
#include <edgeeval/version.hpp>
#include <filesystem>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>

#include "core/text.hpp"
#include "measured_child.hpp"
#include "probe/open_probes.hpp"
#include "probe/window_meter.hpp"

namespace edgeeval {
namespace {

using Seconds64 = std::chrono::duration<double>;

constexpr double kLeastTail = 2.0;  ///< s; averages of a second have come to rest by then.
constexpr double kTailPeriods = 5.0;

/// A descriptor that can be read once the process has ended.
class ProcessWatch {
 public:
  static Result<ProcessWatch> of(pid_t process) {
    const long descriptor = ::syscall(SYS_pidfd_open, process, 0);
    if (descriptor >= 0) return ProcessWatch(static_cast<int>(descriptor));
    return fail(ErrorCode::unavailable,
                "process " + std::to_string(process) + " cannot be watched: " + std::strerror(errno),
                "--pid");
  }
  ProcessWatch(ProcessWatch&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ProcessWatch& operator=(ProcessWatch&&) = delete;
  ~ProcessWatch() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  explicit ProcessWatch(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// Who stops a run expects its end; service managers kill after 90 s by default (systemd,
/// DefaultTimeoutStopSec).
constexpr double kMostTailOnceStopped = 30.0;

/// How long the sensors need after the end: lagging ones come to rest, slow ones are read once more. Counters
/// and models need nothing.
double tail_of(const std::vector<ProbeInfo>& sources) {
  double tail_s = 0.0;
  for (const auto& info : sources) {
    if (info.pace.count() > 0) tail_s = std::max(tail_s, 2.0 * Seconds64(info.pace).count());
    if (info.kind != ReadingKind::power && !info.character.lag) continue;
    const double period_s = info.character.period ? info.character.period->value() : 0.1;
    tail_s = std::max({tail_s, kTailPeriods * period_s, kLeastTail});
  }
  return tail_s;
}

/// Bytes in a file; 0 where there is none.
std::uintmax_t size_of(const std::string& path) {
  std::error_code status;
  const auto size = std::filesystem::file_size(path, status);
  return status ? 0 : size;
}

class Session {
 public:
  Session(const MeasureRequest& request, WindowMeter& meter)
      : request_(request), meter_(meter), needed_tail_s_(tail_of(meter.sources())) {
    auto& measurement = outcome_.measurement;
    measurement.name = request.name;
    measurement.command = request.command;
    measurement.tail_s = request.tail_s.value_or(needed_tail_s_);
    measurement.samples = request.samples;
    measurement.version = std::string(version());
    measurement.what = what();
    for (const auto& info : meter.sources()) measurement.titles[info.measuring_point()] = info.title;
  }

  MeasureOutcome run(int descriptor) {
    if (request_.idle_s > 0.0) before_ = idle(outcome_.measurement.idle_before);
    if (request_.command.empty()) {
      watch(descriptor);
    } else {
      for (int i = 0; i < request_.warmup && going(); ++i) warm_up();
      for (int i = 0; i < request_.repeat && going(); ++i) run_command();
    }
    std::optional<IdleBaselines> after;
    if (request_.idle_s > 0.0 && going()) after = idle(outcome_.measurement.idle_after);
    for (auto& window : windows_) {
      const auto& record = before_ ? window->subtract_idle(*before_, after) : window->close();
      outcome_.measurement.runs[static_cast<std::size_t>(&window - windows_.data())].window = record;
    }
    outcome_.measurement.warnings = meter_.warnings();
    if (const auto stopped = relay_.stopped_by(); stopped && outcome_.status == 0)
      outcome_.status = 128 + *stopped;
    return std::move(outcome_);
  }

 private:
  [[nodiscard]] std::string what() const {
    if (!request_.command.empty()) return join(request_.command, " ");
    if (request_.process) return "process " + std::to_string(*request_.process);
    return "this machine";
  }

  [[nodiscard]] bool going() const { return !relay_.stopped_by() && outcome_.status == 0 && !outcome_.error; }

  std::optional<IdleBaselines> idle(std::optional<WindowRecord>& record) {
    const auto window = meter_.open("idle");
    if (!relay_.rest(Seconds64(request_.idle_s))) return std::nullopt;
    auto baselines = window->baselines("bare");
    record = window->close();
    return baselines;
  }

  void warm_up() {
    note(run_child(request_.command));
    if (going()) outcome_.measurement.warmups += 1;
  }

  void run_command() {
    auto window = meter_.open(request_.name);
    auto child = run_child(request_.command);
    window->end();
    const auto stopped_by = relay_.stopped_by();
    note(child);
    if (!child) return;
    MeasuredRun run;
    run.exit_code = child->exit_code;
    run.ended_by = child->signal;
    run.stopped_by = stopped_by;
    run.user_s = child->user_s;
    run.system_s = child->system_s;
    run.resident_b = child->resident_b;
    keep(std::move(window), std::move(run));
  }

  void watch(int descriptor) {
    auto window = meter_.open(request_.name);
    constexpr double kUntilItEnds = std::numeric_limits<double>::infinity();
    relay_.rest(Seconds64(request_.length_s.value_or(kUntilItEnds)), descriptor);
    window->end();
    MeasuredRun run;
    run.stopped_by = relay_.stopped_by();
    keep(std::move(window), std::move(run));
  }

  void note(const Result<ChildEnd>& child) {
    if (child) {
      outcome_.status = child->status();
    } else {
      outcome_.error = child.error();
      outcome_.status = start_status(request_.command);
    }
  }

  /// Lets the sensors come to rest and files the window. Who stopped the run waits no longer than the sensors
  /// need, and not at all once asked twice; who stops us in the tail need not wait.
  void keep(std::unique_ptr<MeterWindow> window, MeasuredRun run) {
    const double tail_s = outcome_.measurement.tail_s;
    if (relay_.stopped_by()) {
      relay_.rest_after_stop(Seconds64(std::min({tail_s, needed_tail_s_, kMostTailOnceStopped})));
    } else {
      relay_.rest(Seconds64(tail_s));
    }
    window->close();
    windows_.push_back(std::move(window));
    outcome_.measurement.runs.push_back(std::move(run));
  }

  const MeasureRequest& request_;
  WindowMeter& meter_;
  const double needed_tail_s_;  ///< As long as the sensors state, or as is usual for them.
  SignalRelay relay_;
  MeasureOutcome outcome_;
  std::optional<IdleBaselines> before_;
  std::vector<std::unique_ptr<MeterWindow>> windows_;
};

}  // namespace

Result<MeasureOutcome> measure(const MeasureRequest& request) {
  const SystemClock clock;
  auto opened = open_sources(clock, source_options_from_environment());
  if (opened.refused) return tl::unexpected(std::move(*opened.refused));
  auto& probes = opened.probes;
  const bool sensed = std::any_of(probes.begin(), probes.end(),
                                  [](const auto& probe) { return probe->info().grade == Grade::measured; });
  if (request.require_measured && !sensed) {
    return fail(ErrorCode::not_measured, "measured energy is required, and no energy sensor can be read here",
                "--require",
                "`edgeeval doctor` shows what is found and the rights that are missing; without --require, a "
                "model's figures are taken and marked with ~");
  }
  std::optional<ProcessWatch> watch;
  if (request.process) {
    auto watched = ProcessWatch::of(*request.process);
    if (!watched) return tl::unexpected(watched.error());
    watch.emplace(std::move(*watched));
  }
  const auto samples_before = size_of(request.samples);
  WindowMeter meter(std::move(probes), clock, clock.now(), request.samples, {}, std::move(opened.conditions));
  auto outcome = Session(request, meter).run(watch ? watch->descriptor() : -1);
  // Without sources, where no write succeeded or where the file was removed, nothing was kept.
  const auto samples_after = size_of(request.samples);
  if (samples_after == 0 || samples_after == samples_before) outcome.measurement.samples.clear();
  auto& warnings = outcome.measurement.warnings;
  warnings.insert(warnings.end(), opened.notes.begin(), opened.notes.end());
  return outcome;
}

}  // namespace edgeeval
