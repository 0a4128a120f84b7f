// SPDX-License-Identifier: Apache-2.0
#include "report/rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace edgeeval {

const MetricRow* find_row(const StudyReport& report, const std::string& variant, const std::string& mode,
                          const std::string& metric) {
  const auto found = std::find_if(report.rows.begin(), report.rows.end(), [&](const MetricRow& row) {
    return row.variant == variant && row.mode == mode && row.metric == metric;
  });
  return found == report.rows.end() ? nullptr : &*found;
}

std::string sign_of(Grade grade) {
  switch (grade) {
    case Grade::modelled:
      return "~";
    case Grade::published:
      return "†";
    case Grade::assumed:
      return "*";
    case Grade::measured:
    case Grade::computed:
      break;
  }
  return "";
}

std::string figure(const MetricRow* row, int digits) {
  if (row == nullptr || !row->value) return row != nullptr && row->flag == "never" ? "never" : "–";
  return sign_of(row->value->grade) + format_significant(row->value->value, digits);
}

std::string interval_text(const Fact& fact, int digits) {
  if (!fact.lo && !fact.hi) return {};
  return fmt::format("[{}, {}]", fact.lo ? format_significant(*fact.lo, digits) : "−∞",
                     fact.hi ? format_significant(*fact.hi, digits) : "∞");
}

std::string figure_with_interval(const MetricRow* row, int digits) {
  auto text = figure(row, digits);
  if (row == nullptr || !row->value) return text;
  const auto interval = interval_text(*row->value, digits);
  return interval.empty() ? text : text + " " + interval;
}

bool several_models(const StudyReport& report) {
  const auto& variants = report.record.variants;
  return std::any_of(variants.begin(), variants.end(),
                     [&](const VariantInfo& v) { return v.model != variants.front().model; });
}

std::string variant_name(const VariantInfo& variant) {
  const std::string method =
      variant.method == "none"
          ? "base"
          : (variant.method == "lora" ? "LoRA" : (variant.method == "qlora" ? "QLoRA" : variant.method));
  auto precision = variant.precision;
  if (precision != "merged")
    std::transform(precision.begin(), precision.end(), precision.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return method + " " + precision;
}

std::string full_name(const StudyReport& report, const VariantInfo& variant) {
  return several_models(report) ? variant.model + " " + variant_name(variant) : variant_name(variant);
}

}  // namespace edgeeval
