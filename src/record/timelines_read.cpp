// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "record/line_reader.hpp"
#include "record/load_codec.hpp"
#include "record/series.hpp"
#include "record/timelines.hpp"

namespace edgeeval {
namespace {

class TimelineEvents final : public EventStream {
 public:
  TimelineEvents(LineReader lines, std::string load) : lines_(std::move(lines)), load_(std::move(load)) {}

  Result<std::span<const EventRecord>> next() override {
    for (;;) {
      const auto line = lines_.next();
      if (!line) return tl::unexpected(line.error());
      if (!*line) return std::span<const EventRecord>();
      if (lines_.number() == 1 || (*line)->find_first_not_of(" \t\r") == std::string_view::npos) continue;
      if (!load_.empty()) {
        const auto place = series_line(**line);
        if (!place || place->header || place->load != load_) continue;
      }
      if (auto taken = parser_.events(**line, lines_.where(), block_); !taken)
        return tl::unexpected(taken.error());
      if (!block_.empty()) return std::span<const EventRecord>(block_);
    }
  }
  Result<void> rewind() override { return lines_.rewind(); }

 private:
  LineReader lines_;
  std::string load_;
  RequestParser parser_;
  std::vector<EventRecord> block_;
};

}  // namespace

Result<std::unique_ptr<EventStream>> timeline_events(const std::filesystem::path& file,
                                                     const std::string& load) {
  auto lines = LineReader::open(file, RequestParser::kPadding);
  if (!lines) return tl::unexpected(lines.error());
  return std::make_unique<TimelineEvents>(std::move(*lines), load);
}

}  // namespace edgeeval
