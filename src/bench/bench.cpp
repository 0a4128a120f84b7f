// SPDX-License-Identifier: Apache-2.0
#include "bench/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bench/bench_file.hpp"
#include "bench/derive.hpp"
#include "bench/fresh_folder.hpp"
#include "bench/prepare.hpp"
#include "bench/replay.hpp"
#include "bench/server_view.hpp"
#include "bench/start_file.hpp"
#include "core/files.hpp"
#include "core/text.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

/// The load that a step of a series makes.
Scenario step_of(const Scenario& series, double load) {
  Scenario step;
  if (series.steps_closed) {
    step.kind = Scenario::Kind::closed;
    step.concurrency = static_cast<int>(load);
  } else {
    step.kind = Scenario::Kind::open;
    step.law = series.law;
    step.gamma_shape = series.gamma_shape;
    step.rate = load;
  }
  return step;
}

tl::unexpected<Error> holds_one(const fs::path& folder) {
  return fail(ErrorCode::record_mismatch, "the folder holds a benchmark already", folder.string(),
              "Name another folder with --out; nothing measured is overwritten.");
}

/// Whether a search has the objectives that it needs, and requests enough to judge them.
Result<void> check_objectives(const BenchSettings& settings) {
  if (settings.scenario.kind != Scenario::Kind::find_peak) return {};
  const bool judged = std::any_of(settings.objectives.begin(), settings.objectives.end(),
                                  [](const auto& objective) { return objective.quantile.has_value(); });
  if (!judged) {
    return fail(ErrorCode::usage, "find-peak needs objectives for quantiles", "--slo",
                "for example: --slo ttft_p99=500ms,tpot_p99=100ms");
  }
  const auto needed = requests_to_judge(settings.objectives);
  const auto& asked = settings.stop.requests;
  if (!asked || *asked >= needed) return {};
  return fail(ErrorCode::usage,
              fmt::format("{} requests a step cannot judge these objectives: {} are needed", *asked, needed),
              "--requests", "Ask for more, or leave it out: steps are then as long as it takes.");
}

class Bench {
 public:
  Bench(const BenchSettings& settings, const CancelToken& cancel, const BenchListener& listener)
      : settings_(settings), cancel_(cancel), listener_(listener) {}

  Result<BenchRun> run() {
    if (is_bench_folder(settings_.folder)) return holds_one(settings_.folder);
    if (auto fits = check_objectives(settings_); !fits) return tl::unexpected(fits.error());
    auto folder = FreshFolder::make(settings_.folder);
    if (!folder) return tl::unexpected(folder.error());
    folder_.emplace(std::move(*folder));
    if (auto ready = prepare(); !ready) return tl::unexpected(ready.error());
    run_.folder = settings_.folder;
    run_.scenario = settings_.scenario;
    if (auto done = loads(); !done) return tl::unexpected(done.error());
    folder_->will_hold("bench.json");
    if (auto written = write_bench_file(run_); !written) return tl::unexpected(written.error());
    return std::move(run_);
  }

 private:
  Result<void> prepare() {
    note(fmt::format("asking {} what it is", settings_.target.url()));
    auto server = find_server(settings_, cancel_, listener_.on_note);
    if (!server) return tl::unexpected(server.error());
    context_.server = std::move(*server);
    context_.model = settings_.model.empty() ? context_.server.model : settings_.model;
    if (auto there = check_metrics_url(settings_, context_.server.dialect); !there) return there;
    if (settings_.prompts.file.empty()) note("making prompts");
    auto prompts = prepare_prompts(settings_, context_.server, context_.model, cancel_);
    if (!prompts) return tl::unexpected(prompts.error());
    context_.set = std::move(*prompts);
    context_.prompts_digest = prompts_digest(context_.set.prompts);
    context_.settings = &settings_;
    context_.cancel = &cancel_;
    context_.on_glance = listener_.on_glance;
    context_.on_note = listener_.on_note;
    context_.engine_alive = listener_.engine_alive;
    context_.engine_memory = listener_.engine_memory;
    return open_meter();
  }

  Result<void> open_meter() {
    if (!settings_.energy) return {};
    folder_->will_hold("power.csv");
    auto session = EnergySession::open(settings_.folder / "power.csv", settings_.require_measured);
    if (!session) return tl::unexpected(session.error());
    energy_.emplace(std::move(*session));
    context_.energy = &*energy_;
    return {};
  }

  Result<void> loads() {
    switch (settings_.scenario.kind) {
      case Scenario::Kind::sweep:
        return sweep();
      case Scenario::Kind::find_peak:
        return search();
      default:
        return load(settings_.scenario, settings_.folder);
    }
  }

  Result<void> load(const Scenario& scenario, const fs::path& folder) {
    const auto warmup = settings_.warmup.value_or(usual_warmup(scenario));
    context_.step = run_.points.size();
    auto point = run_point(context_, scenario, warmup, folder);
    if (point || is_bench_folder(folder)) folder_->keep();
    if (!point) return tl::unexpected(point.error());
    run_.cancelled = run_.cancelled || point->cancelled;
    run_.engine_ended = run_.engine_ended || point->engine_ended;
    run_.points.push_back(std::move(*point));
    return {};
  }

  /// One load of a series, in a folder of its own. The index is written after each, so that a series that is
  /// killed can still be read.
  Result<void> step(double load_size) {
    const auto scenario = step_of(settings_.scenario, load_size);
    note(fmt::format("step {}: {}", run_.points.size() + 1, scenario.text()));
    const auto folder = settings_.folder / fmt::format("step-{:02}", run_.points.size() + 1);
    folder_->will_hold(folder.filename());
    if (auto made = make_folder(folder); !made) return made;
    folder_->will_hold("bench.json");
    if (auto written = write_bench_file(run_, folder); !written) return written;
    if (auto done = load(scenario, folder); !done) return done;
    if (listener_.on_point) listener_.on_point(run_.points.back());
    return write_bench_file(run_);
  }

  [[nodiscard]] bool stopped() const { return run_.cancelled || run_.engine_ended || cancel_.requested(); }

  /// More in flight than there are requests is no load of its own.
  [[nodiscard]] double most_in_flight(double most) const {
    const auto& requests = settings_.stop.requests;
    return requests ? std::min(most, static_cast<double>(*requests)) : most;
  }

  Result<void> sweep() {
    const double most = most_in_flight(1024.0);
    std::vector<std::pair<double, Throughput>> tried;
    const auto& steps = settings_.scenario.steps;
    for (std::size_t i = 0; !stopped(); ++i) {
      std::optional<double> next;
      if (steps.empty()) {
        next = next_sweep_step(tried, most);
      } else if (i < steps.size()) {
        next = steps[i];
      }
      if (!next) break;
      if (auto done = step(*next); !done) return done;
      const auto throughput = throughput_of(run_.points.back().summary);
      if (!throughput) return tl::unexpected(throughput.error());
      tried.emplace_back(*next, *throughput);
    }
    return {};
  }

  Result<void> search() {
    SearchRule rule;
    rule.whole = settings_.scenario.steps_closed;
    if (rule.whole) rule.largest = most_in_flight(rule.largest);
    const auto attempt = [&](double load_size) -> Result<StepOutcome> {
      if (auto done = step(load_size); !done) return tl::unexpected(done.error());
      if (stopped()) return fail(ErrorCode::cancelled, "interrupted");
      return outcome_of(load_size, run_.points.back(), settings_.objectives);
    };
    auto found = find_peak(rule, attempt);
    if (!found && found.error().code == ErrorCode::cancelled && stopped()) return {};
    if (!found) return tl::unexpected(found.error());
    run_.peak = std::move(*found);
    return {};
  }

  static StepOutcome outcome_of(double load_size, const BenchPoint& point,
                                const std::vector<ServiceObjective>& objectives) {
    StepOutcome outcome{load_size, point.validity.valid, false, judge(point.summary, objectives),
                        client_fault(point.validity)};
    outcome.met = outcome.valid && std::all_of(outcome.objectives.begin(), outcome.objectives.end(),
                                               [](const auto& o) { return o.state == ObjectiveState::met; });
    return outcome;
  }

  void note(const std::string& text) const {
    if (listener_.on_note) listener_.on_note(text);
  }

  const BenchSettings& settings_;
  const CancelToken& cancel_;
  const BenchListener& listener_;
  BenchContext context_;
  std::optional<FreshFolder> folder_;
  std::optional<EnergySession> energy_;  ///< Writes into the folder, so it ends before it.
  BenchRun run_;
};

}  // namespace

Result<void> check_bench(const BenchSettings& settings) {
  if (auto fits = check_objectives(settings); !fits) return fits;
  if (!settings.prompts.file.empty()) {
    auto prompts = read_prompts(settings.prompts.file, settings.prompts.format);
    if (!prompts) return tl::unexpected(prompts.error());
    if (auto timed = check_trace_times(settings, *prompts); !timed) return timed;
  }
  if (!settings.schedule_file.empty()) {
    if (auto effective = replayed(settings); !effective) return tl::unexpected(effective.error());
  }
  return {};
}

Result<void> check_unused(const fs::path& folder) {
  if (is_bench_folder(folder) || holds_starts(folder)) return holds_one(folder);
  return {};
}

Result<BenchRun> run_bench(const BenchSettings& settings, const CancelToken& cancel,
                           const BenchListener& listener) {
  const auto effective = replayed(settings);
  if (!effective) return tl::unexpected(effective.error());
  return Bench(*effective, cancel, listener).run();
}

}  // namespace edgeeval
