// SPDX-License-Identifier: Apache-2.0
#include "recompute_command.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "bench/bench.hpp"
#include "console.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "record/load_file.hpp"
#include "serving/recompute.hpp"

namespace edgeeval {
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

int run(const Options& options) {
  std::vector<PeerTool> tools;
  for (const auto& name : options.tools) {
    auto tool = peer_tool_from(name);
    if (!tool) return report_error(tool.error());
    tools.push_back(*tool);
  }
  if (tools.empty()) tools = all_peer_tools();
  if (const auto loads = loads_of_series(options.run); !loads.empty())
    return report_error(Error{ErrorCode::usage, "holds several loads, and a tool's report is of one",
                              options.run, "Name one of them: " + join(loads, ", ")});
  auto load = read_load(options.run);
  if (!load) return report_error(load.error());
  Json all = Json::array();
  for (const auto tool : tools) {
    auto report = recompute(*load, tool);
    if (!report) return report_error(report.error());
    if (options.json) {
      all.push_back(to_json(*report));
    } else {
      print(*report, options.definitions);
    }
  }
  if (options.json) fmt::print("{}\n", all.dump(2, ' ', false, Json::error_handler_t::replace));
  return 0;
}

}  // namespace

void register_recompute(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "recompute", "A load's raw record under other tools' definitions, to reconcile figures");
  command->add_option("run", options->run, "Folder of a load, or a file of timelines (-o jsonl:FILE)")
      ->required();
  command->add_option("--as", options->tools, "Tool, repeatable (default: all): " + join(tool_names(), ", "));
  command->add_flag("--definitions", options->definitions, "Say with each figure how it is defined");
  command->add_flag("--json", options->json, "As JSON, definitions included");
  command->footer("Example:  edgeeval recompute runs/bench-20261125T101500Z --as vllm --as guidellm");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace edgeeval
