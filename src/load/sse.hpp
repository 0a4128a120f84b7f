// SPDX-License-Identifier: Apache-2.0
// Server-sent events, taken apart as they arrive (WHATWG HTML, "Server-sent events", interpreting an event
// stream).
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace edgeeval {

/// Takes bytes in any portions and hands out each event's data once its blank line has come. Lines may end in
/// LF, CR or CRLF; comments and fields other than `data` are skipped; several data lines are joined by LF.
class SseParser {
 public:
  /// Feeds bytes; `on_data` gets the data of each event they complete.
  void feed(std::string_view bytes, const std::function<void(std::string_view data)>& on_data);

 private:
  void end_line(const std::function<void(std::string_view)>& on_data);
  std::string line_;
  std::string data_;
  bool has_data_ = false;
  bool after_cr_ = false;
  bool at_start_ = true;
};

}  // namespace edgeeval
