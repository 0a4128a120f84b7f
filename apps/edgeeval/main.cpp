// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <edgeeval/result.hpp>
#include <edgeeval/version.hpp>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "audit_command.hpp"
#include "bench_command.hpp"
#include "check_command.hpp"
#include "console.hpp"
#include "doctor_command.hpp"
#include "help_text.hpp"
#include "import_command.hpp"
#include "measure_command.hpp"
#include "metrics_command.hpp"
#include "mock_command.hpp"
#include "paper_command.hpp"
#include "recompute_command.hpp"
#include "report_command.hpp"
#include "run_command.hpp"
#include "standard_streams.hpp"
#include "subcommand.hpp"
#include "whatif_command.hpp"

namespace {

/// Understands the command line and does what it asks for; returns the exit code.
int run(int argc, char** argv) {
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  const auto command = edgeeval::take_command(arguments);
  CLI::App app{"Is this small language model worth deploying on this hardware, over its whole life cycle?",
               "edgeeval"};
  app.formatter(std::make_shared<edgeeval::HelpFormatter>());
  app.set_version_flag("--version", "edgeeval " + std::string(edgeeval::version()));
  app.require_subcommand(1);
  app.footer("First study:  edgeeval run examples/quickstart.yaml\nEach subcommand has its own --help.");
  edgeeval::Subcommand chosen;
  edgeeval::register_run(app, chosen);
  edgeeval::register_check(app, chosen);
  edgeeval::register_report(app, chosen);
  edgeeval::register_whatif(app, chosen);
  edgeeval::register_metrics(app, chosen);
  edgeeval::register_paper(app, chosen);
  edgeeval::register_audit(app, chosen);
  edgeeval::register_import(app, chosen);
  edgeeval::register_doctor(app, chosen);
  edgeeval::register_measure(app, chosen, command);
  edgeeval::register_bench(app, chosen);
  edgeeval::register_recompute(app, chosen);
  edgeeval::register_mock_server(app, chosen);
  if (const auto unknown = edgeeval::unknown_subcommand(app, arguments))
    return edgeeval::report_error(*unknown);
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back.
    app.parse(arguments);
  } catch (const CLI::ParseError& problem) {
    // CLI11 has its own numbers; ours is documented: 2 for a command line that cannot be understood.
    std::ostringstream help;
    std::ostringstream complaint;
    const bool asked_for = app.exit(problem, help, complaint) == 0;
    edgeeval::print_if_possible(stdout, help.str());
    edgeeval::print_if_possible(stderr, complaint.str());
    return asked_for ? 0 : edgeeval::exit_code(edgeeval::ErrorCode::usage);
  }
  return chosen();
}

}  // namespace

int main(int argc, char** argv) {
  edgeeval::hold_standard_streams();
  return edgeeval::with_checked_output([&] { return run(argc, argv); });
}
