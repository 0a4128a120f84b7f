// SPDX-License-Identifier: Apache-2.0
#include "whatif_command.hpp"

#include <fmt/format.h>

#include <edgeeval/metrics.hpp>
#include <edgeeval/record.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "console.hpp"
#include "core/one_line.hpp"
#include "core/text.hpp"
#include "decision/decision.hpp"
#include "decision/decision_words.hpp"
#include "output_target.hpp"
#include "report/whatif_report.hpp"

namespace edgeeval {
namespace {

struct Options {
  std::string run;
  std::vector<std::string> changes;
  std::string scenario;
  std::string variant;
  std::optional<std::uint32_t> draws;
  std::optional<std::uint32_t> seed;
  bool json = false;
  bool list = false;
};

/// The scenario that the changes are made to: the run's own, or the file's where there are changes beside it.
Result<CostScenario> scenario_before(const RunRecord& record, const Options& options) {
  const bool file_is_the_change = options.changes.empty() && !options.list;
  auto scenario = scenario_of_run(record, options.run, file_is_the_change ? "" : options.scenario);
  if (!scenario) return scenario;
  if (options.draws) scenario->draws = *options.draws;
  if (options.seed) scenario->seed = *options.seed;
  return scenario;
}

Result<CostScenario> scenario_after(const RunRecord& record, const CostScenario& before,
                                    const Options& options) {
  auto scenario = before;
  if (options.changes.empty() && !options.scenario.empty()) {
    auto read = read_scenario(options.scenario, std::move(scenario), date_of(record));
    if (!read) return read;
    scenario = std::move(*read);
    if (options.draws) scenario.draws = *options.draws;
    if (options.seed) scenario.seed = *options.seed;
  }
  for (const auto& change : options.changes) {
    if (auto set = set_assumption(scenario, change, date_of(record)); !set)
      return tl::unexpected(set.error());
  }
  return scenario;
}

Result<void> check_variants(const RunRecord& record, const std::string& run) {
  if (!record.variants.empty()) return {};
  return fail(ErrorCode::record_unreadable, "the run holds no variant: there is nothing to decide on", run,
              "Finish the run first: the same `edgeeval run` goes on where it stopped.");
}

Result<void> check_variant(const RunRecord& record, const std::string& id) {
  if (id.empty() || variant_of(record, id) != nullptr) return {};
  std::vector<std::string> ids;
  for (const auto& variant : record.variants) ids.push_back(variant.id);
  const auto close = nearest(id, ids);
  return fail(ErrorCode::usage, fmt::format("no variant \"{}\" in the run", one_line(id)), "--variant",
              close.empty() ? "known: " + join(ids, ", ") : fmt::format("did you mean \"{}\"?", close));
}

Result<std::string> answer(const RunRecord& record, const Options& options) {
  const auto before = scenario_before(record, options);
  if (!before) return tl::unexpected(before.error());
  if (options.list) return options.json ? scenario_list_json(*before) : scenario_list_text(*before);
  const auto after = scenario_after(record, *before, options);
  if (!after) return tl::unexpected(after.error());
  const auto rows = compute_metrics(record);
  auto changes = options.changes;
  if (changes.empty()) changes.push_back("scenario " + options.scenario);
  const WhatIf whatif{decide_study(record, rows, *before), decide_study(record, rows, *after),
                      std::move(changes), options.variant};
  return options.json ? whatif_json(record, whatif) : whatif_text(record, whatif);
}

int run(const Options& options) {
  if (options.changes.empty() && options.scenario.empty() && !options.list)
    return report_error(Error{ErrorCode::usage, "nothing is changed", "whatif",
                              "Name inputs as KEY=VALUE, or a --scenario; --list shows the keys."});
  const auto record = read_run(options.run);
  if (!record) return report_error(record.error());
  if (auto some = check_variants(*record, options.run); !some) return report_error(some.error());
  if (auto known = check_variant(*record, options.variant); !known) return report_error(known.error());
  const auto text = answer(*record, options);
  if (!text) return report_error(text.error());
  if (auto written = write_output("-", *text); !written) return report_error(written.error());
  return 0;
}

}  // namespace

void register_whatif(CLI::App& app, Subcommand& chosen) {
  constexpr std::uint32_t kLeastDraws = 100;
  constexpr std::uint32_t kMostDraws = 1'000'000;
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("whatif", "What becomes of the decision when prices, demand or the machine change");
  command->add_option("RUN", options->run, "Run folder")->required();
  command->add_option(
      "CHANGES", options->changes,
      "KEY=VALUE, KEY=LO..HI (uniform) or KEY=VALUE[LO,HI]; device=, api=, grid= and site= take rows of "
      "the tables");
  command->add_option(
      "--scenario", options->scenario,
      "YAML file of assumptions: what the changes are made to, or the change itself where there are none");
  command->add_option("--variant", options->variant, "One variant only, with its levers");
  command->add_option("--draws", options->draws, "Draws of the uncertain inputs (default: the scenario's)")
      ->check(CLI::Range(kLeastDraws, kMostDraws));
  command->add_option("--seed", options->seed, "Seed of the draws (default: the scenario's)");
  command->add_flag("--json", options->json, "As one JSON object");
  command->add_flag("--list", options->list, "Every key with its unit, range, value and source");
  command->footer(
      "Examples:\n  edgeeval whatif runs/paper demand_per_day=2e6\n  edgeeval whatif runs/paper device=l4 "
      "api=gpt-4o-mini api_decay_per_year=0..0.5\n  edgeeval whatif runs/paper --scenario office.yaml\n"
      "  edgeeval whatif runs/paper --list\nWhat a scenario holds: docs/economics-data.md.");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace edgeeval
