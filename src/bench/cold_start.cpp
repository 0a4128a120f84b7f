// SPDX-License-Identifier: Apache-2.0
#include "bench/cold_start.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <system_error>
#include <utility>

#include "bench/launch_line.hpp"
#include "bench/model_cache.hpp"
#include "bench/start_figures.hpp"
#include "bench/start_watch.hpp"
#include "core/files.hpp"
#include "core/text.hpp"
#include "load/engine.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr double kNsPerS = 1e9;
constexpr double kEvictedShare = 0.01;  ///< More of a file than this left in memory is not evicted.

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1e3));
}

/// The phases of a start as windows of the meter, told from its stamps once it is over.
void weigh(MeterWindow& window, ColdStartRepeat& repeat) {
  const auto part = [&](const char* name, double from_s, const std::optional<StartMoment>& to) {
    if (!to) return;
    const auto time = [&](double at_s) {
      const auto at_ns = repeat.spawned_ns + static_cast<std::int64_t>(at_s * kNsPerS);
      return SteadyTime(std::chrono::duration_cast<SteadyTime::duration>(std::chrono::nanoseconds(at_ns)));
    };
    repeat.windows.push_back(window.part(name, time(from_s), time(to->at_s)));
  };
  part("cold-start", 0.0, repeat.first_token);
  part("launch", 0.0, repeat.accepting);
  if (repeat.ready) {
    part("load", repeat.accepting->at_s, repeat.ready);
    part("first-token", repeat.ready->at_s, repeat.first_token);
  } else if (repeat.accepting) {
    part("load-and-first-token", repeat.accepting->at_s, repeat.first_token);
  }
  if (repeat.first_token) part("settle", repeat.first_token->at_s, repeat.settled);
}

/// All starts of one job.
class ColdStarts {
 public:
  ColdStarts(const ColdStartJob& job, const MakeContact& contact, WindowMeter* meter,
             const CancelToken& cancel, const ColdStartHooks& hooks)
      : job_(job), contact_(contact), meter_(meter), cancel_(cancel), hooks_(hooks) {
    known_.dialect = job.dialect;
    known_.model = job.model;
    report_.command = job.command;
    report_.cache = job.cache;
  }

  Result<ColdStartReport> run() {
    if (auto good = check(); !good) return tl::unexpected(good.error());
    find_model_files();
    for (int number = 1; number <= job_.repeats && !cancel_.requested(); ++number) {
      ColdStartRepeat repeat;
      repeat.number = number;
      if (auto done = start_once(repeat); !done) repeat.error = done.error();
      if (repeat.error && repeat.error->code == ErrorCode::cancelled) break;
      file_away(std::move(repeat));
    }
    report_.cancelled = cancel_.requested();
    report_.dialect = known_.dialect;
    report_.model = known_.model;
    report_.version = known_.version;
    report_.figures = start_figures(report_.repeats);
    if (meter_ != nullptr) {
      for (auto& warning : meter_->warnings()) report_.warnings.push_back(std::move(warning));
    }
    return std::move(report_);
  }

 private:
  Result<void> check() {
    if (job_.repeats < 1) return fail(ErrorCode::usage, "at least one start is needed", "--repeat");
    if (!wants_port(job_.command) && !job_.target) {
      return fail(ErrorCode::usage, "nothing says which port the server listens on", job_.command,
                  "Write {port} where the command takes its port, or name the server's --url.");
    }
    // Any number does for finding out whether the command can be read.
    auto line = launch_line(job_.command, 1);
    if (!line) return tl::unexpected(line.error());
    words_ = std::move(line->words);
    report_.address = address();
    if (job_.folder.empty()) return fail(ErrorCode::usage, "no folder for the server's logs", "--out");
    return make_folder(job_.folder);
  }

  /// Where it is looked for, "{port}" for the port that each start takes.
  [[nodiscard]] std::string address() const {
    if (!job_.target) return "127.0.0.1:{port}";
    auto address = address_of(*job_.target);
    if (wants_port(job_.command) && job_.target->unix_path.empty())
      address.replace(address.rfind(':') + 1, std::string::npos, "{port}");
    return address;
  }

  void find_model_files() {
    std::set<fs::path> files;
    for (auto& file : model_files_in(words_)) files.insert(std::move(file));
    for (const auto& path : job_.model_files) {
      auto found = model_files_at(path);
      if (found.empty()) report_.warnings.push_back(path.string() + ": no model file is there");
      files.insert(found.begin(), found.end());
    }
    files_.assign(files.begin(), files.end());
    if (files_.empty()) {
      report_.warnings.emplace_back(
          "no model file is known, so what of it was in memory is not: name it with --model-file");
    }
  }

  /// One start from the free port to the free port again. Its error is the repeat's.
  Result<void> start_once(ColdStartRepeat& repeat) {
    Target target = job_.target.value_or(Target{false, "127.0.0.1", 80});
    if (wants_port(job_.command)) {
      auto port = free_port();
      if (!port) return tl::unexpected(port.error());
      target.port = static_cast<std::uint16_t>(*port);
    }
    repeat.port = target.unix_path.empty() ? target.port : 0;
    auto line = launch_line(job_.command, target.port);
    if (!line) return tl::unexpected(line.error());
    auto doorstep = Doorstep::of(target);
    if (!doorstep) return tl::unexpected(doorstep.error());
    if (doorstep->knock().accepted) {
      return fail(ErrorCode::port_taken, address_of(target) + " is answered before anything was started",
                  address_of(target), "End what listens there, or let the command take {port}.");
    }
    const auto window = meter_ != nullptr ? meter_->open("cold start") : nullptr;
    repeat.files = prepare_cache(files_, job_.cache);
    auto server = LaunchedServer::start(*line, target, std::move(*doorstep), log_of(repeat.number));
    if (!server) return tl::unexpected(server.error());
    auto result = watched(*server, repeat);
    const bool keep = result && hooks_.keep && repeat.number == job_.repeats;
    if (!keep) note_end(repeat, server->stop(milliseconds(job_.stop_grace_s), cancel_));
    if (!result) repeat.log_tail = server->last_words();
    rest();
    if (window) weigh(*window, repeat);
    if (keep) hooks_.keep(std::move(*server));
    return result;
  }

  [[nodiscard]] fs::path log_of(int number) const {
    return job_.folder / fmt::format("cold-start-{}.log", number);
  }

  /// The start and what can be told of the processes while they live.
  Result<void> watched(LaunchedServer& server, ColdStartRepeat& repeat) {
    const auto contact = contact_(server.target());
    auto result = watch_start({job_, server, *contact, cancel_, known_,
                               [this] {
                                 if (meter_ != nullptr) meter_->mark();
                               },
                               [&](const std::string& what) { say(repeat.number, what); }},
                              repeat);
    note_cache_after(repeat.files);
    const auto memory = server.memory();
    repeat.processes = memory.processes;
    if (memory.processes > 0) repeat.peak_resident_b = memory.peak_resident_b;
    return result;
  }

  void rest() const {
    const auto end = std::chrono::steady_clock::now() + milliseconds(job_.rest_s);
    while (!cancel_.requested() && std::chrono::steady_clock::now() < end) ::poll(nullptr, 0, 10);
  }

  void file_away(ColdStartRepeat repeat) {
    if (repeat.error) {
      count_failure(report_, repeat);
      say(repeat.number, "failed: " + repeat.error->message);
    }
    const auto share = resident_before(repeat.files);
    if (job_.cache == CacheWish::evicted && share && *share > kEvictedShare && !eviction_warned_) {
      eviction_warned_ = true;
      report_.warnings.push_back(
          fmt::format("{:.0f} % of the model files stayed in memory although their eviction was asked for "
                      "(start {}); another "
                      "process has them mapped, or they lie on a file system in memory",
                      100.0 * *share, repeat.number));
    }
    report_.repeats.push_back(std::move(repeat));
  }

  void say(int number, const std::string& what) const {
    if (hooks_.on_progress) hooks_.on_progress(fmt::format("start {} of {}: {}", number, job_.repeats, what));
  }

  const ColdStartJob& job_;
  const MakeContact& contact_;
  WindowMeter* meter_;
  const CancelToken& cancel_;
  const ColdStartHooks& hooks_;
  KnownServer known_;
  std::vector<std::string> words_;
  std::vector<fs::path> files_;
  bool eviction_warned_ = false;
  ColdStartReport report_;
};

}  // namespace

void note_end(ColdStartRepeat& repeat, const ServerEnd& end) {
  repeat.ended = end.ended;
  repeat.stopping_s = end.stopping_s;
  repeat.strays = end.strays;
  repeat.notes.insert(repeat.notes.end(), end.notes.begin(), end.notes.end());
}

void count_failure(ColdStartReport& report, const ColdStartRepeat& repeat) {
  if (repeat.ok()) return;
  report.failed += 1;
  report.failures[std::string(to_string(repeat.error->code))] += 1;
}

std::optional<ErrorCode> failure_of(const ColdStartReport& report) {
  if (report.failures.empty()) return std::nullopt;
  if (report.failures.size() > 1) return ErrorCode::engine_failed;
  return error_code_from(report.failures.begin()->first);
}

Result<ColdStartReport> run_cold_starts(const ColdStartJob& job, const MakeContact& contact,
                                        WindowMeter* meter, const CancelToken& cancel,
                                        const ColdStartHooks& hooks) {
  return ColdStarts(job, contact, meter, cancel, hooks).run();
}

}  // namespace edgeeval
