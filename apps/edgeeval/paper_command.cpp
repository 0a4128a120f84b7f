// SPDX-License-Identifier: Apache-2.0
#include "paper_command.hpp"

#include <fmt/format.h>

#include <cmath>
#include <edgeeval/clock.hpp>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "console.hpp"
#include "decision/scenario.hpp"
#include "output_target.hpp"
#include "paper/paper_report.hpp"
#include "paper/published_run.hpp"
#include "report/honest_paper.hpp"
#include "report/paper_page.hpp"
#include "report/report.hpp"
#include "tables_source.hpp"

namespace edgeeval {
namespace {

struct Options {
  std::string folder;
  std::string mapping;
  std::vector<std::string> outputs;
  std::string scenario;
  bool json = false;
  bool honest = false;
  double api_usd_per_request = paper::Constants{}.api_usd_per_request;
};

Result<std::string> rendered(const paper::PaperReport& report, const std::string& format) {
  if (format == "console") return paper::console_text(report);
  if (format == "md") return paper::markdown_text(report);
  if (format == "html") return paper_page(report);
  if (format == "json") return paper::json_text(report);
  if (format != "csv")
    return fail(ErrorCode::usage, "unknown report format \"" + format + "\"", "-o",
                "known: console, csv, html, json, md");
  std::ostringstream text;
  if (auto written = write_metrics_csv(report.rows, text); !written) return tl::unexpected(written.error());
  return text.str();
}

Result<std::string> rendered(const HonestPaper& paper, const std::string& format) {
  if (format == "console") return honest_console(paper);
  if (format == "md") return honest_markdown(paper);
  if (format == "json") return honest_json(paper);
  if (format == "csv") return honest_csv(paper);
  return fail(ErrorCode::usage, "unknown report format \"" + format + "\"", "-o",
              "known with --honest: console, csv, json, md");
}

template <class Report>
Result<void> write_all(const Report& report, const Options& options) {
  auto outputs = options.outputs;
  if (options.json) outputs.push_back("json:-");
  if (outputs.empty()) outputs.push_back("console:-");
  for (const auto& output : outputs) {
    auto target = output_target(output);
    if (!target) return tl::unexpected(target.error());
    auto text = rendered(report, target->format);
    if (!text) return tl::unexpected(text.error());
    if (auto written = write_output(target->path, *text); !written) return written;
  }
  return {};
}

/// The study with rent, idle machines and an API of the same size.
int run_honest(const PublishedStudy& study, const paper::Constants& constants, const Options& options) {
  const SystemClock clock;
  const auto record = paper::published_record(study, constants, clock.wall_label());
  if (!record) return report_error(record.error());
  const auto scenario = scenario_of_run(*record, "", options.scenario);
  if (!scenario) return report_error(scenario.error());
  const auto paper = honest_paper(*record, *scenario);
  if (!paper) return report_error(paper.error());
  if (auto written = write_all(*paper, options); !written) return report_error(written.error());
  return 0;
}

int run(const Options& options) {
  const double price = options.api_usd_per_request;
  if (!std::isfinite(price) || price <= 0.0)
    return report_error({ErrorCode::usage, fmt::format("{} USD is no price of a request", price),
                         "--api-usd-per-request", "Give a finite price above 0, such as 0.00125."});
  const auto study = read_published(options.folder, options.mapping);
  if (!study) return report_error(study.error());
  paper::Constants constants;
  constants.api_usd_per_request = options.api_usd_per_request;
  if (options.honest) return run_honest(*study, constants, options);
  if (!options.scenario.empty())
    return report_error(
        {ErrorCode::usage, "the paper's formulas have no scenario", "--scenario", "Add --honest."});
  auto variants = paper::compute(*study, constants);
  if (!variants) return report_error(variants.error());
  auto rows = paper::metric_rows(*variants, study->context, constants);
  auto claims = paper::check_claims(*variants, study->context);
  const paper::PaperReport report{study->context, constants, std::move(*variants), std::move(rows),
                                  std::move(claims)};
  if (auto written = write_all(report, options); !written) return report_error(written.error());
  return 0;
}

}  // namespace

void register_paper(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("paper", "The published study's metrics, re-computed, and its claims, checked");
  command->add_option("TABLES_DIR", options->folder,
                      "Folder of the published tables (default: the shipped ones)");
  command->add_option("--mapping", options->mapping,
                      "Mapping file of the tables (default: the folder's mapping.yaml, else the paper's)");
  command->add_option("-o,--output", options->outputs,
                      "FORMAT:PATH (repeatable; formats: console, csv, html, json, md; - is stdout)");
  command->add_flag("--json", options->json, "The same as -o json:-");
  command
      ->add_option("--api-usd-per-request", options->api_usd_per_request,
                   "API price; the paper's README says 0.005")
      ->capture_default_str();
  command->add_flag("--honest", options->honest,
                    "Break-even with rent, idle machines and an API of the same size, beside the paper's");
  command->add_option("--scenario", options->scenario, "YAML file of assumptions for --honest");
  command->footer(
      "Examples:\n  edgeeval paper\n  edgeeval paper --honest\n  edgeeval paper -o csv:metrics.csv -o "
      "html:paper.html\n"
      "  edgeeval paper tables/ --mapping mapping.yaml --api-usd-per-request 0.005\n"
      "What a mapping file holds: docs/tables.md.");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace edgeeval
