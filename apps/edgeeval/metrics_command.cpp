// SPDX-License-Identifier: Apache-2.0
#include "metrics_command.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "catalog/metric_registry.hpp"
#include "console.hpp"
#include "core/json_document.hpp"
#include "core/text.hpp"

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

void print_table(const std::vector<MetricDefinition>& metrics, bool serving) {
  fmt::print(
      "| id | mode | title | unit | formula | better | source |\n"
      "| --- | --- | --- | --- | --- | --- | --- |\n");
  for (const auto& metric : metrics) {
    if ((metric.mode == kServingMode) != serving) continue;
    fmt::print("| {} | {} | {} | {} | {} | {} | {} |\n", metric.id, metric.mode, metric.title, metric.unit,
               metric.formula, metric.direction == Direction::higher_is_better ? "higher" : "lower",
               metric.source);
  }
}

void print_markdown(const std::vector<MetricDefinition>& metrics) {
  fmt::print(
      "# Metrics\n\nWritten by `edgeeval metrics --markdown`; `edgeeval metrics ID` says what one of them "
      "means.\n\n## Of a study\n\nModes: `paper` follows the published formulas to the letter, `honest` says "
      "what the paper's mean to say with its interval, `observed` are the plain measurements that both rest "
      "on. J_request is the energy of the load window divided by the answered requests.\n\n");
  print_table(metrics, false);
  fmt::print(
      "\n## Of a load's serving\n\nWhat `edgeeval bench` reports of each load, over the whole measured phase "
      "and over its steady part; formulas are over the stamps of docs/record-format.md. What the server "
      "tells "
      "of itself (its timings, counters, gauges and histograms) stands beside them under the server's own "
      "names.\n\n");
  print_table(metrics, true);
}

void print_text(const std::vector<MetricDefinition>& metrics) {
  for (const auto& metric : metrics) {
    fmt::print("{:<23} {:<9} {} ({})\n{:34}{}\n{:34}{}\n", metric.id, metric.mode, metric.title, metric.unit,
               "", metric.formula, "", metric.source);
  }
}

Error unknown(const std::string& id) {
  std::vector<std::string> ids;
  for (const auto& metric : metric_registry()) ids.push_back(metric.id);
  const auto near = nearest(id, ids);
  return {ErrorCode::usage, "no metric \"" + id + "\"", "metrics",
          (near.empty() ? std::string() : "Did you mean \"" + near + "\"? ") +
              "`edgeeval metrics` lists them all."};
}

int run(const Options& options) {
  auto metrics = metric_registry();
  if (!options.id.empty()) {
    const auto* one = find_metric(options.id);
    if (one == nullptr) return report_error(unknown(options.id));
    metrics = {*one};
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
