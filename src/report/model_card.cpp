// SPDX-License-Identifier: Apache-2.0
// Variants as metadata of Hugging Face model cards: results, and the emissions of making them in grams
// (huggingface.co/docs/hub/model-cards-co2)
#include <fmt/format.h>

#include <algorithm>
#include <edgeeval/version.hpp>
#include <ostream>
#include <set>

#include "core/json.hpp"
#include "core/one_line.hpp"
#include "core/text.hpp"
#include "decision/decision.hpp"
#include "report/renderers.hpp"
#include "report/rows.hpp"

namespace edgeeval::render {
namespace {

constexpr double kJoulesPerKwh = 3.6e6;

/// Grams of CO2e for a kilowatt-hour, and who says so.
struct Carbon {
  double g_per_kwh = 480.0;
  std::string source = "the world's average of 2023, 480 g/kWh: Ember, Global Electricity Review 2024";
};

Carbon carbon_of(const StudyReport& report) {
  if (!report.decision) return {};
  const auto& assumptions = report.decision->scenario.assumptions;
  const auto found = assumptions.find("carbon_g_per_kwh");
  if (found == assumptions.end() || found->second.spread.value <= 0.0) return {};
  return {
      found->second.spread.value,
      fmt::format("{} g/kWh: {}", format_significant(found->second.spread.value, 4), found->second.source)};
}

/// `text` as a YAML scalar; what JSON quotes YAML reads.
std::string yaml_text(const std::string& text) { return to_line(Json(printable(text))); }

/// The joules of every stage that made a variant, or why they are not known.
struct Making {
  double joules = 0.0;
  std::optional<double> lo = 0.0;
  std::optional<double> hi = 0.0;
  Grade grade = Grade::measured;
  std::string problem;
  bool shared = false;  ///< Whether a stage also made other variants; it is counted whole in each of them.
};

Making making_of(const StudyReport& report, const VariantInfo& variant) {
  static const std::set<std::string> kPhases{"import", "adapt", "merge", "quantize"};
  Making making;
  for (const auto& row : report.ledger) {
    const bool own = std::find(row.variants.begin(), row.variants.end(), variant.id) != row.variants.end();
    if (!own || !kPhases.contains(row.phase)) continue;
    if (!row.gross || !row.missing.empty()) {
      making.problem =
          fmt::format("the energy of {} is not known: {}", row.stage,
                      row.gross ? "no source for " + join(row.missing, ", ") : row.absent_reason);
      return making;
    }
    making.joules += row.gross->value;
    making.grade = weaker(making.grade, row.gross->grade);
    making.shared = making.shared || row.variants.size() > 1;
    making.lo = making.lo && row.gross->lo ? std::optional(*making.lo + *row.gross->lo) : std::nullopt;
    making.hi = making.hi && row.gross->hi ? std::optional(*making.hi + *row.gross->hi) : std::nullopt;
  }
  return making;
}

std::string hardware_of(const RunRecord& record) {
  if (record.sittings.empty()) return {};
  const auto& environment = record.sittings.back().environment;
  const auto cpu = environment.find("cpu");
  if (cpu == environment.end()) return {};
  const auto count = environment.find("logical_cpus");
  return count == environment.end() ? cpu->second
                                    : fmt::format("{} ({} logical CPUs)", cpu->second, count->second);
}

/// co2_eq_emissions: of the adaptation, as the Hub asks for that of training.
std::string emissions(const StudyReport& report, const VariantInfo& variant) {
  if (variant.method == "none") return "# co2_eq_emissions: absent, since nothing was trained here\n";
  const auto making = making_of(report, variant);
  if (!making.problem.empty() || making.joules <= 0.0)
    return "# co2_eq_emissions: absent, " +
           one_line(making.problem.empty() ? "no stage tells its energy" : making.problem) + "\n";
  const auto carbon = carbon_of(report);
  const double to_grams = carbon.g_per_kwh / kJoulesPerKwh;
  auto source = fmt::format("EdgeEval {}: {} J ({}) of import, adaptation, merging and quantization",
                            version(), format_significant(making.joules, 4), to_string(making.grade));
  if (making.lo && making.hi)
    source +=
        fmt::format(", between {} and {} g with the uncertainty of the energy",
                    format_significant(*making.lo * to_grams), format_significant(*making.hi * to_grams));
  source += " x " + carbon.source;
  if (making.shared) source += "; stages shared with other variants are counted whole";
  auto text = fmt::format(
      "co2_eq_emissions:\n  emissions: {}  # grams of CO2e\n  source: {}\n  training_type: \"fine-tuning\"\n",
      format_round_trip(making.joules * to_grams), yaml_text(source));
  text += "  # geographical_location: absent, since a record does not say where it was made\n";
  const auto hardware = hardware_of(report.record);
  text += hardware.empty() ? std::string("  # hardware_used: absent, since the record does not name it\n")
                           : "  hardware_used: " + yaml_text(hardware) + "\n";
  return text;
}

/// The Hub's name of a task of ours.
std::string hub_task(const std::string& task) {
  if (task == "rag") return "question-answering";
  return task == "summ" ? "summarization" : "text-generation";
}

struct HubMetric {
  const char* metric;
  const char* type;  ///< As the Hub knows it.
  const char* name;
};
constexpr HubMetric kMetrics[] = {{"token_f1", "f1", "Token F1"},
                                  {"exact_match", "exact_match", "Exact match"},
                                  {"rouge_l", "rouge", "ROUGE-L"},
                                  {"published_score", "score", "Published score"},
                                  {"j_per_request", "energy_per_request", "Energy per request (J)"},
                                  {"output_tok_per_s", "throughput", "Output throughput (tok/s)"}};

std::string metrics_of(const StudyReport& report, const VariantInfo& variant) {
  std::string text;
  for (const auto& metric : kMetrics) {
    const auto* row = find_row(report, variant.id, "observed", metric.metric);
    if (row == nullptr || !row->value) continue;
    auto name = std::string(metric.name);
    const auto interval = interval_text(*row->value);
    // The range of a model has no probability.
    const bool model = row->value->grade == Grade::modelled;
    if (!interval.empty()) name += (model ? ", range of the model " : ", 95 % interval ") + interval;
    if (row->value->grade > Grade::computed) name += fmt::format(", {}", to_string(row->value->grade));
    text += fmt::format("    - type: {}\n      value: {}\n      name: {}\n", metric.type,
                        format_round_trip(row->value->value), yaml_text(name));
  }
  return text;
}

std::string card_of(const StudyReport& report, const VariantInfo& variant) {
  auto text = emissions(report, variant);
  const auto metrics = metrics_of(report, variant);
  if (metrics.empty()) {
    text += "# model-index: absent, since nothing of this variant was measured\n";
  } else {
    text += fmt::format(
        "model-index:\n- name: {}\n  results:\n  - task:\n      type: {}\n    dataset:\n      name: {}\n     "
        " type: {}\n"
        "    metrics:\n{}",
        yaml_text(variant.id), hub_task(variant.task), yaml_text(variant.task), yaml_text(variant.task),
        metrics);
  }
  return text + "# absent: license, base_model, language: EdgeEval does not know them\n";
}

}  // namespace

void model_card(const StudyReport& report, std::ostream& out) {
  // One variant is the head of a README.md as it stands; several are a stream of YAML documents.
  for (const auto& variant : report.record.variants) {
    out << "---\n";
    if (report.record.variants.size() > 1) out << "# " << one_line(variant.id) << "\n";
    out << card_of(report, variant);
  }
  out << "---\n";
}

}  // namespace edgeeval::render
