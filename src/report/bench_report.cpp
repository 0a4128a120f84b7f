// SPDX-License-Identifier: Apache-2.0
#include "report/bench_report.hpp"

#include <fmt/format.h>

#include "core/text.hpp"

namespace edgeeval {

bool bench_has_load(const BenchReport& report) {
  // Every load has been checked; cold starts alone have nothing that could be valid.
  return !report.cold_start || !report.validity.checks.empty();
}

std::vector<std::string> bench_formats() { return {"console", "csv", "json", "md", "mlperf"}; }

Result<std::string> bench_as(const std::string& format, const BenchReport& report, bool colour) {
  if (format == "console") return bench_text(report, colour);
  if (format == "md") return bench_markdown(report);
  if (format == "json") return bench_json(report);
  if (format == "csv") return bench_csv(report);
  if (format == "mlperf") return bench_mlperf(report);
  return fail(ErrorCode::usage, fmt::format("unknown format \"{}\"", format), "",
              fmt::format("Formats of a load's report: {}.", join(bench_formats(), ", ")));
}

}  // namespace edgeeval
