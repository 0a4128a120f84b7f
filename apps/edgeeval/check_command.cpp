// SPDX-License-Identifier: Apache-2.0
#include "check_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "console.hpp"
#include "core/json_document.hpp"
#include "core/text.hpp"
#include "plan/plan.hpp"

namespace edgeeval {
namespace {

struct Options {
  std::string study;
  bool json = false;
  bool graph = false;
};

void print_variants(const Plan& plan) {
  std::size_t widths[2] = {5, 4};
  for (const auto& variant : plan.variants) {
    widths[0] = std::max(widths[0], display_width(variant.model));
    widths[1] = std::max(widths[1], display_width(variant.task));
  }
  fmt::print("  {:<{}}  {:<{}}  {:<10}  precision\n", "model", widths[0], "task", widths[1], "adaptation");
  for (const auto& variant : plan.variants) {
    fmt::print("  {:<{}}  {:<{}}  {:<10}  {}\n", variant.model, widths[0], variant.task, widths[1],
               to_string(variant.adaptation), to_string(variant.precision));
  }
}

/// "17 stages: 1 import, 2 adapt, …".
std::string stage_counts(const Plan& plan) {
  std::map<StageKind, int> counts;
  for (const auto& stage : plan.stages) ++counts[stage.kind];
  std::vector<std::string> parts;
  for (const auto& [kind, count] : counts) parts.push_back(fmt::format("{} {}", count, to_string(kind)));
  return fmt::format("{} stages: {}", plan.stages.size(), join(parts, ", "));
}

void print_settings(const Plan& plan, std::string_view title, bool given) {
  fmt::print("\n{}\n", title);
  for (const auto& setting : plan.settings) {
    if ((setting.origin == "study") != given || setting.effective.empty()) continue;
    fmt::print("  {} = {}{}\n", setting.key, setting.effective,
               setting.origin == "machine" ? "   (this machine)" : "");
  }
}

void print_plan(const Plan& plan, bool graph) {
  fmt::print("study {} · {} variants · {}\n\n", plan.study.name, plan.variants.size(), stage_counts(plan));
  print_variants(plan);
  if (graph)
    fmt::print("\nstages in the order of work, with the first digits of their content keys\n{}",
               stage_graph_text(plan));
  print_settings(plan, "given in the study", true);
  print_settings(plan, "not given, so by default", false);
  if (plan.missing.empty()) {
    fmt::print("\nEverything is here to run it:  edgeeval run {}\n", plan.study.file.string());
    return;
  }
  fmt::print("\nmissing to run it\n");
  for (const auto& text : plan.missing) fmt::print("  - {}\n", printable(text));
}

int check(const Options& options) {
  const auto plan = load_plan(options.study, PlanOptions::for_checking());
  if (!plan) {
    for (const auto& error : plan.error()) report_error(error);
    return exit_code(plan.error().front().code);
  }
  if (options.json) {
    fmt::print("{}", json_document(plan_to_json(*plan)));
  } else {
    print_plan(*plan, options.graph);
  }
  return 0;
}

}  // namespace

void register_check(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("check", "Validate a study and show what it will run");
  command->add_option("STUDY", options->study, "Study file (docs/study-format.md)")->required();
  command->add_flag("--graph", options->graph, "Show every stage and what it needs");
  command->add_flag("--json", options->json, "The whole plan as JSON");
  command->footer(
      "Examples:\n  edgeeval check examples/quickstart.yaml\n  edgeeval check examples/paper-grid.yaml "
      "--graph\n"
      "Nothing is run or downloaded. What is missing to run the study is listed; that is no error.");
  command->callback([options, &chosen] { chosen = [options] { return check(*options); }; });
}

}  // namespace edgeeval
