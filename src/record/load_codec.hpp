// SPDX-License-Identifier: Apache-2.0
// Header, requests and events of a load as JSON and back (docs/record-format.md, "A load").
#pragma once

#include <edgeeval/result.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "record/load_record.hpp"

namespace edgeeval {

/// The header as load.json holds it.
[[nodiscard]] Json to_json(const LoadHeader& header);
/// Errors: record_unreadable, also for a newer major version.
[[nodiscard]] Result<LoadHeader> load_header_from(const Json& json, const std::string& where);

/// Appends the request as one JSON object, without a line end.
void append_request(std::string& out, const RequestRecord& request);
/// The same with its events under "events".
void append_request(std::string& out, const RequestRecord& request, std::span<const EventRecord> events);

/// Takes requests and their events out of JSON lines; keeps its buffers from line to line.
class RequestParser {
 public:
  RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;
  ~RequestParser();
  /// `line` lies in memory that can be read `kPadding` bytes beyond its end. Error: record_unreadable.
  [[nodiscard]] Result<RequestRecord> request(std::string_view line, const std::string& where);
  /// The events of a line of timelines, in place of those in `events`. Error: record_unreadable.
  [[nodiscard]] Result<void> events(std::string_view line, const std::string& where,
                                    std::vector<EventRecord>& events);
  static constexpr std::size_t kPadding = 64;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace edgeeval
