// SPDX-License-Identifier: Apache-2.0
#include "bench/point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <edgeeval/version.hpp>
#include <utility>

#include "bench/cache_reset.hpp"
#include "bench/derive.hpp"
#include "bench/machine_file.hpp"
#include "bench/prompt_source.hpp"
#include "bench/resident.hpp"
#include "bench/retokenise.hpp"
#include "bench/same_machine.hpp"
#include "bench/self_check_file.hpp"
#include "bench/server_view.hpp"
#include "bench/small_call.hpp"
#include "bench/text_keeper.hpp"
#include "core/files.hpp"
#include "core/monotonic.hpp"
#include "core/paths.hpp"
#include "load/steady.hpp"
#include "record/environment.hpp"
#include "stats/random.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr double kOneText_s = 120.0;  // For the answer to one question of the tokenizer.

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
    empty_cache();
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
    wish.prompts = context_.set.prompts.size();
    wish.max_tokens = settings_.max_tokens;
    wish.seeds = settings_.seeds;
    for (const auto& prompt : context_.set.prompts) {
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
    header_.settings["warmup"] = std::to_string(warmup_);
    header_.settings["ignore_eos"] = manner().ignore_eos ? "yes" : "no";
    header_.environment = capture_environment();
    header_.server = context_.server.facts;
    header_.server["recognised_by"] = context_.server.why;
    if (!context_.server.version.empty()) header_.server["version"] = context_.server.version;
    if (context_.server.slots) header_.server["slots"] = std::to_string(*context_.server.slots);
    header_.settings["prompt_lengths"] = context_.set.lengths_by;
    header_.settings["salted"] = context_.set.salted ? "yes" : "no";
    const auto& notes = context_.set.notes;
    header_.warnings.insert(header_.warnings.end(), notes.begin(), notes.end());
    warn_of_refused_fields();
    warn_of_other_prompts();
    if (settings_.target.insecure)
      header_.warnings.emplace_back("certificates were not checked (--insecure)");
    warn_of_slots();
    const auto size = schedule.size();
    const auto& stop = settings_.stop;
    if (scenario_.kind == Scenario::Kind::trace && settings_.schedule_file.empty() && size &&
        *size < context_.set.prompts.size() && !stop.requests && !stop.min_duration_s && !stop.min_requests)
      header_.warnings.push_back(
          fmt::format("the trace is longer than --max-duration, {:g} s: {} of its {} "
                      "requests are sent",
                      stop.max_duration_s, *size, context_.set.prompts.size()));
  }

  void warn_of_refused_fields() {
    const auto& facts = context_.server.facts;
    const auto refused = facts.find("refused_fields");
    if (refused == facts.end()) return;
    header_.warnings.push_back(
        "the server refuses fields that its dialect names, and is asked without them: " + refused->second);
  }

  /// A replay whose prompts are not those of the load that it replays.
  void warn_of_other_prompts() {
    if (!settings_.replay || settings_.replay->prompt_digest.empty() ||
        settings_.replay->prompt_digest == context_.prompts_digest)
      return;
    header_.warnings.emplace_back(
        "the prompts are not those of the load that is replayed: another file, or a server that makes other "
        "tokens of them");
  }

  /// Steps of a series ask the same prompts, and must not meet each other's salts.
  [[nodiscard]] std::uint64_t salt_seed() const {
    if (settings_.replay) return settings_.replay->salt_seed;
    const auto seed = settings_.seeds.library;
    return context_.step == 0 ? seed : SplitMix64(seed + context_.step).next();
  }

  [[nodiscard]] ScheduleOrigin origin() const {
    ScheduleOrigin origin;
    origin.scenario = scenario_.text();
    origin.seeds = settings_.seeds;
    origin.salted = context_.set.salted;
    origin.salt_seed = salt_seed();
    origin.max_tokens = settings_.max_tokens;
    origin.prompt_count = context_.set.prompts.size();
    origin.prompt_digest = context_.prompts_digest;
    if (settings_.prompts.file.empty()) {
      origin.prompt_tokens = settings_.prompts.tokens;
    } else {
      origin.prompt_file = settings_.prompts.file.filename().string();
    }
    return origin;
  }

  /// Where hits are not wanted, or wanted of the load's own prompts only.
  void empty_cache() {
    if (settings_.prefix_cache == PrefixCache::allow) return;
    constexpr double kTimeout_s = 30.0;
    const auto reset =
        reset_cache(small_call(settings_.target, kTimeout_s, context_.cancel), context_.server.dialect);
    header_.settings["cache_reset"] = reset.told;
    const bool offered = !context_.server.dialect.reset_cache_path.empty();
    if (reset.done || (!offered && settings_.prefix_cache == PrefixCache::defeat)) return;
    header_.warnings.push_back("the server's prompt cache was not emptied before the load (" + reset.told +
                               ")" +
                               (settings_.prefix_cache == PrefixCache::reset
                                    ? ": prompts of earlier loads may be hit"
                                    : ": prompts of an earlier load with the same seed may be hit"));
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
    manner.salted = context_.set.salted;
    manner.warmup_salted = settings_.prefix_cache != PrefixCache::allow;
    manner.salts = context_.set.salts;
    manner.salt_seed = salt_seed();
    manner.ignore_eos =
        settings_.ignore_eos.value_or(context_.set.reply_lengths && context_.server.dialect.ignore_eos);
    manner.reuse_prompt_cache = settings_.prefix_cache != PrefixCache::defeat;
    manner.temperature = settings_.temperature;
    manner.extra_json = settings_.extra_json;
    return manner;
  }

  Result<LoadOutcome> load(const Schedule& schedule, LoadWriter& writer) {
    PromptSource source(manner(), context_.set.prompts);
    LoadJob job;
    job.target = settings_.target;
    job.dialect = context_.server.dialect;
    job.schedule = &schedule;
    job.source = &source;
    job.concurrency = scenario_.kind == Scenario::Kind::offline && schedule.size()
                          ? static_cast<int>(*schedule.size())
                          : scenario_.concurrency;
    job.warmup = warmup_;
    job.warmup_until_steady = !settings_.warmup;
    job.stop = settings_.stop;
    job.limits = settings_.limits;
    if (holds_texts()) job.limits.kept_text = std::max(job.limits.kept_text, TextKeeper::kLongest);
    job.drain_s = settings_.drain_s;
    job.threads = settings_.threads;
    job.keep_alive = settings_.keep_alive;
    job.cpus = settings_.cpus;
    std::vector<LoadSink*> sinks;
    for (int lane = 0; lane < settings_.threads; ++lane) sinks.push_back(&writer.lane(lane));
    if (settings_.retokenise != RetokeniseWish::never) {
      texts_.emplace(sinks, settings_.retokenise == RetokeniseWish::all, settings_.limits.kept_text);
      sinks = texts_->sinks();
    }
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

  /// Whether texts are held until the server's tokenizer has counted them.
  [[nodiscard]] bool holds_texts() const {
    return settings_.retokenise != RetokeniseWish::never && !context_.server.dialect.tokenize_path.empty();
  }

  /// Replies counted by the server's tokenizer, in a file beside the record, which is whole by now.
  Result<void> count_replies(const LoadOutcome& outcome) {
    if (!texts_ || texts_->wanted() == 0) return {};
    const auto call = small_call(settings_.target, std::min(kOneText_s, settings_.drain_s), context_.cancel);
    const auto until = monotonic_ns() + static_cast<std::int64_t>(std::min(settings_.drain_s, 1e6) * 1e9);
    // Without a route the first question says so; then no text is held either.
    auto texts = texts_->take();
    if (context_.on_note && holds_texts())
      context_.on_note(fmt::format("counting {} replies by the server's tokenizer", texts.size()));
    const auto counted = retokenise(
        call, context_.server, context_.model, settings_.retokenise, texts_->wanted(), texts,
        [&] { return !outcome.cancelled && !context_.cancel->requested() && monotonic_ns() < until; });
    return write_retokenised(folder_, counted.summary, counted.counts);
  }

  void describe_warmup(const LoadOutcome& outcome) {
    auto& text = header_.settings["warmup"];
    text = fmt::format("{} requests", outcome.warmup);
    if (settings_.warmup) return;
    text += outcome.steady ? ", until latencies were steady" : ", not steady at its bounds";
    if (outcome.steady || outcome.cancelled || outcome.engine_ended) return;
    header_.warnings.push_back(fmt::format(
        "the warm-up ended after {} requests without steady latencies (medians of {} replies one after the "
        "other within {:g} %; at most {} such windows, {:g} s)",
        outcome.warmup, warmup_, 100.0 * SteadyRule::kWithin, SteadyRule::kMostWindows,
        SteadyRule::kLongest_s));
  }

  Result<void> finish(const Schedule& schedule, LoadWriter& writer, const LoadOutcome& outcome) {
    MachineRecord machine;
    if (context_.energy != nullptr) {
      machine.energy = context_.energy->end();
      machine.power = context_.energy->power(outcome.measured_ns, outcome.ended_ns);
      machine.warnings = context_.energy->warnings();
      header_.conditions = context_.energy->conditions();
    }
    machine.core_watts =
        client_core_watts(machine.energy ? std::optional(machine.energy->window) : std::nullopt);
    if (context_.engine_memory) {
      machine.resident = context_.engine_memory();
    } else if (settings_.server_process) {
      machine.resident = peak_resident(*settings_.server_process);
    }
    machine.server_here = is_on_this_machine(settings_.target);
    machine.self_check = kept_self_check(cache_folder());
    header_.client = outcome.client;
    header_.started_ns = outcome.begun_ns;
    header_.measured_ns = outcome.measured_ns;
    header_.ended_ns = outcome.ended_ns;
    describe_warmup(outcome);
    header_.how_ended = outcome.cancelled ? "cancelled" : outcome.engine_ended ? "failed" : "finished";
    header_.warnings.insert(header_.warnings.end(), outcome.warnings.begin(), outcome.warnings.end());
    if (auto written = writer.finish(header_); !written) return written;
    const auto from = origin();
    if (auto written = schedule.write(folder_ / "schedule.jsonl", outcome.sent - outcome.warmup, &from);
        !written)
      return written;
    if (auto written = write_machine(folder_, machine); !written) return written;
    return count_replies(outcome);
  }

  const BenchContext& context_;
  const BenchSettings& settings_;
  const Scenario& scenario_;
  std::uint64_t warmup_;
  fs::path folder_;
  SystemClock clock_;
  LoadHeader header_;
  std::optional<TextKeeper> texts_;
};

}  // namespace

Result<BenchPoint> run_point(const BenchContext& context, const Scenario& scenario, std::uint64_t warmup,
                             const fs::path& folder) {
  return Point(context, scenario, warmup, folder).run();
}

}  // namespace edgeeval
