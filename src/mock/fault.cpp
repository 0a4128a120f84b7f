// SPDX-License-Identifier: Apache-2.0
#include "mock/fault.hpp"

#include <fmt/format.h>

#include <array>

namespace edgeeval::mock {
namespace {

template <Answer kAnswer>
void answer(ReplyScript& reply) {
  reply.answer = kAnswer;
}

template <Midway kMidway>
void midway(ReplyScript& reply) {
  reply.midway = kMidway;
}

template <Cut kCut>
void cut(ReplyScript& reply) {
  reply.cut = kCut;
}

template <UsageChunk kUsage>
void usage(ReplyScript& reply) {
  reply.usage = kUsage;
}

template <LineEnd kEnd>
void line_end(ReplyScript& reply) {
  reply.line_end = kEnd;
}

void drip(ReplyScript& reply) {
  reply.cut = Cut::every_byte;
  reply.gap = reply.drip;
}

void drip_head(ReplyScript& reply) {
  drip(reply);
  reply.cut_head = true;
}

constexpr std::array kFaults{
    // Instead of a stream.
    Fault{"unauthorized", "401 with the dialect's error", answer<Answer::unauthorized>},
    Fault{"not-found", "404: no such model", answer<Answer::not_found>},
    Fault{"rate-limited", "429 with Retry-After", answer<Answer::rate_limited>},
    Fault{"overloaded", "503 with Retry-After: no slot is free", answer<Answer::overloaded>},
    Fault{"loading", "503 as while the model loads", answer<Answer::loading>},
    Fault{"server-error", "500 with the dialect's error", answer<Answer::server_error>},
    Fault{"bad-request", "400 with the dialect's error", answer<Answer::bad_request>},
    Fault{"redirect", "307 to a route that does not exist", answer<Answer::redirect>},
    Fault{"html", "200 with a page of HTML", answer<Answer::html>},
    Fault{"error-200", "an error object under status 200, not streamed", answer<Answer::error_200>},
    Fault{"wrong-type", "a good stream that calls itself text/plain", answer<Answer::wrong_type>},
    Fault{"hang", "takes the request and never answers", answer<Answer::hang>},
    Fault{"close-unanswered", "closes without a byte", answer<Answer::close>},
    Fault{"reset-unanswered", "resets the connection without a byte", answer<Answer::reset>},
    Fault{"head-only", "the head of a stream, then silence", answer<Answer::head_only>},
    Fault{"bad-status", "a status line that is none, then closes", answer<Answer::bad_status>},
    Fault{"huge-head", "a head with a field of 1 MiB, then the stream", answer<Answer::huge_head>},
    Fault{"interim", "103 Early Hints before the good answer", answer<Answer::interim>},
    Fault{"close-delimited", "a good stream without chunks that ends as the connection does",
          answer<Answer::close_delimited>},
    Fault{"short-length", "a Content-Length of more than comes, then closes", answer<Answer::short_length>},
    // After half of the events with tokens.
    Fault{"error-event", "an error event midway, then a proper end", midway<Midway::error_event>},
    Fault{"reset-midway", "resets the connection midway", midway<Midway::reset>},
    Fault{"close-midway", "closes midway, between two chunks", midway<Midway::close>},
    Fault{"truncated-chunk", "closes midway, within a chunk", midway<Midway::truncated_chunk>},
    Fault{"bad-chunk-size", "a chunk size that is no number midway, then closes",
          midway<Midway::bad_chunk_size>},
    Fault{"stall", "a pause midway (script: limits.stall), then goes on late", midway<Midway::stall>},
    Fault{"silence", "silence from midway on, connection open", midway<Midway::silence>},
    Fault{"giant-line", "a line midway that does not end (script: limits.giant_bytes), then closes",
          midway<Midway::giant_line>},
    Fault{"invalid-utf8", "an event midway whose text is not UTF-8", midway<Midway::invalid_utf8>},
    Fault{"deep-json", "an event midway of brackets within brackets (script: limits.json_depth)",
          midway<Midway::deep_json>},
    Fault{"bad-json", "an event midway that is not JSON", midway<Midway::bad_json>},
    Fault{"truncated-json", "an event midway whose JSON breaks off", midway<Midway::truncated_json>},
    Fault{"null-byte", "an event midway with a NUL byte within its JSON", midway<Midway::null_byte>},
    // How the bytes come.
    Fault{"drip", "the body byte by byte (script: limits.drip, 1 s)", drip},
    Fault{"drip-head", "head and body byte by byte", drip_head},
    Fault{"split-random", "each event in two writes, cut at random", cut<Cut::random>},
    Fault{"split-utf8", "each event cut within a character of several bytes where it has one",
          cut<Cut::utf8>},
    Fault{"split-crlf", "each chunk cut between its CR and its LF", cut<Cut::crlf>},
    Fault{"split-bytes", "a write a byte", cut<Cut::every_byte>},
    Fault{"merged-writes", "four events a write", [](ReplyScript& reply) { reply.merge = 4; }},
    Fault{"all-at-once", "all events when the last is due",
          [](ReplyScript& reply) { reply.all_at_once = true; }},
    Fault{"close-after", "closes after the stream, although keep-alive is announced",
          [](ReplyScript& reply) { reply.close_after = true; }},
    Fault{"chunk-extension", "chunk sizes with an extension, and a trailer field",
          [](ReplyScript& reply) { reply.chunk_extension = true; }},
    // What the events say.
    Fault{"bundles", "four tokens an event", [](ReplyScript& reply) { reply.bundle = 4; }},
    Fault{"role-early", "the chunk with the role at once, long before the first token",
          [](ReplyScript& reply) { reply.role = RoleChunk::early; }},
    Fault{"no-role", "no chunk with the role", [](ReplyScript& reply) { reply.role = RoleChunk::none; }},
    Fault{"empty-chunks", "a chunk without text before every fifth event",
          [](ReplyScript& reply) { reply.empty_every = 5; }},
    Fault{"reasoning", "the first half of the tokens, 8 at most, is reasoning",
          [](ReplyScript& reply) { reply.reasoning = std::min(8U, (reply.tokens_from + 1) / 2); }},
    Fault{"tool-call", "the tokens are the arguments of a tool call",
          [](ReplyScript& reply) { reply.tool_call = true; }},
    Fault{"comments", "a comment line before every third event",
          [](ReplyScript& reply) { reply.comment_every = 3; }},
    Fault{"usage-none", "no usage, though asked for", usage<UsageChunk::none>},
    Fault{"usage-every", "the counts so far in every chunk", usage<UsageChunk::every>},
    Fault{"usage-finish", "usage in the chunk with the reason to finish", usage<UsageChunk::finish>},
    Fault{"usage-wrong", "usage that tells 3 tokens more than were sent",
          [](ReplyScript& reply) { reply.usage_surplus = 3; }},
    Fault{"no-done", "no [DONE]", [](ReplyScript& reply) { reply.done = false; }},
    Fault{"done-unterminated", "no empty line after [DONE]",
          [](ReplyScript& reply) { reply.done_blank_line = false; }},
    Fault{"after-done", "a chunk with text after [DONE]",
          [](ReplyScript& reply) { reply.after_done = true; }},
    Fault{"no-finish", "no reason to finish", [](ReplyScript& reply) { reply.finish = false; }},
    Fault{"no-tokens", "a reply without a token",
          [](ReplyScript& reply) { reply.tokens_from = reply.tokens_to = 0; }},
    Fault{"one-token", "a reply of one token",
          [](ReplyScript& reply) { reply.tokens_from = reply.tokens_to = 1; }},
    Fault{"crlf-lines", "events with CRLF line ends", line_end<LineEnd::crlf>},
    Fault{"cr-lines", "events with CR line ends", line_end<LineEnd::cr>},
    Fault{"no-space", "\"data:\" without the space", [](ReplyScript& reply) { reply.space = false; }},
    Fault{"multi-line", "the JSON of an event over two data lines",
          [](ReplyScript& reply) { reply.multi_line = true; }},
    Fault{"byte-order-mark", "a byte order mark before the first event",
          [](ReplyScript& reply) { reply.byte_order_mark = true; }},
};

}  // namespace

std::span<const Fault> faults() { return kFaults; }

const Fault* find_fault(std::string_view name) {
  for (const auto& fault : kFaults) {
    if (fault.name == name) return &fault;
  }
  return nullptr;
}

std::vector<std::string> fault_names() {
  std::vector<std::string> names;
  for (const auto& fault : kFaults) names.emplace_back(fault.name);
  return names;
}

std::string faults_text() {
  std::string text;
  for (const auto& fault : kFaults) text += fmt::format("{:<18} {}\n", fault.name, fault.meaning);
  return text;
}

}  // namespace edgeeval::mock
