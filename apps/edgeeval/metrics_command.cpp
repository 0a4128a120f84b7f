// SPDX-License-Identifier: Apache-2.0
#include "metrics_command.hpp"

#include <fmt/format.h>

#include <edgeeval/metrics.hpp>
#include <memory>
#include <string>
#include <vector>

#include "console.hpp"
#include "core/json_document.hpp"

namespace edgeeval {
namespace {

struct Options {
  std::string id;
  bool json = false;
  bool markdown = false;
};

Json json_of(const MetricDefinition& metric) {
  return {{"id", metric.id},
          {"mode", metric.mode},
          {"title", metric.title},
          {"unit", metric.unit},
          {"formula", metric.formula},
          {"source", metric.source},
          {"direction",
           metric.direction == Direction::higher_is_better ? "higher_is_better" : "lower_is_better"}};
}

void print_markdown(const std::vector<MetricDefinition>& metrics) {
  fmt::print(
      "# Metrics\n\nWritten by `edgeeval metrics --markdown`. Modes: `paper` follows the published formulas "
      "to the letter, `honest` says what the "
      "paper's mean to say with its interval, `observed` are the plain measurements that both rest on. "
      "J_request is the energy of the load "
      "window divided by the answered requests.\n\n| id | mode | title | unit | formula | better | source |\n"
      "| --- | --- | --- | --- | --- | --- | --- |\n");
  for (const auto& metric : metrics) {
    fmt::print("| {} | {} | {} | {} | {} | {} | {} |\n", metric.id, metric.mode, metric.title, metric.unit,
               metric.formula, metric.direction == Direction::higher_is_better ? "higher" : "lower",
               metric.source);
  }
}

void print_text(const std::vector<MetricDefinition>& metrics) {
  for (const auto& metric : metrics) {
    fmt::print("{:<17} {:<9} {} ({})\n{:28}{}\n{:28}{}\n", metric.id, metric.mode, metric.title, metric.unit,
               "", metric.formula, "", metric.source);
  }
}

int run(const Options& options) {
  std::vector<MetricDefinition> metrics;
  for (const auto& metric : metric_table()) {
    if (options.id.empty() || options.id == metric.id) metrics.push_back(metric);
  }
  if (metrics.empty()) {
    return report_error(Error{ErrorCode::usage, "no metric \"" + options.id + "\"", "metrics",
                              "`edgeeval metrics` lists them all."});
  }
  if (options.json) {
    Json list = Json::array();
    for (const auto& metric : metrics) list.push_back(json_of(metric));
    fmt::print("{}", json_document(list));
  } else if (options.markdown) {
    print_markdown(metrics);
  } else {
    print_text(metrics);
  }
  return 0;
}

}  // namespace

void register_metrics(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("metrics", "Say what each metric means: unit, formula, source");
  command->add_option("ID", options->id, "One metric only");
  auto* json = command->add_flag("--json", options->json, "As a JSON array");
  command->add_flag("--markdown", options->markdown, "As docs/metrics.md")->excludes(json);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace edgeeval
