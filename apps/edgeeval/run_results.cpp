// SPDX-License-Identifier: Apache-2.0
#include "run_results.hpp"

#include <edgeeval/reporter.hpp>

#include "console.hpp"
#include "core/one_line.hpp"

namespace edgeeval {

Result<ResultSet> read_run_results(const std::string& path) {
  auto results = read_results(path, [](const RunRecord& record) { return make_report(record).rows; });
  if (!results) return results;
  for (const auto& warning : results->record.warnings)
    print_if_possible(stderr, path + ": warning: " + one_line(warning) + "\n");
  return results;
}

}  // namespace edgeeval
