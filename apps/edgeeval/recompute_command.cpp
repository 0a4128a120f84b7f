// SPDX-License-Identifier: Apache-2.0
#include "recompute_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "bench/bench.hpp"
#include "bench/start_file.hpp"
#include "console.hpp"
#include "core/json_document.hpp"
#include "core/text.hpp"
#include "record/load_file.hpp"
#include "record/series.hpp"
#include "serving/recompute.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

struct Options {
  std::string run;
  std::vector<std::string> tools;
  bool json = false;
  bool definitions = false;
};

std::vector<std::string> tool_names() {
  std::vector<std::string> names;
  for (const auto tool : all_peer_tools()) names.emplace_back(to_string(tool));
  return names;
}

/// A load to look at; of a study's folder there is one a variant that was served.
struct NamedLoad {
  std::string variant;  ///< Empty where it is not a study's.
  fs::path path;
};

std::vector<NamedLoad> loads_at(const fs::path& run) {
  std::error_code status;
  if (!fs::exists(run / "record.jsonl", status)) return {{"", run}};
  std::vector<NamedLoad> loads;
  for (fs::directory_iterator entry(run / "loads", status), end; !status && entry != end;
       entry.increment(status)) {
    if (fs::exists(entry->path() / "load.json", status))
      loads.push_back({entry->path().filename().string(), entry->path()});
  }
  std::sort(loads.begin(), loads.end(), [](const auto& a, const auto& b) { return a.variant < b.variant; });
  return loads;
}

Json to_json(const PeerReport& report) {
  Json figures = Json::array();
  for (const auto& figure : report.figures) {
    Json row{{"name", figure.name}, {"statistic", figure.statistic}, {"unit", figure.unit}};
    if (figure.value) row["value"] = *figure.value;
    row["definition"] = figure.definition;
    row["ours"] = figure.ours;
    figures.push_back(std::move(row));
  }
  Json json{{"tool", std::string(to_string(report.tool))}, {"figures", std::move(figures)}};
  if (!report.notes.empty()) json["notes"] = report.notes;
  return json;
}

void print(const PeerReport& report, bool definitions) {
  fmt::print("As {} defines it\n", to_string(report.tool));
  for (const auto& figure : report.figures) {
    const auto value = figure.value ? format_significant(*figure.value, 5) : std::string("–");
    fmt::print("  {:<34} {:<7} {:>12} {}\n", figure.name, figure.statistic, value, figure.unit);
    if (definitions) fmt::print("      {}\n      ours: {}\n", figure.definition, figure.ours);
  }
  for (const auto& note : report.notes) fmt::print("  Note: {}\n", note);
}

Result<std::vector<PeerTool>> tools_of(const Options& options) {
  std::vector<PeerTool> tools;
  for (const auto& name : options.tools) {
    auto tool = peer_tool_from(name);
    if (!tool) return tl::unexpected(tool.error());
    tools.push_back(*tool);
  }
  return tools.empty() ? all_peer_tools() : tools;
}

/// Prints what the tools make of one load, or adds it to `all`.
Result<void> recompute_one(const NamedLoad& named, const std::vector<PeerTool>& tools, const Options& options,
                           Json& all) {
  auto load = read_load(named.path);
  if (!load) return tl::unexpected(load.error());
  if (!named.variant.empty() && !options.json) fmt::print("{}\n", named.variant);
  for (const auto tool : tools) {
    auto report = recompute(*load, tool);
    if (!report) return tl::unexpected(report.error());
    if (!options.json) {
      print(*report, options.definitions);
      continue;
    }
    auto json = to_json(*report);
    if (!named.variant.empty()) json["variant"] = named.variant;
    all.push_back(std::move(json));
  }
  return {};
}

int run(const Options& options) {
  const auto tools = tools_of(options);
  if (!tools) return report_error(tools.error());
  if (const auto series = loads_of_series(options.run); !series.empty())
    return report_error(Error{ErrorCode::usage, "holds several loads, and a tool's report is of one",
                              options.run, "Name one of them: " + join(series, ", ")});
  if (const auto index = series_index(options.run); index && *index)
    return report_error(Error{ErrorCode::usage, "holds several loads, and a tool's report is of one",
                              options.run, "Name the folder of one of its loads."});
  if (holds_starts(options.run) && !is_bench_folder(options.run))
    return report_error(Error{ErrorCode::record_unreadable, "holds cold starts alone, and no load",
                              options.run,
                              "edgeeval report tells them; a load follows them where --scenario names one."});
  const auto loads = loads_at(options.run);
  if (loads.empty()) {
    return report_error({ErrorCode::record_unreadable, "the run holds no raw load", options.run,
                         "No variant of it was served, or its loads/ folder is missing."});
  }
  Json all = Json::array();
  for (const auto& load : loads) {
    if (auto done = recompute_one(load, *tools, options, all); !done) return report_error(done.error());
  }
  if (options.json) fmt::print("{}", json_document(all));
  return 0;
}

}  // namespace

void register_recompute(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "recompute", "A load's raw record under other tools' definitions, to reconcile figures");
  command
      ->add_option("run", options->run,
                   "Folder of a load or of a study's run, or a file of timelines (-o jsonl:FILE)")
      ->required();
  command->add_option("--as", options->tools, "Tool, repeatable (default: all): " + join(tool_names(), ", "));
  command->add_flag("--definitions", options->definitions, "Say with each figure how it is defined");
  command->add_flag("--json", options->json, "As JSON, definitions included");
  command->footer("Example:  edgeeval recompute runs/bench-20261125T101500Z --as vllm --as guidellm");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace edgeeval
