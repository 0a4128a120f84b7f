// SPDX-License-Identifier: Apache-2.0
// Questions asked of any study's figures: do they agree with each other, with physics, and with what is
// concluded from them?
#pragma once

#include <cstddef>
#include <edgeeval/metrics.hpp>
#include <edgeeval/record.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tables/published_study.hpp"

namespace edgeeval::audit {

/// How grave a finding is.
enum class Severity {
  error,    ///< Figures contradict each other, physics, or the procedure said to have made them.
  warning,  ///< A conclusion drawn from the figures does not follow from them.
  note,     ///< A reader should know it before quoting.
};
/// "error", "warning", "note".
[[nodiscard]] std::string_view to_string(Severity severity);
/// The severity of that name, or nothing.
[[nodiscard]] std::optional<Severity> severity_from(std::string_view name);

/// One row that a finding rests on.
struct Evidence {
  Place place;       ///< File and line; line 0 where a whole file, mapping or record speaks.
  std::string what;  ///< "Llama-1B LoRA INT4 rag".
  std::string text;  ///< The values, with units.
};

/// One thing found.
struct Finding {
  std::string detector;  ///< Id of the detector.
  Severity severity = Severity::note;
  std::string title;               ///< What is so, with the figures.
  std::string meaning;             ///< What it would mean for a reader.
  std::vector<Evidence> evidence;  ///< Every row, gravest first where they differ.
};

/// A check that could not be made, and why.
struct Skipped {
  std::string detector;
  std::string reason;  ///< "the context gives no board_power_limit_w"
};

/// A check that could be made of some rows alone: the others lack a figure that it needs, or give it
/// too coarsely.
struct Partial {
  std::string detector;
  std::size_t rows = 0;  ///< Looked at.
  std::size_t of = 0;    ///< All of the tables or pairs that it asks about.
};

/// What is audited: a study's tables, the metrics computed from them, and the run where it is one of ours.
struct Subject {
  std::string name;
  PublishedStudy study;
  std::vector<MetricRow> rows;   ///< With flags; empty where the metrics could not be computed.
  std::string why_no_metrics;    ///< Set where `rows` is empty.
  std::optional<RunRecord> run;  ///< The record, where the subject is a run folder.
};

/// What an audit yields.
struct AuditReport {
  std::string name;
  StudyContext context;
  std::size_t rows = 0;           ///< Table rows looked at.
  std::vector<Finding> findings;  ///< Gravest first, then in the order of the detectors.
  std::vector<Skipped> skipped;
  std::vector<Partial> partial;  ///< In the order of the detectors.
  std::size_t detectors = 0;     ///< Detectors that exist.
};

/// What one detector has to say.
struct Outcome {
  std::vector<Finding> findings;
  std::string skipped;   ///< Why it could not look; empty where it did.
  std::size_t rows = 0;  ///< Rows that had all it needs.
  std::size_t of = 0;    ///< Rows that it asks about; 0 where it does not go by rows.
};

/// One kind of question.
struct Detector {
  const char* id;
  const char* rule;             ///< When it reports, and how gravely.
  const char* false_positives;  ///< When honest figures would trip it.
  Outcome (*look)(const Subject&);
};

/// All detectors, in the order of reports.
[[nodiscard]] const std::vector<Detector>& detectors();

/// The tables with the published metrics computed from them.
[[nodiscard]] Subject subject_of(PublishedStudy study);
/// A run of our own in the same form: one row a served, adapted and scored variant, places named by stage.
[[nodiscard]] Subject subject_of(RunRecord record, std::string name);

/// Asks every detector. Deterministic; opens no file.
[[nodiscard]] AuditReport audit(const Subject& subject);

}  // namespace edgeeval::audit
