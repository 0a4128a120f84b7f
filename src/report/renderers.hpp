// SPDX-License-Identifier: Apache-2.0
// One function a format.
#pragma once

#include <edgeeval/reporter.hpp>
#include <iosfwd>

namespace edgeeval::render {

void console(const StudyReport& report, bool colour, std::ostream& out);
void csv(const std::vector<MetricRow>& rows, std::ostream& out);
void json(const StudyReport& report, std::ostream& out);
void markdown(const StudyReport& report, std::ostream& out);
void html(const StudyReport& report, std::ostream& out);

}  // namespace edgeeval::render
