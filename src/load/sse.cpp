// SPDX-License-Identifier: Apache-2.0
#include "load/sse.hpp"

namespace edgeeval {
namespace {
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kDataField = "data";
}  // namespace

void SseParser::feed(std::string_view bytes, const std::function<void(std::string_view)>& on_data) {
  for (const char c : bytes) {
    const bool second_of_crlf = after_cr_ && c == '\n';
    after_cr_ = c == '\r';
    if (second_of_crlf) continue;
    if (c == '\r' || c == '\n') {
      end_line(on_data);
    } else {
      line_ += c;
    }
  }
}

void SseParser::end_line(const std::function<void(std::string_view)>& on_data) {
  std::string_view line = line_;
  if (at_start_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  at_start_ = false;
  if (line.empty()) {
    if (has_data_) on_data(data_);
    data_.clear();
    has_data_ = false;
  } else if (line.starts_with(kDataField) &&
             (line.size() == kDataField.size() || line[kDataField.size()] == ':')) {
    line.remove_prefix(std::min(line.size(), kDataField.size() + 1));
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (has_data_) data_ += '\n';
    data_ += line;
    has_data_ = true;
  }
  line_.clear();
}

}  // namespace edgeeval
