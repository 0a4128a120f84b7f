// SPDX-License-Identifier: Apache-2.0
// Figures that must agree with each other, whatever was measured.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "audit/checks.hpp"
#include "audit/support.hpp"

namespace edgeeval::audit {
namespace {

/// Deviations that two loops of one script may show; above, a reader's own sums do not come out.
constexpr double kTolerated = 0.01;
/// Deviations that no rounding and no loop explains.
constexpr double kContradiction = 0.05;

struct Deviation {
  Evidence row;
  double relative = 0.0;
};

/// Deviations beyond `kTolerated`, largest first, as a finding; its severity follows the largest. `rows` had
/// all figures, of `of`.
Outcome from_deviations(const char* detector, const char* identity, const char* meaning,
                        std::vector<Deviation> deviations, std::size_t rows, std::size_t of) {
  if (deviations.empty()) return over_rows(clean(), rows, of);
  std::stable_sort(deviations.begin(), deviations.end(), [](const Deviation& a, const Deviation& b) {
    return std::abs(a.relative) > std::abs(b.relative);
  });
  const double worst = std::abs(deviations.front().relative);
  Finding finding{detector,
                  worst > kContradiction ? Severity::error : Severity::warning,
                  fmt::format("{} fails in {} of {} rows, by up to {:.1f} %", identity, deviations.size(),
                              rows, 100.0 * worst),
                  meaning,
                  {}};
  for (auto& deviation : deviations) finding.evidence.push_back(std::move(deviation.row));
  return over_rows(found(std::move(finding)), rows, of);
}

bool deviates(double relative, double rounding) { return std::abs(relative) > kTolerated + rounding; }

/// Checks energy = mean power × time over rows with all three.
template <class Row>
void energy_deviations(const std::vector<Row>& rows, std::vector<Deviation>& deviations, std::size_t& seen) {
  for (const auto& row : rows) {
    if (!row.energy_j || !row.power_mean_w || !row.time_s || *row.energy_j == 0.0) continue;
    ++seen;
    const double product = *row.power_mean_w * *row.time_s;
    const double relative = product / *row.energy_j - 1.0;
    if (!deviates(relative, rounding_error(row, {&Row::energy_j, &Row::power_mean_w, &Row::time_s})))
      continue;
    deviations.push_back(
        {evidence(row, fmt::format("{} J against {} W × {} s = {:.2f} J ({:+.1f} %)", *row.energy_j,
                                   *row.power_mean_w, *row.time_s, product, 100.0 * relative)),
         relative});
  }
}

/// Rows of the serving table by the window that their energy and mean power agree with.
struct Windows {
  std::vector<Evidence> inference_only;
  std::vector<Deviation> neither;
  std::vector<double> growth;  ///< Energy over the whole window ÷ over the inference alone.
  std::size_t rows = 0;
};

Windows sort_by_window(const PublishedStudy& study) {
  const bool holds_load = study.context.window_holds_load.value_or(false);
  Windows windows;
  for (const auto& row : study.serving) {
    if (!row.energy_j || !row.power_mean_w || !row.inference_time_s || *row.energy_j == 0.0) continue;
    if (*row.power_mean_w <= 0.0 || *row.inference_time_s <= 0.0) continue;
    // Without the load's time the whole window is not known; it is not zero.
    if (holds_load && !row.load_time_s) continue;
    ++windows.rows;
    const double whole = *row.inference_time_s + (holds_load ? row.load_time_s.value_or(0.0) : 0.0);
    const double of_whole = *row.power_mean_w * whole / *row.energy_j - 1.0;
    const double of_inference = *row.power_mean_w * *row.inference_time_s / *row.energy_j - 1.0;
    const double rounding = rounding_error(
        row, {&ServingRow::energy_j, &ServingRow::power_mean_w, &ServingRow::inference_time_s});
    if (!deviates(of_whole, rounding)) continue;
    const auto text =
        fmt::format("{} J against {} W × {} s = {:.2f} J ({:+.2f} %)", *row.energy_j, *row.power_mean_w,
                    *row.inference_time_s, *row.power_mean_w * *row.inference_time_s, 100.0 * of_inference);
    if (holds_load && !deviates(of_inference, rounding)) {
      windows.growth.push_back(whole / *row.inference_time_s);
      windows.inference_only.push_back(
          evidence(row, fmt::format("{}; the load took another {} s", text, row.load_time_s.value_or(0.0))));
    } else {
      windows.neither.push_back({evidence(row, text), of_whole});
    }
  }
  return windows;
}

}  // namespace

Outcome check_serving_energy(const Subject& subject) {
  auto windows = sort_by_window(subject.study);
  if (windows.rows == 0) return skipped("no serving row has energy, mean power and time");
  Outcome outcome = from_deviations(
      "serving-energy", "serving energy = mean power × time",
      "Energy, power and time cannot come from one window; which of the three is wrong cannot be told.",
      std::move(windows.neither), windows.rows, subject.study.serving.size());
  if (windows.inference_only.empty()) return outcome;
  std::sort(windows.growth.begin(), windows.growth.end());
  const double median = windows.growth[windows.growth.size() / 2];
  outcome.findings.push_back(
      {"serving-energy", Severity::error,
       fmt::format("energy equals mean power × inference time in {} of {} rows, though the published window "
                   "also covers the load",
                   windows.inference_only.size(), windows.rows),
       fmt::format("These figures were not written by the procedure that is said to have made them. At the "
                   "same mean power the whole window would hold {:.2f} times the energy (median).",
                   median),
       std::move(windows.inference_only)});
  return outcome;
}

Outcome check_stage_energy(const Subject& subject) {
  std::vector<Deviation> deviations;
  std::size_t rows = 0;
  energy_deviations(subject.study.adaptation, deviations, rows);
  energy_deviations(subject.study.merging, deviations, rows);
  if (rows == 0) return skipped("no adaptation or merging row has energy, mean power and time");
  return from_deviations("stage-energy", "energy = mean power × time",
                         "Energy, power and time of these rows cannot come from one window.",
                         std::move(deviations), rows,
                         subject.study.adaptation.size() + subject.study.merging.size());
}

Outcome check_board_sum(const Subject& subject) {
  std::vector<Deviation> deviations;
  std::size_t rows = 0;
  for (const auto& row : subject.study.merging) {
    if (!row.energy_j || !row.board0_energy_j || !row.board1_energy_j || *row.energy_j == 0.0) continue;
    ++rows;
    const double sum = *row.board0_energy_j + *row.board1_energy_j;
    const double relative = sum / *row.energy_j - 1.0;
    if (!deviates(relative, rounding_error(row, {&MergingRow::energy_j, &MergingRow::board0_energy_j})))
      continue;
    deviations.push_back(
        {evidence(row, fmt::format("{} J against {} J + {} J = {:.2f} J ({:+.1f} %)", *row.energy_j,
                                   *row.board0_energy_j, *row.board1_energy_j, sum, 100.0 * relative)),
         relative});
  }
  if (rows == 0) return skipped("no row gives the energy of each board");
  return from_deviations("board-sum", "energy = sum over the boards",
                         "The total and its parts were not read over the same window.", std::move(deviations),
                         rows, subject.study.merging.size());
}

Outcome check_throughput(const Subject& subject) {
  std::vector<Deviation> deviations;
  std::size_t rows = 0;
  for (const auto& row : subject.study.serving) {
    if (!row.throughput || !row.tokens || !row.inference_time_s || *row.inference_time_s <= 0.0) continue;
    if (*row.throughput == 0.0) continue;
    ++rows;
    const double ratio = *row.tokens / *row.inference_time_s;
    const double relative = ratio / *row.throughput - 1.0;
    if (!deviates(relative, rounding_error(row, {&ServingRow::throughput, &ServingRow::inference_time_s})))
      continue;
    deviations.push_back(
        {evidence(row,
                  fmt::format("{} tok/s against {} tok ÷ {} s = {:.2f} tok/s ({:+.1f} %)", *row.throughput,
                              *row.tokens, *row.inference_time_s, ratio, 100.0 * relative)),
         relative});
  }
  if (rows == 0) return skipped("no serving row has throughput, tokens and time");
  return from_deviations("throughput", "throughput = tokens ÷ time",
                         "Throughput counts other tokens or another time than the columns beside it.",
                         std::move(deviations), rows, subject.study.serving.size());
}

Outcome check_mean_in_range(const Subject& subject) {
  Finding finding{
      "mean-in-range", Severity::error, "", "A mean cannot lie above the maximum of its values.", {}};
  std::size_t rows = 0;
  for (const auto& row : subject.study.serving) {
    if (!row.power_mean_w || !row.power_peak_w) continue;
    ++rows;
    // Both are rounded: a constant power may show its mean half a step above its peak on each side.
    const double slack =
        (rounding_step(row, &ServingRow::power_mean_w) + rounding_step(row, &ServingRow::power_peak_w)) / 2.0;
    if (*row.power_mean_w <= *row.power_peak_w + slack) continue;
    finding.evidence.push_back(
        evidence(row, fmt::format("mean {} W, peak {} W", *row.power_mean_w, *row.power_peak_w)));
  }
  for (const auto& row : subject.study.merging) {
    if (!row.power_mean_w || !row.board0_peak_w || !row.board1_peak_w) continue;
    ++rows;
    const double peaks = *row.board0_peak_w + *row.board1_peak_w;
    const double slack =
        rounding_step(row, &MergingRow::power_mean_w) / 2.0 +
        (rounding_step(row, &MergingRow::board0_peak_w) + rounding_step(row, &MergingRow::board1_peak_w)) /
            2.0;
    if (*row.power_mean_w <= peaks + slack) continue;
    finding.evidence.push_back(evidence(
        row, fmt::format("mean {} W, peaks of the boards {:.2f} W together", *row.power_mean_w, peaks)));
  }
  if (rows == 0) return skipped("no row has both a mean and a peak");
  const auto of = subject.study.serving.size() + subject.study.merging.size();
  if (finding.evidence.empty()) return over_rows(clean(), rows, of);
  finding.title =
      fmt::format("mean power lies above peak power in {} of {} rows", finding.evidence.size(), rows);
  return over_rows(found(std::move(finding)), rows, of);
}

}  // namespace edgeeval::audit
