// SPDX-License-Identifier: Apache-2.0
#include "audit_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <edgeeval/record.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "audit/audit.hpp"
#include "audit/audit_text.hpp"
#include "console.hpp"
#include "core/one_line.hpp"
#include "output_target.hpp"
#include "tables_source.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

struct Options {
  std::vector<std::string> paths;
  std::string mapping;
  std::vector<std::string> outputs;
  std::string fail_on = "never";
  std::size_t rows = 3;
  bool list = false;
  bool markdown = false;
  bool json = false;
};

bool is_run(const fs::path& path) {
  std::error_code ignored;
  // A broken link is a run that lacks its record, not a folder of tables.
  return fs::exists(fs::symlink_status(path / "record.jsonl", ignored));
}

/// Reads a run folder or a folder of tables; the shipped tables for an empty path.
Result<audit::Subject> read_subject(const std::string& path, const std::string& mapping) {
  if (!path.empty() && is_run(path)) {
    auto record = read_run(path);
    if (!record) return tl::unexpected(record.error());
    for (const auto& warning : record->warnings)
      print_if_possible(stderr, path + ": warning: " + one_line(warning) + "\n");
    return audit::subject_of(std::move(*record), path);
  }
  auto study = read_published(path, mapping);
  if (!study) {
    auto error = study.error();
    if (!path.empty() && error.hint.empty())
      error.hint =
          "PATH is a run folder (with record.jsonl) or a folder of tables; docs/tables.md tells how a "
          "mapping file reads tables of any form.";
    return tl::unexpected(error);
  }
  return audit::subject_of(std::move(*study));
}

Result<std::string> rendered(const std::vector<audit::AuditReport>& reports, const std::string& format,
                             std::size_t rows) {
  if (format == "json") return audit::json_text(reports);
  if (format != "console" && format != "md")
    return fail(ErrorCode::usage, "unknown audit format \"" + format + "\"", "-o",
                "known: console, json, md");
  std::string text;
  for (const auto& report : reports) {
    if (!text.empty()) text += "\n";
    text += format == "md" ? audit::markdown_text(report) : audit::console_text(report, rows);
  }
  return text;
}

Result<void> write_all(const std::vector<audit::AuditReport>& reports, const Options& options) {
  auto outputs = options.outputs;
  if (options.json) outputs.push_back("json:-");
  if (outputs.empty()) outputs.push_back("console:-");
  for (const auto& output : outputs) {
    auto target = output_target(output);
    if (!target) return tl::unexpected(target.error());
    auto text = rendered(reports, target->format, options.rows);
    if (!text) return tl::unexpected(text.error());
    if (auto written = write_output(target->path, *text); !written) return written;
  }
  return {};
}

/// Findings at least as grave as the user's limit.
std::size_t count_failing(const std::vector<audit::AuditReport>& reports, const std::string& fail_on) {
  const auto limit = audit::severity_from(fail_on);
  if (!limit) return 0;
  std::size_t failing = 0;
  for (const auto& report : reports) {
    failing += static_cast<std::size_t>(std::count_if(report.findings.begin(), report.findings.end(),
                                                      [&](const auto& f) { return f.severity <= *limit; }));
  }
  return failing;
}

int run(const Options& options) {
  if (options.list) {
    fmt::print("{}", options.markdown ? audit::detectors_markdown() : audit::detectors_text());
    return 0;
  }
  auto paths = options.paths;
  if (paths.empty()) paths.emplace_back();
  std::vector<audit::AuditReport> reports;
  for (const auto& path : paths) {
    const auto subject = read_subject(path, options.mapping);
    if (!subject) return report_error(subject.error());
    reports.push_back(audit::audit(*subject));
  }
  if (auto written = write_all(reports, options); !written) return report_error(written.error());
  const auto failing = count_failing(reports, options.fail_on);
  return failing == 0 ? 0 : exit_code(ErrorCode::findings);
}

}  // namespace

void register_audit(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("audit",
                         "Whether a study's figures agree with each other, with physics, and with "
                         "what is concluded from them");
  command->add_option("PATH", options->paths,
                      "Run folders, or folders of tables (default: the paper's published tables)");
  command->add_option("--mapping", options->mapping,
                      "Mapping file of the tables (default: the folder's mapping.yaml, else the paper's)");
  command->add_option("-o,--output", options->outputs,
                      "FORMAT:PATH (repeatable; formats: console, json, md; - is stdout)");
  auto* json = command->add_flag("--json", options->json, "The same as -o json:-");
  command->add_option("--rows", options->rows, "Rows shown of each finding on the console")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command->add_option("--fail-on", options->fail_on, "Exit with 19 where a finding is at least this grave")
      ->check(CLI::IsMember({"never", "error", "warning", "note"}))
      ->capture_default_str();
  auto* list = command->add_flag("--list", options->list, "List the detectors: rule and risk of false alarm");
  command->add_flag("--markdown", options->markdown, "With --list: as docs/audit.md")
      ->needs(list)
      ->excludes(json);
  command->footer(
      "Examples:\n  edgeeval audit\n  edgeeval audit runs/quickstart-20260101-120000 -o md:audit.md\n"
      "  edgeeval audit tables/ --mapping mapping.yaml --fail-on error\n"
      "A finding says that figures ask for an explanation, not that anybody did wrong.");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace edgeeval
