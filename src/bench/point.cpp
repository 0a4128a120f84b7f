// SPDX-License-Identifier: Apache-2.0
#include "bench/point.hpp"

#include <fmt/format.h>

#include <edgeeval/version.hpp>
#include <utility>

#include "bench/derive.hpp"
#include "bench/machine_file.hpp"
#include "bench/prompt_source.hpp"
#include "bench/resident.hpp"
#include "bench/server_view.hpp"
#include "core/files.hpp"
#include "record/environment.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

/// One load under way.
class Point {
 public:
  Point(const BenchContext& context, const Scenario& scenario, std::uint64_t warmup, fs::path folder)
      : context_(context),
        settings_(*context.settings),
        scenario_(scenario),
        warmup_(warmup),
        folder_(std::move(folder)) {}

  Result<BenchPoint> run() {
    auto schedule = make_schedule();
    if (!schedule) return tl::unexpected(schedule.error());
    describe(*schedule);
    auto writer = LoadWriter::create(folder_, header_, settings_.threads);
    if (!writer) return tl::unexpected(writer.error());
    auto outcome = load(*schedule, *writer);
    if (!outcome) {
      header_.how_ended = "failed";
      // What was measured before stays readable; the load's own error is what the caller is told.
      static_cast<void>(writer->finish(header_));
      return tl::unexpected(outcome.error());
    }
    if (auto kept = finish(*schedule, *writer, *outcome); !kept) return tl::unexpected(kept.error());
    auto point = derive_point(folder_, settings_);
    if (!point) return point;
    point->scenario = scenario_;
    point->cancelled = outcome->cancelled;
    point->engine_ended = outcome->engine_ended;
    return point;
  }

 private:
  Result<Schedule> make_schedule() const {
    if (!settings_.schedule_file.empty()) return Schedule::read(settings_.schedule_file);
    ScheduleWish wish;
    wish.scenario = scenario_;
    wish.stop = settings_.stop;
    wish.prompts = context_.prompts.size();
    wish.max_tokens = settings_.max_tokens;
    wish.seeds = settings_.seeds;
    for (const auto& prompt : context_.prompts) {
      wish.max_tokens_of.push_back(prompt.max_tokens.value_or(settings_.max_tokens));
      if (scenario_.kind == Scenario::Kind::trace) wish.trace_at_s.push_back(prompt.at_s.value_or(0.0));
    }
    return Schedule::make(wish);
  }

  void describe(const Schedule& schedule) {
    header_.edgeeval = std::string(version());
    header_.url = settings_.target.url();
    header_.dialect = std::string(to_string(context_.server.dialect.server));
    header_.route = context_.server.dialect.path;
    header_.model = context_.model;
    header_.scenario = scenario_.text();
    header_.started = clock_.wall_label();
    header_.offered_rps = schedule.offered_rps();
    header_.concurrency = schedule.open_loop() ? 0 : scenario_.concurrency;
    header_.seeds = {settings_.seeds.library, settings_.seeds.prompts, settings_.seeds.schedule};
    header_.settings = described(settings_);
    header_.settings["ignore_eos"] = manner().ignore_eos ? "yes" : "no";
    header_.environment = capture_environment();
    header_.server = context_.server.facts;
    header_.server["recognised_by"] = context_.server.why;
    if (!context_.server.version.empty()) header_.server["version"] = context_.server.version;
    if (context_.server.slots) header_.server["slots"] = std::to_string(*context_.server.slots);
    if (!context_.prompts_note.empty()) header_.warnings.push_back(context_.prompts_note);
    if (context_.salted && context_.exact_prompts) {
      header_.warnings.emplace_back(
          "prompts are met more than once, so each begins with a salt of its own: their lengths differ by "
          "the few "
          "tokens that salts differ by (exact: made-up prompts, -n up to 256 and --warmup 0)");
    }
    if (settings_.target.insecure)
      header_.warnings.emplace_back("certificates were not checked (--insecure)");
    warn_of_slots();
    const auto size = schedule.size();
    const auto& stop = settings_.stop;
    if (scenario_.kind == Scenario::Kind::trace && size && *size < context_.prompts.size() &&
        !stop.requests && !stop.min_duration_s && !stop.min_requests)
      header_.warnings.push_back(
          fmt::format("the trace is longer than --max-duration, {:g} s: {} of its {} "
                      "requests are sent",
                      stop.max_duration_s, *size, context_.prompts.size()));
  }

  void warn_of_slots() {
    if (context_.server.slots && header_.concurrency > *context_.server.slots) {
      header_.warnings.push_back("the server works on " + std::to_string(*context_.server.slots) +
                                 " requests at once: of " + std::to_string(header_.concurrency) +
                                 " in flight the others wait in its queue");
    }
  }

  [[nodiscard]] RequestManner manner() const {
    RequestManner manner;
    manner.dialect = context_.server.dialect;
    manner.model = context_.model;
    manner.salted = context_.salted;
    manner.salt_seed = settings_.seeds.library;
    manner.ignore_eos =
        settings_.ignore_eos.value_or(settings_.prompts.file.empty() && context_.server.dialect.ignore_eos);
    manner.reuse_prompt_cache = settings_.prefix_cache == PrefixCache::allow;
    manner.temperature = settings_.temperature;
    manner.extra_json = settings_.extra_json;
    return manner;
  }

  Result<LoadOutcome> load(const Schedule& schedule, LoadWriter& writer) {
    PromptSource source(manner(), context_.prompts);
    LoadJob job;
    job.target = settings_.target;
    job.dialect = context_.server.dialect;
    job.schedule = &schedule;
    job.source = &source;
    job.concurrency = scenario_.kind == Scenario::Kind::offline && schedule.size()
                          ? static_cast<int>(*schedule.size())
                          : scenario_.concurrency;
    job.warmup = warmup_;
    job.stop = settings_.stop;
    job.limits = settings_.limits;
    job.drain_s = settings_.drain_s;
    job.threads = settings_.threads;
    job.keep_alive = settings_.keep_alive;
    job.cpus = settings_.cpus;
    std::vector<LoadSink*> sinks;
    for (int lane = 0; lane < settings_.threads; ++lane) sinks.push_back(&writer.lane(lane));
    ClientHooks hooks;
    hooks.on_glance = context_.on_glance;
    hooks.engine_alive = context_.engine_alive;
    hooks.on_measured = [&] {
      if (context_.energy != nullptr) context_.energy->begin();
    };
    if (context_.energy != nullptr && settings_.idle_s > 0.0) {
      context_.energy->rest(settings_.idle_s, [&] { return !context_.cancel->requested(); });
    }
    ServerView server(settings_, context_.server.dialect, folder_);
    auto outcome = run_load(job, sinks, *context_.cancel, hooks);
    server.finish(header_);
    return outcome;
  }

  Result<void> finish(const Schedule& schedule, LoadWriter& writer, const LoadOutcome& outcome) {
    MachineRecord machine;
    if (context_.energy != nullptr) {
      machine.energy = context_.energy->end();
      machine.power = context_.energy->power(outcome.measured_ns, outcome.ended_ns);
      machine.warnings = context_.energy->warnings();
    }
    machine.core_watts =
        client_core_watts(machine.energy ? std::optional(machine.energy->window) : std::nullopt);
    if (context_.engine_memory) {
      machine.resident = context_.engine_memory();
    } else if (settings_.server_process) {
      machine.resident = peak_resident(*settings_.server_process);
    }
    header_.client = outcome.client;
    header_.started_ns = outcome.begun_ns;
    header_.measured_ns = outcome.measured_ns;
    header_.ended_ns = outcome.ended_ns;
    header_.how_ended = outcome.cancelled ? "cancelled" : outcome.engine_ended ? "failed" : "finished";
    header_.warnings.insert(header_.warnings.end(), outcome.warnings.begin(), outcome.warnings.end());
    if (auto written = writer.finish(header_); !written) return written;
    if (auto written = schedule.write(folder_ / "schedule.jsonl", outcome.sent); !written) return written;
    return write_machine(folder_, machine);
  }

  const BenchContext& context_;
  const BenchSettings& settings_;
  const Scenario& scenario_;
  std::uint64_t warmup_;
  fs::path folder_;
  SystemClock clock_;
  LoadHeader header_;
};

}  // namespace

Result<BenchPoint> run_point(const BenchContext& context, const Scenario& scenario, std::uint64_t warmup,
                             const fs::path& folder) {
  return Point(context, scenario, warmup, folder).run();
}

}  // namespace edgeeval
