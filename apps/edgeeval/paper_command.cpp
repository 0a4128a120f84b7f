// SPDX-License-Identifier: Apache-2.0
#include "paper_command.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "console.hpp"
#include "core/paths.hpp"
#include "output_target.hpp"
#include "paper/paper_report.hpp"
#include "report/report.hpp"
#include "tables/mapping.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

struct Options {
  std::string folder;
  std::string mapping;
  std::vector<std::string> outputs;
  double api_usd_per_request = paper::Constants{}.api_usd_per_request;
};

/// The tables named on the command line, in the published form unless a mapping says otherwise; the shipped
/// ones without.
Result<PublishedStudy> read_study(const Options& options) {
  auto data = data_folder();
  if (!data) return tl::unexpected(data.error());
  const auto shipped = *data / "paper";
  const fs::path folder = options.folder.empty() ? shipped : fs::path(options.folder);
  const fs::path own = options.folder.empty() ? shipped / "mapping.yaml" : shipped / "mapping-original.yaml";
  auto mapping = read_mapping(options.mapping.empty() ? own : fs::path(options.mapping));
  if (!mapping) return tl::unexpected(mapping.error());
  return read_tables(folder, *mapping);
}

Result<std::string> rendered(const paper::PaperReport& report, const std::string& format) {
  if (format == "console") return paper::console_text(report);
  if (format == "md") return paper::markdown_text(report);
  if (format != "csv")
    return fail(ErrorCode::usage, "unknown report format \"" + format + "\"", "-o",
                "known: console, csv, md");
  std::ostringstream text;
  if (auto written = write_metrics_csv(report.rows, text); !written) return tl::unexpected(written.error());
  return text.str();
}

Result<void> write_all(const paper::PaperReport& report, const Options& options) {
  if (options.outputs.empty()) return write_output("-", paper::console_text(report));
  for (const auto& output : options.outputs) {
    auto target = output_target(output);
    if (!target) return tl::unexpected(target.error());
    auto text = rendered(report, target->format);
    if (!text) return tl::unexpected(text.error());
    if (auto written = write_output(target->path, *text); !written) return written;
  }
  return {};
}

int run(const Options& options) {
  const auto study = read_study(options);
  if (!study) return report_error(study.error());
  paper::Constants constants;
  constants.api_usd_per_request = options.api_usd_per_request;
  auto variants = paper::compute(*study, constants);
  if (!variants) return report_error(variants.error());
  auto rows = paper::metric_rows(*variants, study->context, constants);
  auto claims = paper::check_claims(*variants);
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
  command->add_option("--mapping", options->mapping, "Mapping file of the tables (docs/tables.md)");
  command->add_option("-o,--output", options->outputs,
                      "FORMAT:PATH (repeatable; formats: console, csv, md; - is stdout)");
  command
      ->add_option("--api-usd-per-request", options->api_usd_per_request,
                   "API price; the paper's README says 0.005")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->footer("Examples:\n  edgeeval paper\n  edgeeval paper -o csv:metrics.csv -o md:claims.md");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace edgeeval
