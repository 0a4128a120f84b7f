// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/files.hpp"
#include "core/monotonic.hpp"
#include "core/paths.hpp"
#include "core/text.hpp"
#include "load/engine.hpp"
#include "load/page_cache.hpp"
#include "record/codec.hpp"
#include "record/load_file.hpp"
#include "stage/facts.hpp"
#include "stage/item_timelines.hpp"
#include "stage/names.hpp"
#include "stage/serving_stages.hpp"
#include "stage/study_load.hpp"
#include "stage/task_items.hpp"
#include "stage/tool.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kTailLines = 12;

/// One serving of one variant, from the cold start to the stopped engine.
class Serving {
 public:
  Serving(const StageSpec& spec, StageContext& context)
      : spec_(spec), context_(context), log_file_(fs::path("logs") / (log_name_of(spec) + ".log")) {}

  Result<StageResult> run() {
    auto model = artifact_of(context_.input(spec_.needs.at(0)), "model");
    if (!model) return tl::unexpected(model.error());
    auto questions = make_questions();
    if (!questions) return tl::unexpected(questions.error());
    auto server = start(*model);
    if (!server) return tl::unexpected(with_log_tail(server.error()));
    context_.idle("resident");
    auto timelines = load(*server, *questions);
    if (!timelines) return tl::unexpected(with_log_tail(timelines.error()));
    note_memory(*server);
    const auto ended = server->ended();
    server->stop();
    if (auto written = keep(*timelines); !written) return tl::unexpected(written.error());
    if (ended) {
      return tl::unexpected(with_log_tail(Error{
          ErrorCode::engine_failed, fmt::format("llama-server ended under load ({})", ended->describe()),
          log_file_.string(), "What was answered before is kept in requests/."}));
    }
    return conclude(*timelines);
  }

 private:
  [[nodiscard]] const Study& study() const { return context_.plan().study; }

  Result<std::vector<ItemQuestion>> make_questions() {
    auto task = task_of(context_.plan(), spec_.task);
    if (!task) return tl::unexpected(task.error());
    auto items = evaluation_items(*task, study().load.items);
    if (!items) return tl::unexpected(items.error());
    std::vector<ItemQuestion> questions;
    for (const auto& item : *items) questions.push_back({item.id, messages_of(*task, item)});
    return questions;
  }

  Result<LlamaServer> start(const Artifact& model) {
    auto program = find_llama_server();
    if (!program) return tl::unexpected(program.error());
    const auto file = context_.run_folder() / model.path;
    // Without root the kernel may keep some pages; the share that stayed says how cold the start was.
    if (const auto share = evict_page_cache(file)) {
      result_.facts["page_cache_share"] = observed(*share, "1", "mincore after posix_fadvise");
    }
    result_.facts["model_bytes"] = observed(static_cast<double>(model.bytes), "B", "file size");
    const auto& engine = study().engine;
    EngineLaunch launch{*program,
                        file,
                        engine.port,
                        engine.threads,
                        engine.slots,
                        engine.context_tokens > 0 ? engine.context_tokens : 1024,
                        engine.ready_timeout_s,
                        engine.extra_arguments,
                        context_.run_folder() / log_file_};
    context_.progress({0, 0, "cold start"});
    const auto window = context_.open_window("start");
    auto server = LlamaServer::launch(launch, context_.cancel());
    window->close();
    if (!server) return server;
    const auto& cold = server->cold_start();
    const std::string source = "steady clock from spawn";
    result_.facts["cold_port_open"] = observed(cold.port_open.value(), "s", source);
    result_.facts["cold_ready"] = observed(cold.ready.value(), "s", source);
    result_.facts["cold_first_token"] = observed(cold.first_token.value(), "s", source);
    return server;
  }

  Result<std::vector<RequestTimeline>> load(LlamaServer& server, const std::vector<ItemQuestion>& questions) {
    const auto folder = context_.run_folder() / load_folder();
    const StudyLoad asked{server.target(), engine_dialect(), spec_.variant, questions, study().load, folder};
    std::unique_ptr<WindowHandle> window;
    SteadyTime opened = context_.clock().now();
    const StudyLoadHooks hooks{[&] {
                                 window = context_.open_window("load");
                                 opened = context_.clock().now();
                               },
                               [&] {
                                 if (window) window->close();
                               },
                               [&](std::uint64_t done, std::uint64_t total) {
                                 context_.progress({static_cast<double>(done), static_cast<double>(total),
                                                    fmt::format("{}/{} requests", done, total)});
                               },
                               [&] { return server.alive(); }};
    const auto outcome = make_study_load(asked, context_.cancel(), hooks);
    if (!outcome) return tl::unexpected(outcome.error());
    if (outcome->cancelled) return fail(ErrorCode::cancelled, "interrupted");
    auto record = read_load(folder);
    if (!record) return tl::unexpected(record.error());
    for (const auto& warning : record->header.warnings) context_.warn(warning);
    std::vector<std::string> items;
    for (const auto& question : questions) items.push_back(question.item);
    return item_timelines(*record, items, monotonic_ns(opened));
  }

  void note_memory(const LlamaServer& server) {
    if (const auto peak = server.peak_resident())
      result_.facts["peak_resident"] = observed(peak->value(), "B", "VmHWM of the engine");
  }

  Result<void> keep(const std::vector<RequestTimeline>& timelines) {
    std::string lines;
    for (const auto& timeline : timelines) lines += to_line(to_json(timeline)) + "\n";
    return write_file(context_.run_folder() / requests_file(), lines);
  }

  Result<StageResult> conclude(const std::vector<RequestTimeline>& timelines) {
    const auto failed =
        std::count_if(timelines.begin(), timelines.end(), [](const auto& t) { return !t.ok; });
    if (failed == std::ssize(timelines)) {
      return tl::unexpected(with_log_tail(Error{ErrorCode::engine_failed,
                                                "every request failed; the first: " + timelines.front().error,
                                                log_file_.string(), ""}));
    }
    if (failed > 0) context_.warn(fmt::format("{} of {} requests failed", failed, timelines.size()));
    result_.facts["requests"] = observed(static_cast<double>(timelines.size()), "1", "client");
    result_.facts["failed_requests"] = observed(static_cast<double>(failed), "1", "client");
    auto artifact = describe_artifact(context_.run_folder(), "requests", requests_file());
    if (!artifact) return tl::unexpected(artifact.error());
    result_.artifacts.push_back(std::move(*artifact));
    result_.headline = fmt::format("{} requests{} · cold start {}", timelines.size(),
                                   failed > 0 ? fmt::format(", {} failed", failed) : "",
                                   format_duration(result_.facts.at("cold_first_token").value));
    return std::move(result_);
  }

  [[nodiscard]] fs::path requests_file() const { return fs::path("requests") / (spec_.variant + ".jsonl"); }
  [[nodiscard]] fs::path load_folder() const { return fs::path("loads") / spec_.variant; }

  Error with_log_tail(Error error) {
    if (const auto log = read_file(context_.run_folder() / log_file_))
      context_.keep_log_tail(last_lines(*log, kTailLines));
    if (error.where == (context_.run_folder() / log_file_).string()) error.where = log_file_.string();
    return error;
  }

  const StageSpec& spec_;
  StageContext& context_;
  fs::path log_file_;
  StageResult result_;
};

}  // namespace

Result<StageResult> ServeStage::run(const StageSpec& spec, StageContext& context) {
  return Serving(spec, context).run();
}

}  // namespace edgeeval
