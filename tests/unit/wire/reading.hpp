// SPDX-License-Identifier: Apache-2.0
// A stream through framer and reader: events as tests compare them, and dialects by route.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/piece.hpp"

namespace edgeeval {

/// A piece that outlives its reader.
struct KeptPiece {
  EventClass kind = EventClass::other;
  int tokens = 0;
  TokenSource source = TokenSource::unknown;
  int flags = 0;
  std::string text;
  FailureClass failure = FailureClass::none;
  std::string message;
  [[nodiscard]] bool known() const { return (flags & kTokensKnown) != 0; }
  [[nodiscard]] bool finish() const { return (flags & kFinish) != 0; }
  [[nodiscard]] bool usage() const { return (flags & kUsage) != 0; }
};

/// Reads events of one reply, one after the other.
class Reading {
 public:
  explicit Reading(Dialect dialect) : dialect_(std::move(dialect)) {}
  /// One event by its data.
  KeptPiece operator()(std::string_view data, std::string_view event = {}) {
    Frame frame;
    frame.data = data;
    frame.event = event;
    return read(frame);
  }
  KeptPiece read(const Frame& frame) {
    Piece piece;
    reader_.read(dialect_, frame, state, piece);
    return {piece.kind,
            piece.tokens,
            piece.source,
            piece.flags,
            std::string(piece.text),
            piece.failure,
            std::string(piece.message)};
  }
  ReplyState state;

 private:
  Dialect dialect_;
  PieceReader reader_;
};

/// The dialect of `kind` with this route.
inline Dialect dialect_at(ServerKind kind, RouteKind route) {
  for (auto& dialect : dialects_of(kind)) {
    if (dialect.route == route) return dialect;
  }
  return {};
}

/// A chat chunk with that choice: `{"choices":[{"index":0,CHOICE}]MORE}`.
inline std::string chunk(std::string_view choice, std::string_view more = {}) {
  return "{\"id\":\"c\",\"choices\":[{\"index\":0," + std::string(choice) + "}]" + std::string(more) + "}";
}
/// A chat chunk with that delta and no reason to finish.
inline std::string delta(std::string_view members, std::string_view more = {}) {
  return chunk("\"delta\":{" + std::string(members) + "},\"finish_reason\":null", more);
}

}  // namespace edgeeval
