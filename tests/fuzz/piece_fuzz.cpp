// SPDX-License-Identifier: Apache-2.0
// Events in every dialect: whatever comes is read or has a failure, and counts keep within what a record can
// hold.
#include "wire/piece.hpp"

#include "fuzz/check.hpp"
#include "wire/json_text.hpp"
#include "wire/words.hpp"

namespace edgeeval::fuzz {
namespace {

void check_utf8(std::string_view text) {
  while (!text.empty()) {
    std::size_t wrong = 0;
    const auto length = utf8_length(text, wrong);
    check(length > 0, "what is handed out is UTF-8");
    text.remove_prefix(length);
  }
}

void check_piece(const Piece& piece, const Frame& frame) {
  check_utf8(piece.text);
  check_utf8(piece.message);
  check(piece.text.size() <= frame.data.size(), "text is no longer than its event");
  check(piece.message.size() <= kMostWords, "words are short");
  check((piece.failure == FailureClass::none) == piece.message.empty(),
        "a failure has words, and nothing else");
  check(!carries_tokens(piece.kind) || piece.failure == FailureClass::none, "a failure carries no tokens");
  const bool known = (piece.flags & kTokensKnown) != 0;
  check(known == (piece.source != TokenSource::unknown), "a count has its source");
  check(known || piece.tokens == 0, "an unknown count is no number");
}

void read_all(const Dialect& dialect, std::string_view bytes, PieceReader& reader) {
  Framer framer(dialect.framing);
  ReplyState state;
  Piece piece;
  Frame frame;
  const auto take = [&] {
    while (framer.next(frame)) {
      reader.read(dialect, frame, state, piece);
      check_piece(piece, frame);
      check(!state.completion_tokens || *state.completion_tokens >= 0, "counts are not negative");
      check(state.counted_tokens >= 0 && state.uncounted_events >= 0, "sums are not negative");
    }
  };
  framer.feed(bytes);
  take();
  framer.feed({});
  framer.end();
  take();
  // The bytes as one event's data too, without the framer's help.
  frame = Frame{};
  frame.data = bytes;
  reader.read(dialect, frame, state, piece);
  check_piece(piece, frame);
}

}  // namespace
}  // namespace edgeeval::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static edgeeval::PieceReader reader;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto kind : edgeeval::all_server_kinds()) {
    const auto dialects = edgeeval::dialects_of(kind);
    // Routes that others have too are read once.
    const bool first = kind == edgeeval::ServerKind::openai_chat;
    for (const auto& dialect : dialects) {
      const bool common =
          dialect.route == edgeeval::RouteKind::chat || dialect.route == edgeeval::RouteKind::completions;
      if (first || !common) edgeeval::fuzz::read_all(dialect, bytes, reader);
    }
  }
  return 0;
}
