// SPDX-License-Identifier: Apache-2.0
// The sections of a study's page that hold what was measured: tables of variants, life cycle, failures,
// details, method.
#pragma once

#include <edgeeval/reporter.hpp>
#include <iosfwd>

namespace edgeeval::html {

/// What a reader must know before quoting a figure.
void careful_section(const StudyReport& report, std::ostream& out);

/// The variants of each task as tables, with places for charts of quality against cost, energy and latency.
void variants_section(const StudyReport& report, std::ostream& out);

/// Quality of quantized variants against their FP16 variant.
void fidelity_section(const StudyReport& report, std::ostream& out);

/// Energy of each phase by variant, and every stage with its interval.
void life_cycle_section(const StudyReport& report, std::ostream& out);

/// What failed, what was cut off, what was not read.
void failures_section(const StudyReport& report, std::ostream& out);

/// Every figure and the first answers of each variant, closed until asked for.
void details_section(const StudyReport& report, std::ostream& out);

/// Machine, settings and prices; metrics with their formulas; the raw files.
void grounds_section(const StudyReport& report, std::ostream& out);

}  // namespace edgeeval::html
