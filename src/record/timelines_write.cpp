// SPDX-License-Identifier: Apache-2.0
// write_timelines: events, which lie in order of arrival, put under their requests in bounded memory.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "record/load_codec.hpp"
#include "record/load_events.hpp"
#include "record/text_out.hpp"
#include "record/timelines.hpp"

namespace edgeeval {
namespace {

/// Puts the name of its load at the beginning of the JSON object that begins at `at`.
void put_name(std::string& text, std::size_t at, const std::string& name) {
  if (!name.empty()) text.insert(at + 1, "\"load\":\"" + name + "\",");
}

/// Where the events of a request lie among all, and how many they are.
struct Extent {
  std::uint64_t count = 0, first = 0, last = 0;
};

/// Requests by index; they are in order, and mostly none is missing.
class Places {
 public:
  explicit Places(const std::vector<RequestRecord>& requests) : requests_(requests) {}
  [[nodiscard]] std::optional<std::size_t> of(std::uint32_t index) const {
    if (index < requests_.size() && requests_[index].index == index) return index;
    const auto found =
        std::lower_bound(requests_.begin(), requests_.end(), index,
                         [](const auto& request, auto wanted) { return request.index < wanted; });
    if (found == requests_.end() || found->index != index) return std::nullopt;
    return static_cast<std::size_t>(found - requests_.begin());
  }

 private:
  const std::vector<RequestRecord>& requests_;
};

/// Calls `take(position, event)` for the events from number `from` on, until it returns false.
template <class Take>
Result<void> each_event(EventStream& events, std::uint64_t from, Take take) {
  std::uint64_t number = 0;
  if (auto* file = dynamic_cast<FileEvents*>(&events)) {
    if (auto went = file->seek(from); !went) return went;
    number = from;
  } else if (auto went = events.rewind(); !went) {
    return went;
  }
  for (;;) {
    const auto block = events.next();
    if (!block) return tl::unexpected(block.error());
    if (block->empty()) return {};
    for (const auto& event : *block) {
      if (number++ >= from && !take(number - 1, event)) return {};
    }
  }
}

/// A request's line with the events that a group of requests was given.
class Group {
 public:
  /// Takes requests from `begin` on while their events are no more than `most`; at least one.
  Group(const std::vector<Extent>& extents, std::size_t begin, std::uint64_t most)
      : begin_(begin), end_(begin) {
    starts_.push_back(0);
    while (end_ < extents.size() && (end_ == begin || starts_.back() + extents[end_].count <= most)) {
      const auto& extent = extents[end_++];
      starts_.push_back(starts_.back() + extent.count);
      if (extent.count == 0) continue;
      first_ = std::min(first_.value_or(extent.first), extent.first);
      last_ = std::max(last_, extent.last);
    }
    next_.assign(starts_.begin(), starts_.end() - 1);
    events_.resize(starts_.back());
  }
  [[nodiscard]] std::size_t end() const { return end_; }
  Result<void> collect(EventStream& events, const Places& places) {
    if (!first_) return {};
    return each_event(events, *first_, [&](std::uint64_t number, const EventRecord& event) {
      const auto place = places.of(event.request);
      if (place && *place >= begin_ && *place < end_) events_[next_[*place - begin_]++] = event;
      return number < last_;
    });
  }
  Result<void> write(const std::vector<RequestRecord>& requests, const std::string& name,
                     TextOut& out) const {
    for (std::size_t i = begin_; i < end_; ++i) {
      const auto from = starts_[i - begin_];
      const auto at = out.text().size();
      append_request(out.text(), requests[i],
                     std::span(events_).subspan(from, starts_[i - begin_ + 1] - from));
      put_name(out.text(), at, name);
      out.text() += '\n';
      if (auto flushed = out.flush_if_full(); !flushed) return flushed;
    }
    return {};
  }

 private:
  std::size_t begin_, end_;
  std::vector<std::uint64_t> starts_, next_;
  std::optional<std::uint64_t> first_;
  std::uint64_t last_ = 0;
  std::vector<EventRecord> events_;
};

}  // namespace

Result<void> append_timelines(LoadRecord& load, const std::string& name, std::uint64_t most_events,
                              TextOut& out) {
  const Places places(load.requests);
  std::vector<Extent> extents(load.requests.size());
  std::uint64_t strays = 0;
  auto counted = each_event(*load.events, 0, [&](std::uint64_t number, const EventRecord& event) {
    if (const auto place = places.of(event.request)) {
      auto& extent = extents[*place];
      if (extent.count++ == 0) extent.first = number;
      extent.last = number;
    } else {
      ++strays;
    }
    return true;
  });
  if (!counted) return counted;
  auto header = load.header;
  if (strays > 0)
    header.warnings.push_back(fmt::format("{} events of requests that had not ended were left out", strays));
  const auto at = out.text().size();
  out.text() += to_line(to_json(header)) + "\n";
  put_name(out.text(), at, name);
  for (std::size_t begin = 0; begin < extents.size();) {
    Group group(extents, begin, most_events);
    if (auto collected = group.collect(*load.events, places); !collected) return collected;
    if (auto written = group.write(load.requests, name, out); !written) return written;
    begin = group.end();
  }
  return {};
}

Result<void> write_timelines(LoadRecord& load, const std::filesystem::path& path, std::uint64_t most_events) {
  auto out = TextOut::open(path);
  if (!out) return tl::unexpected(out.error());
  if (auto written = append_timelines(load, {}, most_events, *out); !written) return written;
  return out->commit();
}

Result<void> write_timelines(LoadRecord& load, const std::filesystem::path& path) {
  return write_timelines(load, path, kMostTimelineEvents);
}

}  // namespace edgeeval
