// SPDX-License-Identifier: Apache-2.0
// Laws of the framer that hold for every input: the cut does not matter, and what is held is bounded.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/check.hpp"
#include "wire/framer.hpp"

namespace edgeeval::fuzz {

/// Events of one stream, kept.
struct Events {
  std::vector<std::string> texts;  ///< Name, data and whether it is a comment, as one text each.
  FrameFault fault = FrameFault::none;
};

/// Reads `stream` in portions whose sizes come from `cuts` (from 1 byte up), or whole where there are none.
/// Every portion is a buffer of its own.
inline Events events_of(Framing framing, std::string_view stream, std::string_view cuts,
                        std::size_t largest) {
  Framer framer(framing, largest);
  Events events;
  Frame frame;
  const auto take = [&](std::size_t held) {
    while (framer.next(frame)) {
      check(frame.data.size() <= largest, "an event is no larger than the bound");
      check(frame.event.size() <= largest, "a name is no larger than the bound");
      check(frame.data.size() <= held, "an event is no larger than what was fed");
      events.texts.push_back(std::string(frame.event) + (frame.comment ? "#" : "|") +
                             std::string(frame.data));
    }
  };
  std::size_t at = 0;
  for (std::size_t i = 0; at < stream.size(); ++i) {
    const auto size =
        cuts.empty() ? stream.size() : 1 + static_cast<std::uint8_t>(cuts[i % cuts.size()]) % 37U;
    const std::vector<char> portion(
        stream.begin() + static_cast<std::ptrdiff_t>(at),
        stream.begin() + static_cast<std::ptrdiff_t>(std::min(at + size, stream.size())));
    at += portion.size();
    framer.feed({portion.data(), portion.size()});
    take(at);
  }
  framer.feed({});
  framer.end();
  take(at);
  check(!framer.next(frame), "after the end there is nothing more");
  events.fault = framer.fault();
  return events;
}

/// Checks that cuts do not matter. The input's first byte tells how many of the next are cuts.
inline void check_cuts(Framing framing, std::string_view input) {
  if (input.empty()) return;
  const auto count = std::min<std::size_t>(static_cast<std::uint8_t>(input[0]) % 16U, input.size() - 1);
  const auto cuts = input.substr(1, count);
  const auto stream = input.substr(1 + count);
  for (const std::size_t largest : {std::size_t{24}, std::size_t{1} << 20U}) {
    const auto whole = events_of(framing, stream, {}, largest);
    for (const auto portions : {cuts, std::string_view("\0", 1)}) {
      const auto parts = events_of(framing, stream, portions, largest);
      check(whole.texts == parts.texts, "any cut gives the same events");
      check(whole.fault == parts.fault, "any cut gives the same fault");
    }
  }
}

}  // namespace edgeeval::fuzz
