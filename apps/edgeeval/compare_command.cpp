// SPDX-License-Identifier: Apache-2.0
#include "compare_command.hpp"

#include <memory>
#include <string>
#include <vector>

#include "console.hpp"
#include "core/text.hpp"
#include "output_target.hpp"
#include "report/compare_report.hpp"
#include "run_results.hpp"

namespace edgeeval {
namespace {

struct Options {
  std::vector<std::string> runs;
  std::vector<std::string> variants;
  std::vector<std::string> metrics;
  std::vector<std::string> despite;
  std::vector<std::string> outputs;
  bool json = false;
};

std::vector<std::string> concern_words() {
  std::vector<std::string> words;
  for (const auto concern : all_concerns()) words.emplace_back(to_string(concern));
  return words;
}

CompareOptions compare_options(const Options& options) {
  CompareOptions result;
  result.metrics = options.metrics;
  for (const auto& text : options.variants) {
    const auto equals = text.find('=');
    result.variants.emplace_back(text.substr(0, equals),
                                 equals == std::string::npos ? text : text.substr(equals + 1));
  }
  for (const auto& word : options.despite) {
    if (const auto concern = concern_from(word)) result.despite.insert(*concern);
  }
  return result;
}

Result<void> write_all(const std::vector<Comparison>& comparisons, const std::vector<OutputTarget>& targets) {
  for (const auto& target : targets) {
    const bool colour = target.path == "-" && terminal_of(stdout).colour;
    auto text = compare_as(target.format, comparisons, colour);
    if (!text) return tl::unexpected(text.error());
    if (auto written = write_output(target.path, *text); !written) return written;
  }
  return {};
}

/// The outputs asked for, each of a known format, before anything is read.
Result<std::vector<OutputTarget>> targets_of(const Options& options) {
  auto texts = options.outputs;
  if (options.json) texts.emplace_back("json:-");
  if (texts.empty()) texts.emplace_back("console:-");
  std::vector<OutputTarget> targets;
  for (const auto& text : texts) {
    auto target = output_target(text);
    if (!target) return tl::unexpected(target.error());
    if (auto known = compare_as(target->format, {}, false); !known) return tl::unexpected(known.error());
    targets.push_back(std::move(*target));
  }
  return targets;
}

int run(const Options& options) {
  const auto targets = targets_of(options);
  if (!targets) return report_error(targets.error());
  std::vector<ResultSet> runs;
  for (const auto& path : options.runs) {
    auto results = read_run_results(path);
    if (!results) return report_error(results.error());
    runs.push_back(std::move(*results));
  }
  const auto comparisons = compare(runs, compare_options(options));
  if (!comparisons) return report_error(comparisons.error());
  if (auto written = write_all(*comparisons, *targets); !written) return report_error(written.error());
  return 0;
}

}  // namespace

void register_compare(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("compare", "Set runs beside each other: better, worse, same or undecided");
  command
      ->add_option("RUNS", options->runs,
                   "Run folders or results.json files; each is compared with the first")
      ->required()
      ->expected(2, -1);
  command->add_option(
      "--variant", options->variants,
      "ID, or ID=ID where the other runs call it differently (repeatable; default: every id that both "
      "have)");
  command->add_option("--metric", options->metrics,
                      "Metric id (repeatable; \"all\"; default: the main ones)");
  command
      ->add_option("--despite", options->despite,
                   "Go on although the runs differ in this, and mark every row (repeatable): " +
                       join(concern_words(), ", "))
      ->check(CLI::IsMember(concern_words()));
  command->add_option(
      "-o,--output", options->outputs,
      "FORMAT:PATH (repeatable; formats: " + join(compare_formats(), ", ") + "; - is stdout)");
  command->add_flag("--json", options->json, "The same as -o json:-");
  command->footer(
      "Examples:\n  edgeeval compare runs/before runs/after\n  edgeeval compare runs/a runs/a --variant "
      "m.rag.lora.fp16=m.rag.lora.int4\n"
      "  edgeeval compare runs/laptop runs/server --despite energy -o md:-\n"
      "Scores are compared item by item. Ends with 23 where the runs differ in what a verdict would hide. "
      "Margins and "
      "method: docs/gate.md.");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace edgeeval
