// SPDX-License-Identifier: Apache-2.0
#include "load/closed_loop.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "load/sse.hpp"

namespace edgeeval {
namespace {

constexpr int kWakeEveryMs = 100;  // How soon a cancel, a time-out or a dead engine is noticed.
constexpr int kServiceUnavailable = 503;

double seconds_between(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double>(to - from).count();
}

/// One request in flight and the timeline it fills.
class Flight {
 public:
  Flight(Exchange exchange, RequestTimeline timeline, SteadyTime epoch, SteadyTime deadline)
      : exchange_(std::move(exchange)), timeline_(std::move(timeline)), epoch_(epoch), deadline_(deadline) {}

  [[nodiscard]] const Exchange& exchange() const { return exchange_; }
  [[nodiscard]] SteadyTime deadline() const { return deadline_; }
  [[nodiscard]] bool wants_retry() const {
    return exchange_.status() == kServiceUnavailable && timeline_.text.empty();
  }

  Exchange::State advance(const Clock& clock) {
    return exchange_.advance(clock, [this](std::string_view bytes, SteadyTime received) {
      sse_.feed(bytes, [&](std::string_view data) { take(read_piece(data), received); });
    });
  }

  /// The finished timeline.
  RequestTimeline finish(const std::string& reason) {
    stamp(timeline_.connected_s, exchange_.connected());
    stamp(timeline_.headers_s, exchange_.headers());
    stamp(timeline_.closed_s, exchange_.closed());
    if (const auto sent = exchange_.sent()) timeline_.sent_s = seconds_between(epoch_, *sent);
    if (timeline_.error.empty()) timeline_.error = reason.empty() ? what_is_wrong() : reason;
    timeline_.ok = timeline_.error.empty();
    return std::move(timeline_);
  }

 private:
  void stamp(std::optional<double>& to, std::optional<SteadyTime> from) const {
    if (from) to = seconds_between(epoch_, *from);
  }

  void take(const ChatPiece& piece, SteadyTime received) {
    if (!piece.error.empty() && timeline_.error.empty()) timeline_.error = piece.error;
    ended_ = ended_ || piece.done;
    if (!piece.finish_reason.empty()) timeline_.finish_reason = piece.finish_reason;
    if (!piece.token_source.empty()) {
      timeline_.token_source = piece.token_source;
      timeline_.prompt_tokens = piece.prompt_tokens;
      timeline_.cached_tokens = piece.cached_tokens;
      timeline_.completion_tokens = piece.completion_tokens;
    }
    if (piece.text.empty()) return;
    const double at = seconds_between(epoch_, received);
    if (!timeline_.first_token_s) timeline_.first_token_s = at;
    timeline_.last_token_s = at;
    timeline_.token_events_s.push_back(at);
    timeline_.text += piece.text;
  }

  [[nodiscard]] std::string what_is_wrong() const {
    if (exchange_.state() == Exchange::State::failed) return exchange_.problem();
    if (exchange_.status() != 200)
      return fmt::format("HTTP {}: {:.200}", exchange_.status(), exchange_.body());
    return ended_ ? "" : "the stream ended without its end mark";
  }

  Exchange exchange_;
  SseParser sse_;
  RequestTimeline timeline_;
  SteadyTime epoch_;
  SteadyTime deadline_;
  bool ended_ = false;
};

/// The loop itself: one thread, one epoll.
class Loop {
 public:
  Loop(const LoadPlan& plan, const Clock& clock, SteadyTime epoch, const CancelToken& cancel,
       const LoadHooks& hooks)
      : plan_(plan),
        clock_(clock),
        epoch_(epoch),
        cancel_(cancel),
        hooks_(hooks),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        timelines_(plan.requests.size()),
        attempts_(plan.requests.size()) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() {
    flights_.clear();
    if (epoll_ >= 0) ::close(epoll_);
  }

  Result<std::vector<RequestTimeline>> run() {
    if (epoll_ < 0) return fail(ErrorCode::io, "no epoll instance can be had");
    while (done_ < timelines_.size()) {
      if (cancel_.requested()) return fail(ErrorCode::cancelled, "interrupted");
      if (hooks_.engine_alive && !hooks_.engine_alive()) {
        give_up_rest();
        break;
      }
      if (auto filled = fill(); !filled) return tl::unexpected(filled.error());
      wait_and_advance();
      expire();
    }
    return std::move(timelines_);
  }

 private:
  Result<void> fill() {
    while (next_ < timelines_.size() && flights_.size() < static_cast<std::size_t>(plan_.concurrency)) {
      if (auto begun = begin(next_++); !begun) return begun;
    }
    return {};
  }

  Result<void> begin(std::size_t index) {
    const auto& request = plan_.requests[index];
    auto exchange = Exchange::begin(plan_.endpoint, "/v1/chat/completions", chat_body(request));
    if (!exchange) return tl::unexpected(exchange.error());
    RequestTimeline timeline;
    timeline.item = request.item;
    timeline.index = static_cast<int>(index);
    timeline.retries = attempts_[index];
    const auto now = clock_.now();
    timeline.sent_s = seconds_between(epoch_, now);
    const auto deadline = now + std::chrono::duration_cast<SteadyTime::duration>(
                                    std::chrono::duration<double>(plan_.request_timeout_s));
    const auto flight =
        flights_
            .insert_or_assign(
                index, std::make_unique<Flight>(std::move(*exchange), std::move(timeline), epoch_, deadline))
            .first;
    if (flight->second->exchange().state() == Exchange::State::failed) {
      finish(index, "");
      return {};
    }
    watch(index, EPOLL_CTL_ADD);
    return {};
  }

  void watch(std::size_t index, int operation) {
    const auto& exchange = flights_.at(index)->exchange();
    epoll_event event{};
    event.events = exchange.wants_to_write() ? EPOLLOUT : EPOLLIN;
    event.data.u64 = index;
    ::epoll_ctl(epoll_, operation, exchange.descriptor(), &event);
  }

  void wait_and_advance() {
    if (flights_.empty()) return;
    std::array<epoll_event, 64> events{};
    const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kWakeEveryMs);
    for (int i = 0; i < ready; ++i) advance(events[static_cast<std::size_t>(i)].data.u64);
  }

  void advance(std::size_t index) {
    auto& flight = *flights_.at(index);
    const bool wrote = flight.exchange().wants_to_write();
    const auto state = flight.advance(clock_);
    if (state != Exchange::State::done && state != Exchange::State::failed) {
      if (wrote != flight.exchange().wants_to_write()) watch(index, EPOLL_CTL_MOD);
      return;
    }
    if (flight.wants_retry() && attempts_[index] < plan_.retries) {
      ++attempts_[index];
      flights_.erase(index);
      // Should no socket be had for the next try, the request ends as failed like any other.
      if (auto again = begin(index); !again) record_failure(index, again.error().message);
      return;
    }
    finish(index, "");
  }

  void expire() {
    std::vector<std::size_t> late;
    const auto now = clock_.now();
    for (const auto& [index, flight] : flights_) {
      if (now >= flight->deadline()) late.push_back(index);
    }
    for (const auto index : late)
      finish(index, fmt::format("no whole answer within {} s", plan_.request_timeout_s));
  }

  void finish(std::size_t index, const std::string& reason) {
    const auto flight = flights_.find(index);
    timelines_[index] = flight->second->finish(reason);
    flights_.erase(flight);
    ++done_;
    if (hooks_.on_progress) hooks_.on_progress(done_, timelines_.size());
  }

  void record_failure(std::size_t index, const std::string& reason) {
    auto& timeline = timelines_[index];
    timeline.item = plan_.requests[index].item;
    timeline.index = static_cast<int>(index);
    timeline.sent_s = seconds_between(epoch_, clock_.now());
    timeline.error = reason;
    ++done_;
  }

  void give_up_rest() {
    while (!flights_.empty()) finish(flights_.begin()->first, "the engine ended");
    while (next_ < timelines_.size()) record_failure(next_++, "not sent: the engine had ended");
  }

  const LoadPlan& plan_;
  const Clock& clock_;
  SteadyTime epoch_;
  const CancelToken& cancel_;
  const LoadHooks& hooks_;
  int epoll_;
  std::map<std::size_t, std::unique_ptr<Flight>> flights_;
  std::vector<RequestTimeline> timelines_;
  std::vector<int> attempts_;
  std::size_t next_ = 0;
  std::size_t done_ = 0;
};

}  // namespace

Result<std::vector<RequestTimeline>> run_closed_loop(const LoadPlan& plan, const Clock& clock,
                                                     SteadyTime epoch, const CancelToken& cancel,
                                                     const LoadHooks& hooks) {
  return Loop(plan, clock, epoch, cancel, hooks).run();
}

}  // namespace edgeeval
