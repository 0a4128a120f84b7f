// SPDX-License-Identifier: Apache-2.0
#include "probe/power_log_reader.hpp"

#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/files.hpp"

namespace edgeeval {
namespace {

enum Column : std::size_t { before, after, source, energy_j, lo_j, hi_j, watts, kind, columns };

using Fields = std::array<std::string_view, columns>;

std::optional<Fields> split(std::string_view line) {
  Fields fields;
  for (std::size_t i = 0; i < columns; ++i) {
    const auto comma = line.find(',');
    if ((comma == std::string_view::npos) != (i + 1 == columns)) return std::nullopt;
    fields[i] = line.substr(0, comma);
    if (comma != std::string_view::npos) line.remove_prefix(comma + 1);
  }
  return fields;
}

std::optional<double> number(std::string_view text) {
  double value = 0.0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Puts lines where they belong.
class Filing {
 public:
  explicit Filing(const std::vector<ProbeInfo>& sources) {
    for (const auto& info : sources) {
      by_id_.emplace(info.id, series_.size());
      series_.push_back({info, {}, {}});
    }
  }

  /// False where the line cannot be understood.
  bool take(std::string_view line) {
    const auto fields = split(line);
    if (!fields) return false;
    const auto begun = number((*fields)[before]);
    const auto ended = number((*fields)[after]);
    if (!begun || !ended) return false;
    begin_sitting_where_time_falls_back((*fields)[source], *begun);
    const auto found = by_id_.find((*fields)[source]);
    if (found == by_id_.end()) return true;
    return add(series_[found->second], *fields, *begun, *ended);
  }

  std::vector<energy::Series> finish() { return std::move(series_); }

 private:
  static bool add(energy::Series& series, const Fields& fields, double begun, double ended) {
    if (fields[kind] == "failed") {
      series.failures.push_back({begun, "as power.csv tells it"});
      return true;
    }
    const bool power = fields[kind] == "power";
    const auto value = number(fields[power ? watts : energy_j]);
    const auto lo = power ? value : number(fields[lo_j]);
    const auto hi = power ? value : number(fields[hi_j]);
    if (!value || !lo || !hi) return false;
    // A source that is now of another kind is another source under an old name.
    if (power == (series.info.kind == ReadingKind::power))
      series.samples.push_back({begun, ended, *value, *lo, *hi});
    return true;
  }

  /// Sources are read by two threads, so only each one's own times are in order.
  void begin_sitting_where_time_falls_back(std::string_view id, double begun) {
    const auto last = last_s_.find(id);
    if (last != last_s_.end() && begun < last->second) {
      for (auto& series : series_) {
        series.samples.clear();
        series.failures.clear();
      }
      last_s_.clear();
    }
    last_s_.insert_or_assign(std::string(id), begun);
  }

  std::vector<energy::Series> series_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
  std::map<std::string, double, std::less<>> last_s_;
};

}  // namespace

Result<std::vector<energy::Series>> read_power_log(const std::filesystem::path& path,
                                                   const std::vector<ProbeInfo>& sources) {
  auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  std::string_view rest = *text;
  Filing filing(sources);
  for (std::size_t line = 1;; ++line) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return filing.finish();  // What is left is torn.
    if (line > 1 && !filing.take(rest.substr(0, end))) {
      return fail(ErrorCode::record_unreadable,
                  "this line is no reading: " + std::string(rest.substr(0, end)),
                  path.string() + ":" + std::to_string(line));
    }
    rest.remove_prefix(end + 1);
  }
}

}  // namespace edgeeval
