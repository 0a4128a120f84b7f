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
/// Stages and variants as test cases.
void junit(const StudyReport& report, std::ostream& out);
/// llm-d-benchmark's benchmark report 0.2.1: one variant as JSON, several as a stream of YAML documents.
void llmd(const StudyReport& report, std::ostream& out);
/// Metadata of Hugging Face model cards: one variant as the head of a README.md, several as YAML documents.
void model_card(const StudyReport& report, std::ostream& out);

}  // namespace edgeeval::render
