// SPDX-License-Identifier: Apache-2.0
// A stream through the framer, whole or cut, as a list of events that outlive it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire/framer.hpp"

namespace edgeeval {

/// An event's texts, kept.
struct Framed {
  std::string data;
  std::string event;
  bool comment = false;
  bool split = false;
  friend bool operator==(const Framed&, const Framed&) = default;
};

/// What a stream gave.
struct FramedStream {
  std::vector<Framed> events;
  FrameFault fault = FrameFault::none;
  bool mid_event = false;
};

/// Feeds `portions` one after the other, collecting every portion's frames before looking at any, as a client
/// that counts them does.
inline FramedStream framed(Framing framing, const std::vector<std::string>& portions, bool end = true,
                           std::size_t largest = 1U << 20U) {
  Framer framer(framing, largest);
  FramedStream stream;
  const auto take = [&] {
    std::vector<Frame> frames;
    Frame frame;
    while (framer.next(frame)) frames.push_back(frame);
    for (const auto& one : frames)
      stream.events.push_back({std::string(one.data), std::string(one.event), one.comment, one.split});
  };
  for (const auto& portion : portions) {
    // A buffer of its own, gone after the portion: whoever keeps a view too long is found by the sanitizer.
    const auto bytes = std::make_unique<std::string>(portion);
    framer.feed(*bytes);
    take();
  }
  if (end) {
    framer.feed({});
    framer.end();
    take();
  }
  stream.fault = framer.fault();
  stream.mid_event = framer.mid_event();
  return stream;
}

/// The data of the events of a stream of server-sent events in one portion.
inline std::vector<std::string> data_of(const std::string& stream) {
  std::vector<std::string> data;
  for (auto& event : framed(Framing::server_sent_events, {stream}).events) data.push_back(event.data);
  return data;
}

}  // namespace edgeeval
