// SPDX-License-Identifier: Apache-2.0
// The decision in a report: made, and as the table and lines that console and Markdown share.
#pragma once

#include <edgeeval/reporter.hpp>
#include <edgeeval/result.hpp>
#include <string>
#include <vector>

#include "decision/scenario.hpp"
#include "report/text_table.hpp"

namespace edgeeval {

/// Decides the report's record under `scenario` and adds the decision's rows, each variant's after its
/// others; where `scenario` is an error, a sentence in `careful` says why nothing is decided.
void add_decision(StudyReport& report, const Result<CostScenario>& scenario);

/// The decision on the variants of `task`: decision, probability, floor, break-even, cost.
[[nodiscard]] TextTable decision_table(const StudyReport& report, const std::string& task);

/// The decision on each task's best variant in a few words: "rag: call the API (LoRA INT4, P local cheaper 0
/// %, …)".
[[nodiscard]] std::string decision_line(const StudyReport& report);

/// "10,000 requests a day; device vm-2cpu; api llama-3.1-8b …": what the decision assumes, in one line.
[[nodiscard]] std::string assumption_line(const StudyReport& report);

/// The inputs that move the decision most, most first: "Rent (USD/h): −120 USD to +400 USD".
[[nodiscard]] std::vector<std::string> lever_lines(const StudyReport& report, const std::string& task,
                                                   std::size_t count);

}  // namespace edgeeval
