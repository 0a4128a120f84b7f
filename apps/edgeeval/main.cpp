// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <edgeeval/result.hpp>
#include <edgeeval/version.hpp>
#include <string>
#include <vector>

#include "audit_command.hpp"
#include "check_command.hpp"
#include "doctor_command.hpp"
#include "import_command.hpp"
#include "measure_command.hpp"
#include "metrics_command.hpp"
#include "mock_command.hpp"
#include "paper_command.hpp"
#include "report_command.hpp"
#include "run_command.hpp"
#include "subcommand.hpp"

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  const auto command = edgeeval::take_command(arguments);
  CLI::App app{"Is this small language model worth deploying on this hardware, over its whole life cycle?",
               "edgeeval"};
  app.set_version_flag("--version", "edgeeval " + std::string(edgeeval::version()));
  app.require_subcommand(1);
  app.footer("First study:  edgeeval run examples/quickstart.yaml\nEach subcommand has its own --help.");
  edgeeval::Subcommand chosen;
  edgeeval::register_run(app, chosen);
  edgeeval::register_check(app, chosen);
  edgeeval::register_report(app, chosen);
  edgeeval::register_metrics(app, chosen);
  edgeeval::register_paper(app, chosen);
  edgeeval::register_audit(app, chosen);
  edgeeval::register_import(app, chosen);
  edgeeval::register_doctor(app, chosen);
  edgeeval::register_measure(app, chosen, command);
  edgeeval::register_mock_server(app, chosen);
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back.
    app.parse(arguments);
  } catch (const CLI::ParseError& problem) {
    // CLI11 has its own numbers; ours is documented: 2 for a command line that cannot be understood.
    return app.exit(problem) == 0 ? 0 : edgeeval::exit_code(edgeeval::ErrorCode::usage);
  }
  return chosen();
}
