// SPDX-License-Identifier: Apache-2.0
// The fields of each kind of table: their names in mapping files, and where they go. Adding a field is one
// line.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "tables/published_study.hpp"
#include "tables/range.hpp"

namespace edgeeval {

/// A text field of `Row`.
template <class Row>
struct TextField {
  const char* name;
  std::string& (*of)(Row&);
  bool required;
};

/// A numeric field of `Row`.
template <class Row>
struct NumberField {
  const char* name;
  std::optional<double> Row::*member;
  bool required;
  Range range;  ///< What it may be, in the field's unit.
};

/// The fields that name what a row is about; an adaptation has no precision.
template <class Row>
inline constexpr std::array<TextField<Row>, 5> kKeyFields{
    {{"family", [](Row& r) -> std::string& { return r.key.family; }, true},
     {"size", [](Row& r) -> std::string& { return r.key.size; }, true},
     {"method", [](Row& r) -> std::string& { return r.key.method; }, true},
     {"precision", [](Row& r) -> std::string& { return r.key.precision; }, true},
     {"task", [](Row& r) -> std::string& { return r.key.task; }, true}}};

/// Other text fields; none by default.
template <class Row>
inline constexpr std::array<TextField<Row>, 1> kTextFields{
    {{"precision_label", [](Row& r) -> std::string& { return r.precision_label; }, false}}};
template <>
inline constexpr std::array<TextField<AdaptationRow>, 0> kTextFields<AdaptationRow>{};
template <>
inline constexpr std::array<TextField<MergingRow>, 2> kTextFields<MergingRow>{
    {{"precision_label", [](MergingRow& r) -> std::string& { return r.precision_label; }, false},
     {"operation", [](MergingRow& r) -> std::string& { return r.operation; }, true}}};

/// Numeric fields.
template <class Row>
inline constexpr std::array<NumberField<Row>, 0> kNumberFields{};
template <>
inline constexpr std::array<NumberField<ServingRow>, 12> kNumberFields<ServingRow>{
    {{"samples", &ServingRow::samples, true, Range::positive},
     {"tokens", &ServingRow::tokens, false, Range::not_negative},
     {"load_time_s", &ServingRow::load_time_s, true, Range::not_negative},
     {"inference_time_s", &ServingRow::inference_time_s, true, Range::positive},
     {"throughput_tok_per_s", &ServingRow::throughput, true, Range::positive},
     {"ttft_mean_ms", &ServingRow::ttft_mean_ms, false, Range::not_negative},
     {"ttft_median_ms", &ServingRow::ttft_median_ms, false, Range::not_negative},
     {"itl_mean_ms", &ServingRow::itl_mean_ms, false, Range::not_negative},
     {"itl_median_ms", &ServingRow::itl_median_ms, false, Range::not_negative},
     {"energy_j", &ServingRow::energy_j, true, Range::positive},
     {"power_mean_w", &ServingRow::power_mean_w, true, Range::positive},
     {"power_peak_w", &ServingRow::power_peak_w, false, Range::not_negative}}};
template <>
inline constexpr std::array<NumberField<AdaptationRow>, 5> kNumberFields<AdaptationRow>{
    {{"energy_j", &AdaptationRow::energy_j, true, Range::positive},
     {"power_mean_w", &AdaptationRow::power_mean_w, false, Range::positive},
     {"time_s", &AdaptationRow::time_s, false, Range::positive},
     {"rows", &AdaptationRow::rows, false, Range::positive},
     {"boards", &AdaptationRow::boards, false, Range::positive}}};
template <>
inline constexpr std::array<NumberField<MergingRow>, 7> kNumberFields<MergingRow>{
    {{"energy_j", &MergingRow::energy_j, true, Range::positive},
     {"power_mean_w", &MergingRow::power_mean_w, false, Range::positive},
     {"time_s", &MergingRow::time_s, false, Range::positive},
     {"board0_energy_j", &MergingRow::board0_energy_j, false, Range::not_negative},
     {"board0_peak_w", &MergingRow::board0_peak_w, false, Range::not_negative},
     {"board1_energy_j", &MergingRow::board1_energy_j, false, Range::not_negative},
     {"board1_peak_w", &MergingRow::board1_peak_w, false, Range::not_negative}}};
template <>
inline constexpr std::array<NumberField<QualityRow>, 6> kNumberFields<QualityRow>{
    {{"primary_mean", &QualityRow::primary_mean, true, Range::not_negative},
     {"primary_median", &QualityRow::primary_median, false, Range::not_negative},
     {"primary_sd", &QualityRow::primary_sd, false, Range::not_negative},
     {"secondary_mean", &QualityRow::secondary_mean, false, Range::not_negative},
     {"secondary_median", &QualityRow::secondary_median, false, Range::not_negative},
     {"secondary_sd", &QualityRow::secondary_sd, false, Range::not_negative}}};

/// Half of this is the most by which rounding has moved the number at `member`: one unit of the last decimal
/// that its text has, in the field's unit. Nothing where the row was not read from a text.
template <class Row>
[[nodiscard]] std::optional<double> written_step(const Row& row, std::optional<double> Row::*member) {
  static_assert(std::tuple_size_v<decltype(Row::steps)> == kNumberFields<Row>.size());
  for (std::size_t i = 0; i < kNumberFields<Row>.size(); ++i) {
    if (kNumberFields<Row>[i].member == member) return row.steps[i];
  }
  return std::nullopt;
}

}  // namespace edgeeval
