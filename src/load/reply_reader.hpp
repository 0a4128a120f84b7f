// SPDX-License-Identifier: Apache-2.0
// One reply from its bytes to its events and its end: HTTP, framing, what each event says, and why it failed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/prefetch.hpp"
#include "load/client.hpp"
#include "load/http_reply.hpp"
#include "record/load_file.hpp"
#include "wire/framer.hpp"
#include "wire/piece.hpp"

namespace edgeeval::client {

/// What one read from a connection was stamped with.
struct ReadStamp {
  std::int64_t kernel_ns = 0;  ///< Equal to user_ns where the kernel gave none.
  std::int64_t user_ns = 0;
  std::uint32_t read = 0;  ///< Its number on this thread.
  std::uint8_t flags = 0;  ///< kKernelStamp, kTls.
};

/// What the readers of one client thread share.
struct ReadingDesk {
  const Dialect* dialect = nullptr;
  const RequestLimits* limits = nullptr;
  std::span<const std::string> secrets{};  ///< Are left out of a server's words.
  LoadSink* sink = nullptr;
  PieceReader pieces{};
  std::vector<EventRecord> events{};  ///< Of the read under way.
  std::uint64_t event_count = 0;
  std::uint64_t token_event_count = 0;
};

/// Reads the replies of one connection, one after the other. Fills the record it was begun with, and hands
/// each read's events to the desk's sink once the read has been taken in.
class ReplyReader final : private HttpTaker {
 public:
  explicit ReplyReader(ReadingDesk& desk);

  /// A request is about to be written; `record` must live until the reply has ended.
  void begin(RequestRecord& record);
  /// Takes the bytes of one read (several portions where they were decrypted), between these two.
  void start_read(const ReadStamp& stamp, std::size_t wire_bytes);
  void feed(std::string_view bytes);
  void finish_read();
  /// The connection ended, or was reset.
  void end_of_stream(std::int64_t at_ns);
  void reset(std::int64_t at_ns);
  /// Ends the reply with a failure that is not in its bytes. Where an answer that is no stream has begun, its
  /// own failure counts (except `cancelled` and `engine_ended`).
  void give_up(FailureClass failure, std::string words, std::int64_t at_ns);

  /// Asks for the memory outside this object that the next bytes will touch.
  void prefetch_behind() const {
    http_.prefetch_behind();
    if (record_ != nullptr) prefetch(record_, sizeof *record_);
  }

  [[nodiscard]] bool ended() const { return ended_; }
  /// Whether the connection may carry another request, now that the reply has ended.
  [[nodiscard]] bool reusable() const;
  /// User stamp of the first event with a token; 0 before it.
  [[nodiscard]] std::int64_t first_token_ns() const { return first_token_ns_; }

 private:
  bool head(const HttpHead& head) override;
  bool body(std::string_view bytes) override;
  bool take_frame(const Frame& frame);
  void drain_frames();
  void keep_text(std::string_view text);
  void fail(FailureClass failure, std::string words);
  void after_http();
  void whole_answer();
  void judge_end();
  void conclude(std::int64_t at_ns);
  void flush_events();
  [[nodiscard]] bool end_mark_seen() const { return state_.done; }

  ReadingDesk* desk_;
  HttpReply http_;
  Framer framer_;
  ReplyState state_;
  RequestRecord* record_ = nullptr;
  ReadStamp stamp_;
  Piece piece_;
  std::string whole_;  // The beginning of an answer that is no stream.
  bool collecting_ = false;
  std::uint64_t token_events_ = 0;
  std::int64_t first_token_ns_ = 0;
  bool ended_ = true;
};

/// Takes every occurrence of each of `secrets` out of `text`.
void redact(std::string& text, std::span<const std::string> secrets);

}  // namespace edgeeval::client
