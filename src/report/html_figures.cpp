// SPDX-License-Identifier: Apache-2.0
#include "report/html_figures.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/text.hpp"
#include "decision/decision_words.hpp"

namespace edgeeval::html {
namespace {

/// In hours, days or years; ∞ where there is none.
std::string time_text(const std::optional<double>& seconds) {
  if (!seconds) return "∞";
  const double days = *seconds / 86400.0;
  if (days < 2.0) return format_significant(*seconds / 3600.0, 2) + " h";
  return days < 730.0 ? format_significant(days, 2) + " days"
                      : format_significant(days / 365.25, 2) + " years";
}

}  // namespace

std::string grouped(double value) {
  if (std::fabs(value) < 1000.0 || !std::isfinite(value)) return money(value);
  const double unit = std::pow(10.0, std::floor(std::log10(std::fabs(value))) - 2.0);
  auto text = fmt::format("{:.0f}", std::round(value / unit) * unit);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > (value < 0.0 ? 1 : 0); at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::string band_words(const economics::Band& band, double scale) {
  if (!band.median) return "never in most draws";
  const auto part = [&](const std::optional<double>& value) {
    return value ? grouped(*value * scale) : std::string("∞");
  };
  return fmt::format("{} [{}, {}]", part(band.median), part(band.lo), part(band.hi));
}

std::string duration_text(const economics::Band& band) {
  if (!band.median) return "never in most draws";
  return fmt::format("{} [{}, {}]", time_text(band.median), time_text(band.lo), time_text(band.hi));
}

std::string reversal_words(const economics::Band& band) {
  return fmt::format("{} [{}, {}]", time_text(band.median), time_text(band.lo), time_text(band.hi));
}

}  // namespace edgeeval::html
