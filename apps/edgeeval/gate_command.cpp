// SPDX-License-Identifier: Apache-2.0
#include "gate_command.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "console.hpp"
#include "core/one_line.hpp"
#include "core/text.hpp"
#include "output_target.hpp"
#include "report/gate_report.hpp"
#include "run_results.hpp"

namespace edgeeval {
namespace {

struct Options {
  std::string run;
  std::string policy;
  std::string baseline;
  std::string junit;
  std::vector<std::string> outputs;
  bool self_test = false;
  bool json = false;
};

/// Everything a gate decides on.
struct Inputs {
  GatePolicy policy;
  ResultSet run;
  std::optional<ResultSet> baseline;
  [[nodiscard]] const ResultSet* baseline_run() const { return baseline ? &*baseline : nullptr; }
};

/// The outputs asked for, each of a known format, before anything is read.
Result<std::vector<OutputTarget>> targets_of(const Options& options) {
  auto texts = options.outputs;
  if (options.json) texts.emplace_back("json:-");
  if (!options.junit.empty()) texts.push_back("junit:" + options.junit);
  std::vector<OutputTarget> targets;
  bool on_stdout = false;
  for (const auto& text : texts) {
    auto target = output_target(text);
    if (!target) return tl::unexpected(target.error());
    const auto known =
        options.self_test ? self_test_as(target->format, {}, false) : gate_as(target->format, {}, false);
    if (!known) return tl::unexpected(known.error());
    on_stdout = on_stdout || target->path == "-";
    targets.push_back(std::move(*target));
  }
  // The log of a CI job always says what was decided.
  if (!on_stdout) targets.push_back({"console", "-"});
  return targets;
}

Result<Inputs> read_inputs(const Options& options) {
  auto policy = read_policy(options.policy);
  if (!policy) return tl::unexpected(policy.error());
  auto run = read_run_results(options.run);
  if (!run) return tl::unexpected(run.error());
  Inputs inputs{std::move(*policy), std::move(*run), {}};
  if (options.baseline.empty()) return inputs;
  auto baseline = read_run_results(options.baseline);
  if (!baseline) return tl::unexpected(baseline.error());
  inputs.baseline = std::move(*baseline);
  return inputs;
}

template <class Render>
Result<void> write_all(const std::vector<OutputTarget>& targets, Render render) {
  for (const auto& target : targets) {
    auto text = render(target.format, target.path == "-" && terminal_of(stdout).colour);
    if (!text) return tl::unexpected(text.error());
    if (auto written = write_output(target.path, *text); !written) return written;
  }
  return {};
}

int run_self_test(const Inputs& inputs, const std::vector<OutputTarget>& targets) {
  const auto test = self_test(inputs.policy, inputs.run, inputs.baseline_run());
  if (!test) return report_error(test.error());
  const auto written = write_all(
      targets, [&](const std::string& format, bool colour) { return self_test_as(format, *test, colour); });
  if (!written) return report_error(written.error());
  return can_block(*test) ? 0 : exit_code(ErrorCode::gate_blocked);
}

/// What a log without colours and tables should not hide.
void warn(const GateReport& report) {
  for (const auto& warning : report.warnings)
    print_if_possible(stderr, "warning: " + one_line(warning) + "\n");
  for (const auto& check : report.checks) {
    if (check.rule.tier != Tier::soft || check.outcome == GateOutcome::pass || blocks(check)) continue;
    print_if_possible(stderr, "warning: soft rule not kept: " + one_line(check.rule.name) + " on " +
                                  one_line(check.variant) + ": " + one_line(check.reason) + "\n");
  }
}

int run(const Options& options) {
  const auto targets = targets_of(options);
  if (!targets) return report_error(targets.error());
  const auto inputs = read_inputs(options);
  if (!inputs) return report_error(inputs.error());
  if (options.self_test) return run_self_test(*inputs, *targets);
  const auto report = evaluate(inputs->policy, inputs->run, inputs->baseline_run());
  if (!report) return report_error(report.error());
  const auto written = write_all(
      *targets, [&](const std::string& format, bool colour) { return gate_as(format, *report, colour); });
  if (!written) return report_error(written.error());
  warn(*report);
  return blocked(*report) ? exit_code(ErrorCode::gate_blocked) : 0;
}

}  // namespace

void register_gate(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("gate", "Hold a run to a policy, for CI: passes, or says why not");
  command->add_option("RUN", options->run, "Run folder or results.json")->required();
  command->add_option("--policy", options->policy, "Policy file (docs/gate.md)")->required();
  command->add_option("--baseline", options->baseline, "Run that rules with a margin compare with");
  command->add_option("--junit", options->junit, "The same as -o junit:FILE");
  command->add_option("-o,--output", options->outputs,
                      "FORMAT:PATH (repeatable; formats: " + join(gate_formats(), ", ") + "; - is stdout)");
  command->add_flag("--json", options->json, "The same as -o json:-");
  command->add_flag("--self-test", options->self_test,
                    "Show that each hard rule blocks on made-worse copies of this run's figures");
  command->footer(
      "Examples:\n  edgeeval gate runs/new --policy examples/gate-policy.yaml --baseline runs/main --junit "
      "gate.xml\n"
      "  edgeeval gate runs/new --policy gate.yaml --baseline runs/main --self-test\n"
      "Ends with 0 where every hard rule passes, with 22 where one does not: undecided, absent and invalid "
      "figures are "
      "no pass. Soft rules warn.");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace edgeeval
