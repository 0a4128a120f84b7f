// SPDX-License-Identifier: Apache-2.0
#include "probe/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "core/files.hpp"

namespace edgeeval {
namespace {

/// What one column showed from its time on.
struct Shown {
  double at_s = 0.0;
  std::optional<double> value;
};
using Column = std::vector<Shown>;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream parts(line);
  for (std::string cell; std::getline(parts, cell, ',');) cells.push_back(cell);
  if (!line.empty() && line.back() == ',') cells.emplace_back();
  return cells;
}

std::optional<double> number(const std::string& text) {
  double value = 0.0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || stop != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// One column's description from its name; nothing where the name says no kind.
std::optional<ProbeInfo> describe(const std::string& name) {
  if (name.size() < 3 || (!name.ends_with("_j") && !name.ends_with("_w"))) return std::nullopt;
  ProbeInfo info;
  info.domain = name.substr(0, name.size() - 2);
  // Joules and watts of one domain are one measuring point: they audit each other and are counted once.
  info.point = "replay:" + info.domain;
  info.id = info.point + (name.ends_with("_j") ? "" : "#power");
  info.title = fmt::format("recording of {}", info.domain);
  info.boundary = "recording";
  info.grade = Grade::published;
  info.detail = "recorded readings, replayed";
  info.kind = name.ends_with("_j") ? ReadingKind::counter : ReadingKind::power;
  info.device = "replay";
  info.character.origin = "default (recordings state no character)";
  return info;
}

AskSensor replayer(Column column, const Clock& clock) {
  const auto start = clock.now();
  return [column = std::move(column), &clock, start]() -> Result<double> {
    const double at_s = std::chrono::duration<double>(clock.now() - start).count();
    const auto next = std::upper_bound(column.begin(), column.end(), at_s,
                                       [](double time, const Shown& shown) { return time < shown.at_s; });
    if (next == column.begin()) return fail(ErrorCode::unavailable, "the recording has not begun", "replay");
    const auto& shown = *(next - 1);
    if (next == column.end() && at_s > shown.at_s)
      return fail(ErrorCode::unavailable, "the recording is over", "replay");
    if (!shown.value) return fail(ErrorCode::unavailable, "the recorded reading failed", "replay");
    return *shown.value;
  };
}

}  // namespace

Result<std::vector<std::unique_ptr<Probe>>> open_replay(const std::filesystem::path& file,
                                                        const Clock& clock) {
  auto lines = read_lines(file);
  if (!lines) return tl::unexpected(lines.error());
  while (!lines->empty() && lines->back().empty()) lines->pop_back();
  const auto refuse = [&](std::size_t line, std::size_t column, const std::string& why) {
    return fail(ErrorCode::invalid_table, why, fmt::format("{}:{}:{}", file.string(), line + 1, column + 1),
                "Write a header t_s,<domain>_j,<domain>_w and rows of numbers with rising t_s.");
  };
  const auto header = lines->empty() ? std::vector<std::string>() : cells_of(lines->front());
  if (header.size() < 2 || header.front() != "t_s") return refuse(0, 0, "the header does not begin with t_s");
  std::vector<ProbeInfo> infos;
  for (std::size_t i = 1; i < header.size(); ++i) {
    auto info = describe(header[i]);
    if (!info) return refuse(0, i, fmt::format("column \"{}\" ends neither in _j nor in _w", header[i]));
    const bool twice =
        std::any_of(infos.begin(), infos.end(), [&](const ProbeInfo& other) { return other.id == info->id; });
    if (twice) return refuse(0, i, fmt::format("column \"{}\" is there twice", header[i]));
    infos.push_back(std::move(*info));
  }
  std::vector<Column> columns(infos.size());
  for (std::size_t row = 1; row < lines->size(); ++row) {
    const auto cells = cells_of((*lines)[row]);
    if (cells.size() != header.size())
      return refuse(row, 0, fmt::format("{} cells, not {}", cells.size(), header.size()));
    const auto at_s = number(cells.front());
    const bool rising = at_s && (columns[0].empty() || *at_s > columns[0].back().at_s);
    if (!rising)
      return refuse(row, 0, fmt::format("t_s \"{}\" is no number above the last one", cells.front()));
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto value = number(cells[i + 1]);
      if (!value && !cells[i + 1].empty()) return refuse(row, i + 1, "\"" + cells[i + 1] + "\" is no number");
      columns[i].push_back({*at_s, value});
    }
  }
  if (columns.front().empty()) return refuse(1, 0, "there are no readings");
  std::vector<std::unique_ptr<Probe>> probes;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto& column = columns[i];
    if (column.size() > 1)
      infos[i].character.period =
          Seconds((column.back().at_s - column.front().at_s) / static_cast<double>(column.size() - 1));
    probes.push_back(
        std::make_unique<ValueProbe>(std::move(infos[i]), clock, replayer(std::move(columns[i]), clock)));
  }
  return probes;
}

}  // namespace edgeeval
