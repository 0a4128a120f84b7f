// SPDX-License-Identifier: Apache-2.0
// read_load: a load from its folder, or from a file of timelines.
#include <fmt/format.h>

#include <algorithm>

#include "record/line_reader.hpp"
#include "record/load_codec.hpp"
#include "record/load_events.hpp"
#include "record/record_json.hpp"
#include "record/retokenised.hpp"
#include "record/series.hpp"
#include "record/timelines.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

/// Sorts by index; two requests of one index are damage.
Result<void> put_in_order(std::vector<RequestRecord>& requests, const std::string& where) {
  const auto less = [](const auto& a, const auto& b) { return a.index < b.index; };
  // Mostly they are nearly in order; sorting moves what is large.
  if (!std::is_sorted(requests.begin(), requests.end(), less))
    std::sort(requests.begin(), requests.end(), less);
  const auto same = std::adjacent_find(requests.begin(), requests.end(),
                                       [](const auto& a, const auto& b) { return a.index == b.index; });
  if (same == requests.end()) return {};
  return fail(ErrorCode::record_unreadable, fmt::format("holds request {} twice", same->index), where,
              "The file was changed after the load; restore it from a copy.");
}

/// The rest of the lines as requests; of a file of several loads those of `name`.
Result<void> take_requests(LineReader& lines, const fs::path& path, LoadRecord& load,
                           const std::string& name = {}) {
  RequestParser parser;
  bool own = name.empty();
  for (;;) {
    const auto line = lines.next();
    if (!line) return tl::unexpected(line.error());
    if (!*line) break;
    // An empty line, as an editor leaves it, hides nothing.
    if ((*line)->find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (!name.empty()) {
      const auto place = series_line(**line);
      if (!place)
        return fail(ErrorCode::record_unreadable, "does not begin with the name of its load", lines.where(),
                    "The file was changed after the load; restore it from a copy.");
      own = place->load == name;
      if (!own || place->header) continue;
    }
    auto request = parser.request(**line, lines.where());
    if (!request) return tl::unexpected(request.error());
    load.requests.push_back(std::move(*request));
  }
  // A torn line is the last load's.
  if (own && lines.torn_bytes() > 0) {
    load.warnings.push_back(fmt::format("{}:{}: the last line is torn ({} bytes) and was left out",
                                        path.filename().string(), lines.number() + 1, lines.torn_bytes()));
  }
  return put_in_order(load.requests, path.string());
}

Result<LoadRecord> read_folder(const fs::path& folder) {
  const auto header_path = folder / "load.json";
  const auto json = read_record_json(header_path.string());
  if (!json) {
    auto error = json.error();
    if (error.code != ErrorCode::record_unreadable)
      error.hint = "Name a folder that `edgeeval bench --out` made, or a file that `-o jsonl:FILE` wrote.";
    return tl::unexpected(error);
  }
  auto header = load_header_from(*json, header_path.string());
  if (!header) return tl::unexpected(header.error());
  LoadRecord load;
  load.header = std::move(*header);
  // Requests first: where the load still goes on, the events of those that are read are then all there.
  const auto requests_path = folder / "requests.jsonl";
  auto lines = LineReader::open(requests_path, RequestParser::kPadding);
  if (!lines) return tl::unexpected(lines.error());
  if (auto taken = take_requests(*lines, requests_path, load); !taken) return tl::unexpected(taken.error());
  auto events = FileEvents::open(folder / "events.bin");
  if (!events) return tl::unexpected(events.error());
  if (const auto torn = (*events)->torn_bytes(); torn > 0)
    load.warnings.push_back(
        fmt::format("events.bin: the last event is torn ({} bytes) and was left out", torn));
  load.events = std::move(*events);
  if (auto counted = take_retokenised(folder, load); !counted) return tl::unexpected(counted.error());
  return load;
}

Result<LoadHeader> header_in(std::string_view line, const std::string& where) {
  const auto json = parse_json(line, where);
  if (!json) return fail(ErrorCode::record_unreadable, json.error().message, json.error().where);
  if (value_or(*json, "type", std::string()) == "series")
    return fail(ErrorCode::record_unreadable, "holds several loads, not one", where,
                "edgeeval report tells of them all; where one load is asked for, name the folder of a step.");
  return load_header_from(*json, where);
}

Result<LoadRecord> read_timelines(const fs::path& file) {
  auto lines = LineReader::open(file, RequestParser::kPadding);
  if (!lines) return tl::unexpected(lines.error());
  const auto first = lines->next();
  if (!first) return tl::unexpected(first.error());
  if (!*first) return fail(ErrorCode::record_unreadable, "has no whole first line", file.string());
  auto header = header_in(**first, lines->where());
  if (!header) return tl::unexpected(header.error());
  LoadRecord load;
  load.header = std::move(*header);
  if (auto taken = take_requests(*lines, file, load); !taken) return tl::unexpected(taken.error());
  auto events = timeline_events(file);
  if (!events) return tl::unexpected(events.error());
  load.events = std::move(*events);
  return load;
}

}  // namespace

Result<LoadRecord> read_load_of_series(const fs::path& file, const std::string& name) {
  auto lines = LineReader::open(file, RequestParser::kPadding);
  if (!lines) return tl::unexpected(lines.error());
  for (;;) {
    const auto line = lines->next();
    if (!line) return tl::unexpected(line.error());
    if (!*line)
      return fail(ErrorCode::record_unreadable, fmt::format("holds no load \"{}\"", name), file.string());
    const auto place = series_line(**line);
    if (!place || !place->header || place->load != name) continue;
    auto header = header_in(**line, lines->where());
    if (!header) return tl::unexpected(header.error());
    LoadRecord load;
    load.header = std::move(*header);
    if (auto taken = take_requests(*lines, file, load, name); !taken) return tl::unexpected(taken.error());
    auto events = timeline_events(file, name);
    if (!events) return tl::unexpected(events.error());
    load.events = std::move(*events);
    return load;
  }
}

Result<LoadRecord> read_load(const std::filesystem::path& path) {
  std::error_code status;
  return fs::is_directory(path, status) ? read_folder(path) : read_timelines(path);
}

}  // namespace edgeeval
