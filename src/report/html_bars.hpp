// SPDX-License-Identifier: Apache-2.0
// Bars as an SVG picture, for pages without their script.
#pragma once

#include <edgeeval/reporter.hpp>
#include <iosfwd>
#include <string>

namespace edgeeval::html {

/// Bars of one metric over the variants of a task, with intervals; nothing where no variant has the figure.
void bars(const StudyReport& report, const std::string& task, const std::string& mode,
          const std::string& metric, const std::string& title, std::ostream& out);

}  // namespace edgeeval::html
