// SPDX-License-Identifier: Apache-2.0
// What the hardware allows.
#include <fmt/format.h>

#include <algorithm>

#include "audit/checks.hpp"
#include "audit/support.hpp"
#include "economics/paper_formulas.hpp"

namespace edgeeval::audit {
namespace {

struct Limits {
  double read_w;  ///< Of the boards that the sensor loop reads.
  double all_w;   ///< Of all boards.
};

/// Rows whose power lies above `limit`, as one finding.
Finding over_limit(Severity severity, const char* meaning) {
  return {"power-limit", severity, "", meaning, {}};
}

void put(Outcome& outcome, Finding finding, const std::string& what) {
  if (finding.evidence.empty()) return;
  finding.title = fmt::format("{} in {} rows", what, finding.evidence.size());
  outcome.findings.push_back(std::move(finding));
}

std::string boards_text(double boards) {
  return boards == 1.0 ? "the one board" : fmt::format("the {:.0f} boards", boards);
}

/// Adaptation and merging know how many boards they used.
/// Returns how many rows have a mean power.
std::size_t stage_power(const PublishedStudy& study, double board_w, double boards, Finding& over) {
  std::size_t rows = 0;
  for (const auto& row : study.adaptation) {
    rows += row.power_mean_w ? 1 : 0;
    const double limit = board_w * row.boards.value_or(boards);
    if (row.power_mean_w && *row.power_mean_w > limit)
      over.evidence.push_back(evidence(row, fmt::format("mean {} W over {} W", *row.power_mean_w, limit)));
  }
  for (const auto& row : study.merging) {
    rows += row.power_mean_w ? 1 : 0;
    if (row.power_mean_w && *row.power_mean_w > board_w * boards)
      over.evidence.push_back(
          evidence(row, fmt::format("mean {} W over {} W", *row.power_mean_w, board_w * boards)));
  }
  return rows;
}

/// Bytes of weights that each decoding step must read at least, in the paper's nominal gigabytes.
std::optional<double> weights_gb(const CellKey& key) { return paper::nominal_gb(key.size, key.precision); }

}  // namespace

Outcome check_power_limit(const Subject& subject) {
  const auto& context = subject.study.context;
  if (!context.board_power_limit_w) return skipped("the context gives no board_power_limit_w");
  const double boards = context.boards.value_or(1.0);
  const double read = context.boards_read.value_or(boards);
  const Limits limits{*context.board_power_limit_w * read, *context.board_power_limit_w * boards};
  auto unread = over_limit(Severity::error,
                           "A loop that reads so few boards cannot have returned these means: other code made "
                           "these figures, or the sum over boards was taken elsewhere.");
  auto impossible = over_limit(Severity::error, "No window of seconds averages above the boards' own limit.");
  auto peaks = over_limit(Severity::warning, "Peaks may pass a limit for milliseconds; a polled reading that "
                                             "does so is rare and asks for the raw samples.");
  std::size_t rows = 0;
  for (const auto& row : subject.study.serving) {
    rows += row.power_mean_w || row.power_peak_w ? 1 : 0;
    if (row.power_mean_w && *row.power_mean_w > limits.all_w) {
      impossible.evidence.push_back(
          evidence(row, fmt::format("mean {} W over {} W", *row.power_mean_w, limits.all_w)));
    } else if (row.power_mean_w && *row.power_mean_w > limits.read_w) {
      unread.evidence.push_back(
          evidence(row, fmt::format("mean {} W over {} W", *row.power_mean_w, limits.read_w)));
    }
    if (row.power_peak_w && *row.power_peak_w > limits.all_w)
      peaks.evidence.push_back(evidence(row, fmt::format("peak {} W over {} W", *row.power_peak_w, limits.all_w)));
  }
  rows += stage_power(subject.study, *context.board_power_limit_w, boards, impossible);
  if (rows == 0) return skipped("no row gives a power");
  Outcome outcome;
  put(outcome, std::move(impossible), fmt::format("mean power above the limit of {}", boards_text(boards)));
  put(outcome, std::move(unread),
      fmt::format("mean power above {:.0f} W, the limit of {} that the published sensor loop reads,",
                  limits.read_w, boards_text(read)));
  put(outcome, std::move(peaks),
      fmt::format("peak power above {:.0f} W, the limit of {},", limits.all_w, boards_text(boards)));
  const auto& study = subject.study;
  return over_rows(std::move(outcome), rows,
                   study.serving.size() + study.adaptation.size() + study.merging.size());
}

Outcome check_memory(const Subject& subject) {
  const auto& context = subject.study.context;
  if (!context.board_memory_gb) return skipped("the context gives no board_memory_gb");
  const double capacity = *context.board_memory_gb * context.boards.value_or(1.0);
  Finding finding{"memory", Severity::error, "", "Weights alone do not fit where they are said to have run.", {}};
  std::size_t rows = 0;
  for (const auto& row : subject.study.serving) {
    const auto gb = weights_gb(row.key);
    rows += gb ? 1 : 0;
    if (gb && *gb > capacity)
      finding.evidence.push_back(evidence(row, fmt::format("{} GB of weights, {} GB of memory", *gb, capacity)));
  }
  if (rows == 0) return skipped("no serving row names a size and a precision");
  if (finding.evidence.empty()) return over_rows(clean(), rows, subject.study.serving.size());
  finding.title = fmt::format("{} rows hold more weights than the boards' {} GB", finding.evidence.size(), capacity);
  return over_rows(found(std::move(finding)), rows, subject.study.serving.size());
}

Outcome check_window_resolution(const Subject& subject) {
  const auto& period = subject.study.context.sensor_period_s;
  if (!period) return skipped("the context gives no sensor_period_s");
  constexpr double kEdges = 0.05;
  Finding finding{"window-resolution", Severity::warning, "", "", {}};
  std::size_t rows = 0;
  for (const auto& row : subject.study.serving) {
    if (!row.energy_j || !row.inference_time_s || *row.inference_time_s <= 0.0) continue;
    ++rows;
    const double edges = 2.0 * *period / *row.inference_time_s;
    if (edges <= kEdges) continue;
    finding.evidence.push_back(evidence(row, fmt::format("{} s: up to ±{:.1f} % from its two ends",
                                                         *row.inference_time_s, 100.0 * edges)));
  }
  if (rows == 0) return skipped("no serving row has energy and time");
  if (finding.evidence.empty()) return over_rows(clean(), rows, subject.study.serving.size());
  finding.title = fmt::format("{} energy windows are shorter than {:.0f} periods of the sensor ({} s)",
                              finding.evidence.size(), 2.0 / kEdges, *period);
  finding.meaning = fmt::format(
      "A value that is refreshed every {} s leaves each end of a window open by one period: over {:.0f} % of "
      "these energies is not resolved. Windows of {:.0f} s or more would be.",
      *period, 100.0 * kEdges, 2.0 * *period / kEdges);
  return over_rows(found(std::move(finding)), rows, subject.study.serving.size());
}

Outcome check_roofline(const Subject& subject) {
  const auto& context = subject.study.context;
  if (!context.memory_bandwidth_gb_per_s) return skipped("the context gives no memory_bandwidth_gb_per_s");
  const double bandwidth = *context.memory_bandwidth_gb_per_s * context.boards.value_or(1.0);
  Finding finding{"roofline", Severity::error, "",
                  "Each step of decoding reads all weights once; faster than memory is not possible.", {}};
  std::size_t rows = 0;
  for (const auto& row : subject.study.serving) {
    const auto gb = weights_gb(row.key);
    if (!gb || (!row.itl_mean_ms && !(row.throughput && row.samples))) continue;
    ++rows;
    const double step_ms = 1e3 * *gb / bandwidth;
    if (row.itl_mean_ms && *row.itl_mean_ms < step_ms) {
      finding.evidence.push_back(
          evidence(row, fmt::format("{} ms between tokens; reading {} GB at {} GB/s takes {:.2f} ms",
                                    *row.itl_mean_ms, *gb, bandwidth, step_ms)));
    } else if (row.throughput && row.samples && *row.throughput > *row.samples * 1e3 / step_ms) {
      finding.evidence.push_back(evidence(
          row, fmt::format("{} tok/s; {:.0f} requests at {:.2f} ms a step give {:.0f} at most", *row.throughput,
                           *row.samples, step_ms, *row.samples * 1e3 / step_ms)));
    }
  }
  if (rows == 0) return skipped("no serving row has a size and a time between tokens or a throughput");
  if (finding.evidence.empty()) return over_rows(clean(), rows, subject.study.serving.size());
  finding.title = fmt::format("{} rows are faster than the memory of the boards allows", finding.evidence.size());
  return over_rows(found(std::move(finding)), rows, subject.study.serving.size());
}

}  // namespace edgeeval::audit
