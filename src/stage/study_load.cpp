// SPDX-License-Identifier: Apache-2.0
#include "stage/study_load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <edgeeval/clock.hpp>
#include <edgeeval/version.hpp>
#include <limits>
#include <system_error>

#include "core/files.hpp"
#include "record/environment.hpp"
#include "record/load_file.hpp"
#include "workload/schedule.hpp"

namespace edgeeval {
namespace {

constexpr int kBusyRetries = 3;
constexpr std::int64_t kSeed = 1;  // Of the server's sampler, which is greedy: none is drawn from it.
constexpr std::size_t kLongestAnswer = 1U << 20U;
constexpr double kDrainSpare_s = 1.0;  // A request's own limit runs out first, and is told as such.

/// Bodies made of the items.
class ItemSource final : public RequestSource {
 public:
  ItemSource(const Dialect& dialect, const std::vector<ItemQuestion>& questions)
      : dialect_(dialect), questions_(questions) {}
  std::string_view body(const Planned& planned, std::string& out) override {
    const auto& question = questions_.at(planned.prompt);
    Asking asking;
    asking.messages = &question.messages;
    asking.max_tokens = planned.max_tokens;
    asking.temperature = 0.0;
    asking.seed = kSeed;
    asking.reuse_prompt_cache = false;
    write_body(dialect_, asking, out);
    return question.item;
  }

 private:
  const Dialect& dialect_;
  const std::vector<ItemQuestion>& questions_;
};

LoadHeader header_of(const StudyLoad& load, std::uint64_t warmup) {
  LoadHeader header;
  const auto& settings = load.settings;
  Scenario scenario;
  scenario.kind = Scenario::Kind::closed;
  scenario.concurrency = settings.concurrency;
  header.edgeeval = std::string(version());
  header.url = load.target.url();
  header.dialect = std::string(to_string(load.dialect.server));
  header.route = load.dialect.path;
  header.model = load.variant;
  header.scenario = scenario.text();
  header.started = SystemClock().wall_label();
  header.concurrency = settings.concurrency;
  header.settings = {{"requests", fmt::to_string(load.questions.size())},
                     {"max_tokens", fmt::to_string(settings.max_tokens)},
                     {"warmup", fmt::to_string(warmup)},
                     {"request_timeout_s", fmt::format("{:g}", settings.request_timeout_s)},
                     {"busy_retries", fmt::to_string(kBusyRetries)},
                     {"temperature", "0"},
                     {"seed", fmt::to_string(kSeed)},
                     {"prefix_cache", "defeat"}};
  header.environment = capture_environment();
  return header;
}

LoadJob job_of(const StudyLoad& load, const Schedule& schedule, std::uint64_t warmup) {
  const auto limit_s = load.settings.request_timeout_s;
  LoadJob job;
  job.target = load.target;
  job.dialect = load.dialect;
  job.schedule = &schedule;
  job.concurrency = load.settings.concurrency;
  job.warmup = warmup;
  job.stop.requests = load.questions.size();
  // Every item is asked, however long it takes; what hangs ends by its own limit.
  job.stop.max_duration_s = std::numeric_limits<double>::infinity();
  job.limits.connect_s = std::min(job.limits.connect_s, limit_s);
  job.limits.first_byte_s = job.limits.idle_s = job.limits.total_s = limit_s;
  job.limits.kept_text = kLongestAnswer;
  job.drain_s = limit_s + kDrainSpare_s;
  job.busy_retries = kBusyRetries;
  return job;
}

void conclude(LoadHeader& header, const LoadOutcome& outcome) {
  header.client = outcome.client;
  header.started_ns = outcome.begun_ns;
  header.measured_ns = outcome.measured_ns;
  header.ended_ns = outcome.ended_ns;
  header.how_ended = outcome.cancelled ? "cancelled" : outcome.engine_ended ? "failed" : "finished";
  header.warnings.insert(header.warnings.end(), outcome.warnings.begin(), outcome.warnings.end());
}

ClientHooks hooks_for(const StudyLoadHooks& hooks) {
  ClientHooks client;
  client.engine_alive = hooks.engine_alive;
  client.on_measured = hooks.on_measured;
  client.on_glance = [&hooks](const LoadGlance& glance) {
    if (!glance.warming_up && glance.planned && hooks.on_progress)
      hooks.on_progress(glance.ended, *glance.planned);
  };
  return client;
}

}  // namespace

Result<LoadOutcome> make_study_load(const StudyLoad& load, const CancelToken& cancel,
                                    const StudyLoadHooks& hooks) {
  std::error_code status;
  std::filesystem::remove_all(load.folder, status);
  const auto warmup =
      std::min(load.questions.size(), static_cast<std::size_t>(load.settings.warmup_requests));
  auto header = header_of(load, warmup);
  auto writer = LoadWriter::create(load.folder, header);
  if (!writer) return tl::unexpected(writer.error());
  const auto schedule = Schedule::in_order(static_cast<std::uint32_t>(load.questions.size()),
                                           static_cast<std::uint32_t>(load.settings.max_tokens));
  ItemSource source(load.dialect, load.questions);
  auto job = job_of(load, schedule, warmup);
  job.source = &source;
  auto outcome = run_load(job, {&writer->lane(0)}, cancel, hooks_for(hooks));
  if (hooks.on_ended) hooks.on_ended();
  if (!outcome) {
    header.how_ended = "failed";
    // The load's own error is what the caller is told.
    static_cast<void>(writer->finish(header));
    return outcome;
  }
  if (hooks.on_progress)
    hooks.on_progress(outcome->ended - std::min(outcome->ended, warmup), load.questions.size());
  conclude(header, *outcome);
  if (auto written = writer->finish(header); !written) return tl::unexpected(written.error());
  return outcome;
}

}  // namespace edgeeval
