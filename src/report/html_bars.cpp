// SPDX-License-Identifier: Apache-2.0
#include "report/html_bars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

#include "report/html_page.hpp"
#include "report/rows.hpp"

namespace edgeeval::html {
namespace {

constexpr double kBarWidth = 420.0;
constexpr double kBarHeight = 26.0;
constexpr double kLabelWidth = 130.0;

}  // namespace

/// Bars of one metric over the variants of a task, with intervals.
void bars(const StudyReport& report, const std::string& task, const std::string& mode,
          const std::string& metric, const std::string& title, std::ostream& out) {
  double largest = 0.0;
  std::vector<std::pair<const VariantInfo*, const MetricRow*>> shown;
  for (const auto& variant : report.record.variants) {
    const auto* row = find_row(report, variant.id, mode, metric);
    if (variant.task != task || row == nullptr || !row->value) continue;
    shown.emplace_back(&variant, row);
    largest = std::max({largest, row->value->value, row->value->hi.value_or(0.0)});
  }
  if (shown.empty() || largest <= 0.0) return;
  const double height = kBarHeight * static_cast<double>(shown.size());
  out << fmt::format(
      "<figure><figcaption>{}</figcaption><svg class=\"bars\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" "
      "aria-label=\"{}; "
      "the figures stand in the table above\">\n",
      escaped(title), kLabelWidth + kBarWidth + 150.0, height, escaped(title));
  double y = 0.0;
  for (const auto& [variant, row] : shown) {
    const auto x = [&](double value) { return kLabelWidth + kBarWidth * value / largest; };
    const double middle = y + kBarHeight / 2.0;
    out << fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", kLabelWidth - 8.0,
                       middle + 4.0, escaped(variant_name(*variant)));
    out << fmt::format("<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>",
                       kLabelWidth, y + 5.0, x(row->value->value) - kLabelWidth, kBarHeight - 10.0);
    if (row->value->lo && row->value->hi) {
      out << fmt::format(
          "<path class=\"whisker\" d=\"M{:.1f} {:.1f}H{:.1f}M{:.1f} {:.1f}v8M{:.1f} {:.1f}v8\"/>",
          x(*row->value->lo), middle, x(*row->value->hi), x(*row->value->lo), middle - 4.0,
          x(*row->value->hi), middle - 4.0);
    }
    out << fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                       x(std::max(row->value->value, row->value->hi.value_or(0.0))) + 8.0, middle + 4.0,
                       escaped(figure(row)));
    y += kBarHeight;
  }
  out << "</svg></figure>\n";
}

}  // namespace edgeeval::html
