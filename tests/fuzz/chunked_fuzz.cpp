// SPDX-License-Identifier: Apache-2.0
// HTTP answers from any bytes: heads, chunks, lengths; and whole replies on top of them. Cutting changes
// nothing.
#include <string>
#include <vector>

#include "fuzz/check.hpp"
#include "load/http_reply.hpp"
#include "load/reply_reader.hpp"

namespace {

using namespace edgeeval;

constexpr std::size_t kLargestHead = 4096;

class Keeper final : public client::HttpTaker {
 public:
  bool head(const client::HttpHead& head) override {
    ++heads;
    status = head.status;
    return true;
  }
  bool body(std::string_view bytes) override {
    fuzz::check(heads == 1, "a body comes after one head");
    fuzz::check(!bytes.empty(), "a portion is not empty");
    text.append(bytes);
    return true;
  }
  int heads = 0;
  int status = 0;
  std::string text;
};

struct Read {
  std::string body;
  int status = 0;
  bool done = false;
  client::HttpFault fault = client::HttpFault::none;
};

/// Feeds `bytes` in portions whose lengths `step` decides; 0 = all at once.
template <class Feed>
void in_portions(std::string_view bytes, std::size_t step, const Feed& feed) {
  std::size_t length = step == 0 ? bytes.size() : step;
  while (!bytes.empty()) {
    feed(bytes.substr(0, length));
    bytes.remove_prefix(std::min(length, bytes.size()));
    if (step > 1) length = 1 + (length * 31 + step) % 61;
  }
}

Read read_http(std::string_view bytes, std::size_t step) {
  client::HttpReply reply;
  reply.begin(kLargestHead);
  Keeper keeper;
  in_portions(bytes, step, [&](std::string_view part) { reply.feed(part, keeper); });
  reply.end_of_stream();
  fuzz::check(reply.done() != (reply.fault() != client::HttpFault::none), "it ends in one way");
  fuzz::check(keeper.text.size() <= bytes.size(), "a body is part of what came");
  return {keeper.text, keeper.status, reply.done(), reply.fault()};
}

class CountingSink final : public LoadSink {
 public:
  void event(const EventRecord& event) noexcept override {
    ++events;
    kinds.push_back(event.kind);
  }
  void request(RequestRecord&&) override {}
  std::size_t events = 0;
  std::vector<EventClass> kinds;
};

struct Reply {
  RequestRecord record;
  std::vector<EventClass> kinds;
};

Reply read_reply(const Dialect& dialect, std::string_view bytes, std::size_t step) {
  RequestLimits limits;
  limits.largest_event = 2048;
  limits.largest_head = kLargestHead;
  CountingSink sink;
  client::ReadingDesk desk;
  desk.dialect = &dialect;
  desk.limits = &limits;
  desk.sink = &sink;
  client::ReplyReader reader(desk);
  Reply reply;
  reader.begin(reply.record);
  std::int64_t now = 1;
  in_portions(bytes, step, [&](std::string_view part) {
    if (reader.ended()) return;
    reader.start_read({now, now, static_cast<std::uint32_t>(now), 0}, part.size());
    reader.feed(part);
    reader.finish_read();
    ++now;
  });
  reader.end_of_stream(now);
  fuzz::check(reader.ended(), "a reply ends with its connection");
  fuzz::check(reply.record.ok() == reply.record.error.empty(), "a failure has words");
  fuzz::check(reply.record.closed_ns.has_value(), "an end has a time");
  reply.kinds = sink.kinds;
  return reply;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read_http(bytes, 0);
  for (const std::size_t step : {std::size_t{1}, 2 + size % 59}) {
    const auto cut = read_http(bytes, step);
    fuzz::check(cut.done == whole.done, "cutting does not change whether it ends");
    fuzz::check(!whole.done || (cut.body == whole.body && cut.status == whole.status),
                "nor a body that is whole");
  }
  for (const auto kind : {ServerKind::openai_chat, ServerKind::ollama}) {
    const auto dialect = dialects_of(kind).front();
    const auto reply = read_reply(dialect, bytes, 0);
    const auto cut = read_reply(dialect, bytes, 2 + size % 59);
    if (reply.record.ok())
      fuzz::check(cut.record.ok() && cut.kinds == reply.kinds, "cutting changes no good reply");
  }
  return 0;
}
