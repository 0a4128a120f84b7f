// SPDX-License-Identifier: Apache-2.0
// A server contact over 127.0.0.1 for OpenAI's chat route alone, made of the plain parts of src/load.
#pragma once

#include <poll.h>

#include <chrono>
#include <memory>
#include <utility>

#include "bench/server_contact.hpp"
#include "load/chat.hpp"
#include "load/exchange.hpp"
#include "load/sse.hpp"

namespace edgeeval::testing {

/// How a llama-server wants to be asked, as far as cold starts care.
inline Dialect llama_dialect() {
  Dialect dialect;
  dialect.server = ServerKind::llama_server;
  dialect.ready_path = "/health";
  return dialect;
}

class ExchangeContact final : public ServerContact {
 public:
  /// `recognised` is what every server is taken for once GET /v1/models answers 200.
  ExchangeContact(const Target& target, Dialect recognised)
      : endpoint_{target.host, target.port}, recognised_(std::move(recognised)) {}

  Result<SmallAnswer> call(const std::string& path, const std::string& body, double timeout_s) override {
    auto answer = edgeeval::call(endpoint_, path, body, clock_, deadline(timeout_s));
    if (!answer) return tl::unexpected(answer.error());
    return SmallAnswer{answer->status, answer->body, {}};
  }

  Result<ProbedServer> recognise(std::optional<ServerKind> /*wanted*/) override {
    const auto models = call("/v1/models", "", 2.0);
    if (!models) return tl::unexpected(models.error());
    if (models->body.find("\"data\"") == std::string::npos && models->status != 503)
      return fail(ErrorCode::engine_failed, "no serving engine: " + models->body.substr(0, 40));
    ProbedServer found;
    found.dialect = recognised_;
    found.version = "of the test";
    found.readiness = recognised_.lazy_load ? Readiness::lazy : Readiness::unknown;
    return found;
  }

  Result<Answered> ask(const Question& question, const CancelToken& cancel,
                       const std::function<bool()>& alive) override {
    const ChatRequest request{
        "q", {{"user", question.salt + question.text}}, static_cast<int>(question.max_tokens)};
    Answered answered;
    auto exchange = Exchange::begin(endpoint_, question.dialect.path, chat_body(request));
    if (!exchange) return tl::unexpected(exchange.error());
    SseParser parser;
    const auto until = deadline(question.timeout_s);
    const OnBody take = [&](std::string_view bytes, SteadyTime received) {
      parser.feed(bytes, [&](std::string_view data) {
        if (read_piece(data).text.empty()) return;
        answered.last_token_ns = received.time_since_epoch().count();
        if (!answered.first_token_ns) answered.first_token_ns = answered.last_token_ns;
      });
    };
    answered.request.issued_ns = clock_.now().time_since_epoch().count();
    while (exchange->state() != Exchange::State::done && exchange->state() != Exchange::State::failed) {
      const bool over = cancel.requested() || !alive() || clock_.now() >= until;
      if (over) {
        answered.request.failure =
            clock_.now() >= until ? FailureClass::total_timeout : FailureClass::engine_ended;
        answered.request.error = "not answered to the end";
        return answered;
      }
      pollfd waiting{exchange->descriptor(),
                     static_cast<short>(exchange->wants_to_write() ? POLLOUT : POLLIN), 0};
      if (::poll(&waiting, 1, 20) > 0) exchange->advance(clock_, take);
    }
    classify(*exchange, answered.request);
    return answered;
  }

 private:
  static void classify(const Exchange& exchange, RequestRecord& request) {
    request.status = exchange.status();
    if (exchange.state() == Exchange::State::failed) {
      request.failure = exchange.refused() ? FailureClass::refused : FailureClass::closed_unanswered;
      request.error = exchange.problem();
    } else if (exchange.status() == 503) {
      request.failure = FailureClass::loading;
      request.error = exchange.body();
    } else if (exchange.status() != 200) {
      request.failure = FailureClass::bad_request;
      request.error = exchange.body().substr(0, 80);
    }
  }
  [[nodiscard]] SteadyTime deadline(double seconds) const {
    return clock_.now() +
           std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(seconds));
  }
  SystemClock clock_;
  Endpoint endpoint_;
  Dialect recognised_;
};

/// Contacts that take every server for one of `dialect`.
inline MakeContact exchange_contacts(Dialect dialect = llama_dialect()) {
  return [dialect = std::move(dialect)](const Target& target) {
    return std::make_unique<ExchangeContact>(target, dialect);
  };
}

}  // namespace edgeeval::testing
