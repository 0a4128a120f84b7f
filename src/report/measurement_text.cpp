// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/text.hpp"
#include "report/measurement.hpp"
#include "report/rows.hpp"

namespace edgeeval {
namespace {

using Row = std::vector<std::string>;

std::string number(const std::optional<double>& value, int digits = 3) {
  return value ? format_significant(*value, digits) : std::string("–");
}

std::string marked(Grade grade, double value) {
  return sign_of(grade) + (sign_of(grade).empty() ? "" : " ") + format_significant(value, 4);
}

/// A difference has no more decimals than what it is the difference of.
std::string net_text(const EnergyLine& line) {
  const double gross = std::abs(line.joules.mean);
  const double step = gross > 0.0 ? std::pow(10.0, std::floor(std::log10(gross)) - 3.0) : 1e-6;
  const auto rounded = [step](double joules, int digits) {
    const double whole = std::round(joules / step) * step;
    return format_significant(whole == 0.0 ? 0.0 : whole, digits);  // Never "-0".
  };
  const auto sign = sign_of(weaker(line.grade, Grade::computed));
  auto text = sign + (sign.empty() ? "" : " ") + rounded(line.net->mean, 4);
  if (line.net_lo && line.net_hi)
    text += fmt::format(" ({} … {})", rounded(*line.net_lo, 3), rounded(*line.net_hi, 3));
  return text;
}

std::string interval(const std::optional<double>& lo, const std::optional<double>& hi) {
  if (!lo && !hi) return "–";
  return (lo ? format_significant(*lo) : "…") + " … " + (hi ? format_significant(*hi) : "");
}

std::string plus_minus(const OverRuns& over) {
  return over.half_width ? "± " + format_significant(*over.half_width, 2) : std::string("–");
}

bool any_net(const MeasurementSummary& summary) {
  return std::any_of(summary.sources.begin(), summary.sources.end(),
                     [](const EnergyLine& line) { return line.net.has_value(); });
}

Row header(bool runs, bool net) {
  Row cells{"energy", "J", "interval"};
  if (runs) cells.emplace_back("runs, 95 %");
  if (net) cells.emplace_back("net J");
  cells.insert(cells.end(), {"mean W", "peak W", "grade", "method"});
  return cells;
}

Row cells_of(const EnergyLine& line, std::size_t runs, bool net) {
  const auto name = line.boundary.empty() ? line.domain : line.domain + " " + line.boundary;
  Row cells{name, marked(line.grade, line.joules.mean), interval(line.lo, line.hi)};
  if (runs > 1) {
    const auto n = line.joules.values.size();
    cells.push_back(plus_minus(line.joules) + (n == runs ? "" : fmt::format(" (n = {})", n)));
  }
  if (net) cells.push_back(line.net ? net_text(line) : "–");
  cells.insert(cells.end(),
               {number(line.mean_w), number(line.peak_w), std::string(to_string(line.grade)), line.method});
  return cells;
}

std::vector<Row> energy_rows(const MeasurementSummary& summary) {
  const auto runs = summary.runs.size();
  const bool net = any_net(summary);
  std::vector<Row> rows{header(runs > 1, net)};
  for (const auto& line : summary.sources) rows.push_back(cells_of(line, runs, net));
  if (summary.total && summary.sources.size() > 1) rows.push_back(cells_of(*summary.total, runs, net));
  return rows;
}

/// Columns side by side: names to the left, figures to the right, words to the left.
std::string aligned(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - display_width(row[i]), ' ');
      const bool words = i == 0 || i + 2 >= row.size();
      line += "  " + (words ? row[i] + space : space + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string headline(const Measurement& measurement, const MeasurementSummary& summary) {
  auto text = measurement.what;
  const auto runs = measurement.runs.size();
  if (runs != 1) text += fmt::format(" · {} runs", runs);
  if (!summary.left_out.empty()) text += fmt::format(", {} left out", summary.left_out.size());
  if (measurement.warmups > 0) {
    text += fmt::format(" after {} warm-up{}", measurement.warmups, measurement.warmups == 1 ? "" : "s");
  }
  return printable(text);
}

/// The lines below the table: label and text.
std::vector<std::pair<std::string, std::string>> facts_of(const Measurement& measurement,
                                                          const MeasurementSummary& summary) {
  std::vector<std::pair<std::string, std::string>> facts;
  if (summary.duration) {
    auto text = fmt::format("{} s", format_significant(summary.duration->mean, 4));
    if (summary.duration->half_width) {
      text += fmt::format(" ± {} s ({} … {} s)", format_significant(*summary.duration->half_width, 2),
                          format_significant(summary.duration->least, 4),
                          format_significant(summary.duration->most, 4));
    }
    facts.emplace_back("time", text);
  }
  if (summary.user && summary.system) {
    auto text = fmt::format("{} s user, {} s system", format_significant(summary.user->mean),
                            format_significant(summary.system->mean));
    if (summary.resident_b) text += ", peak memory " + format_bytes(*summary.resident_b);
    facts.emplace_back("its CPU time", text);
  }
  std::optional<double> coverage;
  for (const auto& line : summary.sources) {
    if (line.coverage) coverage = std::min(coverage.value_or(1.0), *line.coverage);
  }
  if (coverage)
    facts.emplace_back("coverage", fmt::format("{} % of the time lies between samples",
                                               format_significant(100.0 * *coverage)));
  for (const auto& line : summary.sources) {
    if (line.tail_j)
      facts.emplace_back("tail", fmt::format("{} J of {} came after the end",
                                             format_significant(*line.tail_j), line.domain));
  }
  for (const auto& [name, edges] : summary.conditions) {
    facts.emplace_back(name, edges.first == edges.second ? edges.first : edges.first + " → " + edges.second);
  }
  if (summary.steal)
    facts.emplace_back("stolen CPU time",
                       format_significant(summary.steal->mean) + " s, given to others by the hypervisor");
  facts.emplace_back("own cost", fmt::format("{} ms of CPU time ({} % of one CPU, at most {} W)",
                                             format_significant(1e3 * summary.own_cpu_s, 2),
                                             format_significant(100.0 * summary.own_cpu_share, 2),
                                             format_significant(summary.own_w, 2)));
  if (!measurement.samples.empty()) facts.emplace_back("raw samples", measurement.samples);
  return facts;
}

std::string bold(bool colour, const std::string& text) {
  return colour ? "\033[1m" + text + "\033[0m" : text;
}

}  // namespace

std::string measurement_console(const Measurement& measurement, const MeasurementSummary& summary,
                                bool colour) {
  std::string text = "\n" + bold(colour, headline(measurement, summary)) + "\n\n";
  if (summary.sources.empty()) {
    text += "  no energy: nothing here gave any\n";
  } else {
    text += aligned(energy_rows(summary));
  }
  text += "\n";
  std::size_t width = 0;
  const auto facts = facts_of(measurement, summary);
  for (const auto& [label, words] : facts) width = std::max(width, display_width(label));
  for (const auto& [label, words] : facts) {
    text += "  " + label + std::string(width - display_width(label) + 2, ' ') + printable(words) + "\n";
  }
  if (!summary.limits.empty()) text += "\n";
  for (const auto& limit : summary.limits) text += "  – " + printable(limit) + "\n";
  return text;
}

std::string measurement_markdown(const Measurement& measurement, const MeasurementSummary& summary) {
  std::string text = "### " + markdown_escaped(headline(measurement, summary)) + "\n\n";
  const auto rows = energy_rows(summary);
  for (std::size_t i = 0; i < rows.size() && !summary.sources.empty(); ++i) {
    text += "|";
    for (const auto& cell : rows[i]) text += " " + markdown_escaped(cell) + " |";
    text += "\n";
    if (i > 0) continue;
    for (std::size_t column = 0; column < rows[i].size(); ++column) {
      text += column == 0 || column + 2 >= rows[i].size() ? "|---" : "|---:";
    }
    text += "|\n";
  }
  if (summary.sources.empty()) text += "No energy: nothing here gave any.\n";
  text += "\n";
  for (const auto& [label, words] : facts_of(measurement, summary)) {
    text += "- " + markdown_escaped(label) + ": " + markdown_escaped(words) + "\n";
  }
  if (!summary.limits.empty()) text += "\nWhat limits this:\n";
  for (const auto& limit : summary.limits) text += "- " + markdown_escaped(limit) + "\n";
  return text;
}

}  // namespace edgeeval
