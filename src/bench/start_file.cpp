// SPDX-License-Identifier: Apache-2.0
#include "bench/start_file.hpp"

#include <system_error>
#include <utility>

#include "bench/start_figures.hpp"
#include "core/files.hpp"
#include "core/json_document.hpp"
#include "record/codec.hpp"
#include "record/record_json.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr const char* kFile = "cold-start.json";
constexpr const char* kMajor = "1.";

template <class T>
void take(const Json& json, const char* key, std::optional<T>& value) {
  if (json.contains(key)) value = json.at(key).get<T>();
}

void take(const Json& json, const char* key, std::optional<StartMoment>& moment) {
  if (!json.contains(key)) return;
  const auto& at = json.at(key);
  moment = StartMoment{at.at("at_s").get<double>(), at.at("not_before_s").get<double>()};
}

/// The list under `key`; empty where there is none.
Json list(const Json& json, const char* key) { return json.contains(key) ? json.at(key) : Json::array(); }

Error error_from(const Json& json) {
  return {error_code_from(json.at("code").get<std::string>()), json.at("message").get<std::string>(),
          value_or(json, "where", std::string()), value_or(json, "hint", std::string())};
}

void take_lists(const Json& json, ColdStartRepeat& repeat) {
  for (const auto& row : list(json, "requests")) {
    SettleRequest request{row.at("request").get<int>(), {}, row.at("ended_s").get<double>()};
    take(row, "latency_s", request.latency_s);
    repeat.requests.push_back(request);
  }
  for (const auto& row : list(json, "files")) {
    CachedFile file{row.at("file").get<std::string>(), row.at("bytes").get<std::uint64_t>(), {}, {}};
    take(row, "resident_before", file.before);
    take(row, "resident_after", file.after);
    repeat.files.push_back(std::move(file));
  }
  repeat.notes = value_or(json, "notes", std::vector<std::string>());
  repeat.log_tail = value_or(json, "log_tail", std::vector<std::string>());
}

/// Throws what nlohmann does; windows have a decoder of their own and are left out.
ColdStartRepeat repeat_at(const Json& json) {
  ColdStartRepeat repeat;
  repeat.number = json.at("number").get<int>();
  repeat.port = value_or(json, "port", 0);
  repeat.spawned_ns = value_or(json, "spawned_ns", std::int64_t{0});
  take(json, "accepting", repeat.accepting);
  take(json, "ready", repeat.ready);
  take(json, "first_token", repeat.first_token);
  take(json, "first_reply", repeat.first_reply);
  take(json, "settled", repeat.settled);
  repeat.refused_first = value_or(json, "refused_first", false);
  repeat.loading_seen = value_or(json, "loading_seen", false);
  repeat.lazy = value_or(json, "lazy", false);
  repeat.kernel_stamps = value_or(json, "kernel_stamps", false);
  repeat.asked_again = value_or(json, "asked_again", 0);
  take(json, "told_load_s", repeat.told_load_s);
  take(json, "first_ttft_s", repeat.first_ttft_s);
  take(json, "settled_request", repeat.settled_request);
  take(json, "steady_latency_s", repeat.steady_latency_s);
  take(json, "peak_resident_b", repeat.peak_resident_b);
  repeat.processes = value_or(json, "processes", 0);
  repeat.ended = value_or(json, "ended", std::string());
  repeat.stopping_s = value_or(json, "stopping_s", 0.0);
  repeat.strays = value_or(json, "strays", 0);
  if (json.contains("error")) repeat.error = error_from(json.at("error"));
  take_lists(json, repeat);
  return repeat;
}

Result<void> take_windows(const Json& json, const std::string& where, ColdStartRepeat& repeat) {
  for (const auto& row : list(json, "windows")) {
    auto window = window_from(row, where);
    if (!window) return tl::unexpected(window.error());
    repeat.windows.push_back(std::move(*window));
  }
  return {};
}

/// Throws what nlohmann does.
ColdStartReport head_at(const Json& json) {
  ColdStartReport report;
  report.command = json.at("command").get<std::string>();
  report.address = value_or(json, "address", std::string());
  const auto cache = value_or(json, "cache", std::string());
  for (const auto wish : {CacheWish::as_is, CacheWish::warm, CacheWish::evicted}) {
    if (cache == to_string(wish)) report.cache = wish;
  }
  if (const auto kind = server_kind_from(value_or(json, "dialect", std::string())))
    report.dialect = dialects_of(*kind).front();
  report.model = value_or(json, "model", std::string());
  report.version = value_or(json, "version", std::string());
  report.cancelled = value_or(json, "cancelled", false);
  report.warnings = value_or(json, "warnings", std::vector<std::string>());
  return report;
}

}  // namespace

bool holds_starts(const fs::path& folder) {
  std::error_code status;
  return fs::exists(folder / kFile, status);
}

Result<void> write_starts(const fs::path& folder, const ColdStartReport& report) {
  return write_file(folder / kFile, json_document(to_json(report)));
}

Result<ColdStartReport> starts_from(const Json& json, const std::string& where) {
  const auto version = value_or(json, "format", std::string("1.0"));
  if (!version.starts_with(kMajor))
    return fail(ErrorCode::record_unreadable, "format version \"" + version + "\" is not 1.x", where);
  try {
    auto report = head_at(json);
    for (const auto& row : list(json, "repeats")) {
      auto repeat = repeat_at(row);
      if (auto taken = take_windows(row, where, repeat); !taken) return tl::unexpected(taken.error());
      count_failure(report, repeat);
      report.repeats.push_back(std::move(repeat));
    }
    report.figures = start_figures(report.repeats);
    return report;
  } catch (const Json::exception& problem) {
    return fail(ErrorCode::record_unreadable, std::string("malformed cold starts: ") + problem.what(), where);
  }
}

Result<ColdStartReport> read_starts(const fs::path& folder) {
  const auto where = (folder / kFile).string();
  auto json = read_record_json(where);
  if (!json) return tl::unexpected(json.error());
  return starts_from(*json, where);
}

}  // namespace edgeeval
