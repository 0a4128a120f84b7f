// SPDX-License-Identifier: Apache-2.0
// Every format a study's report comes in. All are pure functions of the report: same record, same bytes.
#pragma once

#include <edgeeval/reporter.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace edgeeval {

struct CostScenario;

/// make_report under `scenario`; where that is an error, nothing is decided and a sentence says why.
[[nodiscard]] StudyReport make_report(RunRecord record, const Result<CostScenario>& scenario);

/// The names of all formats: "console", "csv", "html", "json", "md".
[[nodiscard]] std::vector<std::string> report_formats();

/// The renderer of a format; usage error naming the known ones.
[[nodiscard]] Result<std::unique_ptr<Reporter>> reporter_for(const std::string& format);

/// Writes results.json, metrics.csv, report.md and report.html into the run folder. Errors: disk_full, io.
[[nodiscard]] Result<void> write_reports(const StudyReport& report, const std::filesystem::path& folder);

/// Writes the table, verdict and cautions for a terminal. Errors: io.
[[nodiscard]] Result<void> write_console(const StudyReport& report, bool colour, std::ostream& out);

/// Rows as metrics.csv has them: RFC 4180, numbers to round-trip precision, empty where absent. Errors: io.
[[nodiscard]] Result<void> write_metrics_csv(const std::vector<MetricRow>& rows, std::ostream& out);

}  // namespace edgeeval
