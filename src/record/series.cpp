// SPDX-License-Identifier: Apache-2.0
#include "record/series.hpp"

#include "core/json.hpp"
#include "record/line_reader.hpp"
#include "record/text_out.hpp"
#include "record/timelines.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

/// Takes a line's beginning apart.
class Beginning {
 public:
  explicit Beginning(std::string_view line) : rest_(line) {}
  bool mark(char wanted) {
    const auto at = rest_.find_first_not_of(" \t");
    if (at == std::string_view::npos || rest_[at] != wanted) return false;
    rest_.remove_prefix(at + 1);
    return true;
  }
  /// A text without escapes.
  std::optional<std::string_view> text() {
    if (!mark('"')) return std::nullopt;
    const auto end = rest_.find_first_of("\"\\");
    if (end == std::string_view::npos || rest_[end] == '\\') return std::nullopt;
    const auto found = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return found;
  }

 private:
  std::string_view rest_;
};

}  // namespace

std::optional<SeriesLine> series_line(std::string_view line) {
  Beginning at(line);
  if (!at.mark('{') || at.text() != "load" || !at.mark(':')) return std::nullopt;
  const auto name = at.text();
  if (!name || !at.mark(',')) return std::nullopt;
  const auto next = at.text();
  if (!next) return std::nullopt;
  return SeriesLine{*name, *next == "type"};
}

Result<void> write_series(const std::string& index, const std::vector<SeriesLoad>& loads,
                          const fs::path& path) {
  auto out = TextOut::open(path);
  if (!out) return tl::unexpected(out.error());
  out->text() = index + "\n";
  for (const auto& each : loads) {
    auto load = each.open();
    if (!load) return tl::unexpected(load.error());
    if (auto written = append_timelines(*load, each.name, kMostTimelineEvents, *out); !written)
      return written;
  }
  return out->commit();
}

Result<std::optional<std::string>> series_index(const fs::path& file) {
  std::error_code status;
  if (!fs::is_regular_file(file, status)) return std::nullopt;
  auto lines = LineReader::open(file, 0);
  if (!lines) return tl::unexpected(lines.error());
  const auto first = lines->next();
  // What is no text at all is for read_load to speak of.
  if (!first || !*first) return std::nullopt;
  const auto json = parse_json(**first, lines->where());
  if (!json || !json->is_object() || value_or(*json, "type", std::string()) != "series") return std::nullopt;
  return std::string(**first);
}

}  // namespace edgeeval
