// SPDX-License-Identifier: Apache-2.0
#include "import_command.hpp"

#include <fmt/format.h>

#include <edgeeval/clock.hpp>
#include <edgeeval/record.hpp>
#include <memory>
#include <string>

#include "console.hpp"
#include "paper/published_run.hpp"
#include "report/report.hpp"
#include "tables_source.hpp"

namespace edgeeval {
namespace {

struct Options {
  std::string folder;
  std::string mapping;
  std::string out;
};

/// Writes the record and its reports, as `edgeeval run` leaves them.
Result<void> import(const Options& options) {
  auto study = read_published(options.folder, options.mapping);
  if (!study) return tl::unexpected(study.error());
  const SystemClock clock;
  if (auto done = paper::write_published_run(*study, paper::Constants{}, options.out, clock.wall_label()); !done)
    return done;
  auto record = read_run(options.out);
  if (!record) return tl::unexpected(record.error());
  fmt::print("{}: {} variants in {} stages, every number graded published (†)\n", options.out,
             record->variants.size(), record->stages.size());
  return write_reports(make_report(std::move(*record)), options.out);
}

int run(const Options& options) {
  if (auto done = import(options); !done) return report_error(done.error());
  fmt::print("next: edgeeval report {0}\n      edgeeval audit {0}\n", options.out);
  return 0;
}

}  // namespace

void register_import(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("import", "Turn published tables into a run folder of published numbers");
  command->add_option("TABLES_DIR", options->folder, "Folder of tables (default: the paper's published ones)");
  command->add_option("--mapping", options->mapping,
                      "Mapping file of the tables (default: the folder's mapping.yaml, else the paper's)");
  command->add_option("--out", options->out, "Run folder to make")->required();
  command->footer("Examples:\n  edgeeval import --out runs/paper\n  edgeeval import tables/ --mapping mapping.yaml "
                  "--out runs/theirs\nWhat a mapping file holds: docs/tables.md.");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace edgeeval
