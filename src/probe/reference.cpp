// SPDX-License-Identifier: Apache-2.0
// Readings of a wall meter, and the gain of a sensor that they tell
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/files.hpp"
#include "core/text.hpp"
#include "probe/calibration.hpp"

namespace edgeeval {
namespace {

/// "t,w" as two finite numbers.
std::optional<std::pair<double, double>> numbers_of(const std::string& line) {
  const auto comma = line.find(',');
  if (comma == std::string::npos) return std::nullopt;
  const auto number = [](const std::string& text) -> std::optional<double> {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    while (end != nullptr && *end == ' ') ++end;
    if (text.empty() || end == text.c_str() || *end != '\0' || !std::isfinite(value)) return std::nullopt;
    return value;
  };
  const auto time = number(line.substr(0, comma));
  const auto watts = number(line.substr(comma + 1));
  return time && watts ? std::optional(std::pair(*time, *watts)) : std::nullopt;
}

}  // namespace

Result<energy::Series> read_reference(const std::filesystem::path& file) {
  const auto lines = read_lines(file);
  if (!lines) return tl::unexpected(lines.error());
  const std::string hint = "Columns t_s,watts: seconds since 1970 (UTC) and watts, one reading a line.";
  if (lines->empty() || lines->front() != "t_s,watts")
    return fail(ErrorCode::invalid_table, "the first line must be t_s,watts", file.string() + ":1", hint);
  energy::Series series;
  series.info.id = file.filename().string();
  series.info.kind = ReadingKind::power;
  for (std::size_t i = 1; i < lines->size(); ++i) {
    if ((*lines)[i].empty()) continue;
    const auto pair = numbers_of((*lines)[i]);
    const auto where = file.string() + ":" + std::to_string(i + 1);
    if (!pair) return fail(ErrorCode::invalid_table, "not two numbers: " + (*lines)[i], where, hint);
    if (!series.samples.empty() && pair->first < series.samples.back().before_s)
      return fail(ErrorCode::invalid_table, "the time goes back", where, hint);
    series.samples.push_back({pair->first, pair->first, pair->second, pair->second, pair->second});
  }
  return series;
}

SensorCharacter with_reference(SensorCharacter character, const energy::ReferenceFit& fit,
                               const ReferenceUse& use, const std::string& date) {
  const double efficiency = 0.5 * (use.efficiency_lo + use.efficiency_hi);
  character.gain = fit.gain.value * efficiency;
  const double own = (fit.gain.hi - fit.gain.value) / std::abs(fit.gain.value);
  const double passed_on = 0.5 * (use.efficiency_hi - use.efficiency_lo) / efficiency;
  character.gain_half_width = std::hypot(own, passed_on);
  const bool same_rail = use.efficiency_lo == 1.0 && use.efficiency_hi == 1.0;
  character.offset_w = same_rail ? fit.offset_w.value : 0.0;
  character.origin = "calibrated against " + use.name + " " + date;
  if (!same_rail)
    character.origin += " (efficiency " + format_significant(use.efficiency_lo, 2) + "…" +
                        format_significant(use.efficiency_hi, 2) + ")";
  return character;
}

}  // namespace edgeeval
