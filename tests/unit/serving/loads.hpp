// SPDX-License-Identifier: Apache-2.0
// Loads made up stamp by stamp, so that every figure of theirs can be worked out by hand.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/load_file.hpp"
#include "serving/summary.hpp"
#include "serving/validity.hpp"

namespace edgeeval::testing {

/// Milliseconds as nanoseconds.
[[nodiscard]] constexpr std::int64_t ms(double value) { return static_cast<std::int64_t>(value * 1e6); }

/// Builds a load. Times are in milliseconds.
class LoadBuilder {
 public:
  explicit LoadBuilder(int concurrency = 1) {
    header_.concurrency = concurrency;
    header_.how_ended = "finished";
    ClientReport client;
    client.clock = {{0, 0, 2000}};
    client.cpu_s = 0.1;
    client.wall_s = 1.0;
    header_.client = client;
  }
  /// A measured request that is due at `scheduled`, sent at `issued` and closed at `closed`.
  RequestRecord& request(double scheduled, double issued, double closed) {
    RequestRecord request;
    request.index = static_cast<std::uint32_t>(requests_.size());
    request.prompt = request.index;
    request.scheduled_ns = ms(scheduled);
    request.issued_ns = ms(issued);
    request.written_ns = ms(issued);
    request.closed_ns = ms(closed);
    request.attempts = 1;
    request.status = 200;
    requests_.push_back(request);
    return requests_.back();
  }
  /// An event of the request made last. `tokens` absent = not told.
  LoadBuilder& event(double at, EventClass kind, std::optional<int> tokens = std::nullopt,
                     int more_flags = 0) {
    EventRecord event;
    event.kernel_ns = ms(at);
    event.user_ns = event.kernel_ns + 5000;
    event.request = requests_.back().index;
    event.read = (more_flags & kCoalesced) != 0 && same_read_ ? read_ : ++read_;
    same_read_ = (more_flags & kCoalesced) != 0;
    event.kind = kind;
    event.flags = static_cast<std::uint8_t>(kKernelStamp | more_flags);
    if (tokens) {
      event.tokens = static_cast<std::uint16_t>(*tokens);
      event.flags |= kTokensKnown;
    }
    events_.push_back(event);
    return *this;
  }
  /// `count` content events of one token each, the first at `first`, `gap` apart.
  LoadBuilder& stream(double first, double gap, int count) {
    for (int i = 0; i < count; ++i) event(first + gap * i, EventClass::content, 1);
    return *this;
  }
  LoadHeader& header() { return header_; }
  std::vector<RequestRecord>& requests() { return requests_; }
  std::vector<EventRecord>& events() { return events_; }
  [[nodiscard]] LoadRecord build() const {
    LoadRecord load;
    load.header = header_;
    load.requests = requests_;
    load.events = events_in_memory(events_);
    return load;
  }

 private:
  LoadHeader header_;
  std::vector<RequestRecord> requests_;
  std::vector<EventRecord> events_;
  std::uint32_t read_ = 0;
  bool same_read_ = false;
};

/// `count` requests one after the other: sent every `every` ms, first token after 20 ms, then nine more 10 ms
/// apart, closed 1 ms after the last: 111 ms each.
inline LoadBuilder steady_load(int count, double every = 120.0) {
  LoadBuilder builder;
  for (int i = 0; i < count; ++i) {
    const double at = every * i;
    auto& request = builder.request(at, at, at + 111.0);
    request.completion_tokens = 10;
    request.completion_source = TokenSource::usage;
    request.prompt_tokens = 30;
    request.asked_tokens = 10;
    request.finish_reason = "length";
    builder.stream(at + 20.0, 10.0, 10);
  }
  return builder;
}

/// The figure of `metric` over `window`; never null in a summary.
inline const ServingFigure* figure(const ServingSummary& summary, const std::string& metric,
                                   const std::string& window = "whole") {
  for (const auto& each : summary.figures)
    if (each.metric == metric && each.window == window) return &each;
  return nullptr;
}

/// The figures of a load, which must come about.
inline ServingSummary summarised(const LoadBuilder& builder, const SummaryOptions& options = {}) {
  auto load = builder.build();
  auto summary = summarise_load(load, options);
  EXPECT_TRUE(summary.has_value());
  return *summary;
}

/// A load's checks, by their names.
struct Checked {
  Validity validity;
  [[nodiscard]] CheckVerdict operator[](std::string_view id) const { return check(id).verdict; }
  [[nodiscard]] CheckResult check(std::string_view id) const {
    for (const auto& each : validity.checks)
      if (each.id == id) return each;
    ADD_FAILURE() << "there is no check " << id;
    return {};
  }
};

inline Checked checked(const LoadBuilder& builder, const ValidityLimits& limits = {}) {
  auto load = builder.build();
  const auto summary = summarise_load(load, {});
  auto validity = check_validity(load, *summary, limits);
  EXPECT_TRUE(validity.has_value());
  return {*validity};
}

}  // namespace edgeeval::testing
