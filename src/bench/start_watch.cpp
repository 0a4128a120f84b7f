// SPDX-License-Identifier: Apache-2.0
#include "bench/start_watch.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>

#include "bench/start_figures.hpp"
#include "core/text.hpp"

namespace edgeeval {
namespace {

constexpr int kNotFound = 127;
constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kTooMany = 429;
constexpr int kUnavailable = 503;
constexpr double kNsPerS = 1e9;
constexpr double kCallLimitS = 2.0;
/// Looks are this far apart at least, at most, and as a share of the time that the start has taken.
constexpr double kShortestPauseMs = 1.0;
constexpr double kLongestPauseMs = 100.0;
constexpr double kPauseShare = 1e-3;

std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

/// Whether a failed first request means "not yet" rather than "never".
bool may_come_yet(FailureClass failure) {
  switch (failure) {
    case FailureClass::refused:
    case FailureClass::unreachable:
    case FailureClass::connect_timeout:
    case FailureClass::send_failed:
    case FailureClass::closed_unanswered:
    case FailureClass::reset_unanswered:
    case FailureClass::loading:
    case FailureClass::overloaded:
    case FailureClass::rate_limited:
      return true;
    default:
      return false;
  }
}

bool is_timeout(FailureClass failure) {
  return failure == FailureClass::first_byte_timeout || failure == FailureClass::stalled ||
         failure == FailureClass::total_timeout;
}

class Watch {
 public:
  Watch(const WatchedStart& start, ColdStartRepeat& repeat)
      : start_(start), repeat_(repeat), spawned_ns_(start.server.spawned_at().time_since_epoch().count()) {
    repeat_.spawned_ns = spawned_ns_;
  }

  Result<void> run() {
    if (auto accepted = accepting(); !accepted) return accepted;
    if (auto known = recognise(); !known) return known;
    if (auto ready = readiness(); !ready) return ready;
    if (auto first = first_request(); !first) return first;
    return settle();
  }

 private:
  /// What a look found: that it has come, or that it has not and perhaps why.
  struct Look {
    std::optional<std::int64_t> at_ns;
    std::optional<Error> unclear;  ///< An answer that makes no sense, for now.
  };

  Result<void> accepting() {
    auto moment = until("accept a connection", [this]() -> Result<Look> {
      const auto reached = start_.server.doorstep().knock();
      if (reached.accepted) return Look{reached.ended_ns, {}};
      repeat_.refused_first = true;
      return Look{};
    });
    if (!moment) return tl::unexpected(moment.error());
    repeat_.accepting = *moment;
    came("accepts connections", *moment);
    return {};
  }

  Result<void> recognise() {
    if (!start_.known.dialect) {
      ProbedServer found;
      bool slow = false;
      auto moment = until("say what it is", [&]() -> Result<Look> {
        auto probed = start_.contact.recognise(start_.job.server);
        slow = !probed && probed.error().code == ErrorCode::timed_out;
        if (!probed && probed.error().code != ErrorCode::engine_failed) return Look{};
        if (!probed) return Look{{}, probed.error()};
        found = std::move(*probed);
        return Look{now_ns(), {}};
      });
      if (!moment && slow && moment.error().code == ErrorCode::timed_out)
        moment.error().message += " (each answer took longer than --probe-timeout)";
      if (!moment) return tl::unexpected(moment.error());
      start_.known = {found.dialect, found.model, found.version};
      repeat_.notes.emplace_back(
          "the server was recognised during this start, which took it a few more requests");
      if (found.readiness == Readiness::ready) repeat_.ready = *moment;
      repeat_.loading_seen = found.readiness == Readiness::loading;
      repeat_.lazy = found.readiness == Readiness::lazy;
    }
    repeat_.lazy = repeat_.lazy || start_.known.dialect->lazy_load;
    return {};
  }

  Result<void> readiness() {
    const auto& path = start_.known.dialect->ready_path;
    if (repeat_.lazy) return {};
    if (!repeat_.ready) {
      if (path.empty()) return {};
      auto moment = until("be ready", [&]() -> Result<Look> { return look_at(path); });
      if (!moment) return tl::unexpected(moment.error());
      repeat_.ready = *moment;
    }
    came("is ready", *repeat_.ready);
    return {};
  }

  Result<Look> look_at(const std::string& path) {
    const auto answer = start_.contact.call(path, "", std::min(kCallLimitS, left_s()));
    if (!answer || answer->status == kTooMany) return Look{};
    if (answer->status == kOk) return Look{now_ns(), {}};
    Error error{ErrorCode::engine_failed,
                fmt::format("GET {} answered {}: {:.200}", path, answer->status, printable(answer->body)),
                path, "Another dialect may have to be named, or another port."};
    if (answer->status == kUnauthorized || answer->status == kForbidden) {
      error.hint = "The server wants an API key.";
      return tl::unexpected(error);
    }
    if (answer->status != kUnavailable) return Look{{}, error};
    repeat_.loading_seen = true;
    return Look{};
  }

  Result<void> first_request() {
    std::optional<Answered> answered;
    auto moment = until("answer a first request", [&]() -> Result<Look> {
      auto answer = ask(0, left_s());
      if (!answer) return tl::unexpected(answer.error());
      const auto& request = answer->request;
      if (request.ok() && answer->first_token_ns) {
        answered = std::move(*answer);
        return Look{answered->first_token_ns, {}};
      }
      repeat_.loading_seen = repeat_.loading_seen || request.failure == FailureClass::loading;
      if (!may_come_yet(request.failure)) return tl::unexpected(refusal(request));
      repeat_.asked_again += 1;
      return Look{};
    });
    if (!moment) return tl::unexpected(moment.error());
    // The token's stamp is exact, whenever the request was sent.
    moment->not_before_s = moment->at_s;
    repeat_.first_token = *moment;
    note_first(*answered);
    came("sends its first token", *moment);
    return {};
  }

  void note_first(const Answered& answered) {
    const auto& request = answered.request;
    const double replied_s = since_spawn(answered.last_token_ns.value_or(*answered.first_token_ns));
    repeat_.first_reply = StartMoment{replied_s, replied_s};
    repeat_.kernel_stamps = answered.kernel_stamps;
    if (request.issued_ns)
      repeat_.first_ttft_s = static_cast<double>(*answered.first_token_ns - *request.issued_ns) / kNsPerS;
    if (request.server && request.server->load_ms) repeat_.told_load_s = *request.server->load_ms / 1e3;
    note_request(1, answered);
  }

  /// More requests, one at a time. A failed one is noted and the next one sent; the start has succeeded
  /// already.
  Result<void> settle() {
    for (int number = 2; number <= 1 + start_.job.settle_requests; ++number) {
      if (start_.cancel.requested()) return fail(ErrorCode::cancelled, "interrupted");
      if (ended()) return tl::unexpected(end("settle"));
      auto answer = ask(static_cast<std::uint32_t>(number - 1), start_.job.timeout_s);
      if (!answer) return tl::unexpected(answer.error());
      note_request(number, *answer);
      if (!answer->request.ok())
        repeat_.notes.push_back(fmt::format("request {} failed: {}", number, answer->request.error));
    }
    if (const auto found = settled(repeat_.requests, start_.job.settle_share)) {
      repeat_.settled = StartMoment{found->ended_s, found->ended_s};
      repeat_.settled_request = found->number;
      repeat_.steady_latency_s = found->steady_s;
      came(fmt::format("has settled with request {}", found->number), *repeat_.settled);
    }
    return {};
  }

  void note_request(int number, const Answered& answered) {
    SettleRequest request;
    request.number = number;
    const auto& record = answered.request;
    const auto ended_ns = answered.last_token_ns.value_or(record.closed_ns.value_or(now_ns()));
    request.ended_s = since_spawn(ended_ns);
    if (record.ok() && record.issued_ns && answered.last_token_ns)
      request.latency_s = static_cast<double>(ended_ns - *record.issued_ns) / kNsPerS;
    repeat_.requests.push_back(request);
  }

  Result<Answered> ask(std::uint32_t number, double limit_s) {
    const auto& job = start_.job;
    Question question{*start_.known.dialect,
                      job.model.empty() ? start_.known.model : job.model,
                      job.prompt,
                      fmt::format("[{}.{}] ", repeat_.number, number),
                      job.max_tokens,
                      number,
                      std::max(1e-3, limit_s)};
    return start_.contact.ask(question, start_.cancel, [this] { return !ended(); });
  }

  Error refusal(const RequestRecord& request) {
    if (const auto over = may_go_on("answer a first request"); !over) return over.error();
    const auto code = is_timeout(request.failure) ? ErrorCode::timed_out : ErrorCode::engine_failed;
    const auto status = request.status == 0 ? std::string() : fmt::format(" (HTTP {})", request.status);
    const auto words = request.ok() ? "it ended without a token" : request.error;
    return {code, fmt::format("the first request failed{}: {}", status, words), start_.known.dialect->path,
            "Another dialect or model may have to be named; the server's log may say why."};
  }

  /// Looks again and again until it has come. Answers that make no sense are borne with for a while: what
  /// stands in front of a server may speak before it.
  template <class LookOnce>
  Result<StartMoment> until(const char* what, LookOnce look_once) {
    std::optional<std::int64_t> not_yet_ns;
    std::optional<std::int64_t> unclear_since_ns;
    for (;;) {
      const auto begun_ns = now_ns();
      Result<Look> look = look_once();
      if (!look) return tl::unexpected(look.error());
      if (look->at_ns) return moment(*look->at_ns, not_yet_ns.value_or(*look->at_ns));
      not_yet_ns = begun_ns;
      if (!look->unclear) unclear_since_ns.reset();
      if (look->unclear && !unclear_since_ns) unclear_since_ns = begun_ns;
      if (auto going = may_go_on(what); !going) return tl::unexpected(going.error());
      if (look->unclear &&
          static_cast<double>(now_ns() - *unclear_since_ns) >= start_.job.unclear_s * kNsPerS)
        return tl::unexpected(*look->unclear);
      pause();
    }
  }

  Result<void> may_go_on(const char* what) {
    if (start_.cancel.requested()) return fail(ErrorCode::cancelled, "interrupted");
    if (ended()) return tl::unexpected(end(what));
    if (left_s() <= 0.0) {
      return fail(
          ErrorCode::timed_out, fmt::format("the server did not {} within {} s", what, start_.job.timeout_s),
          start_.job.command,
          "--ready-timeout SECONDS allows it more; or look at its log, or name the port that it listens on.");
    }
    return {};
  }

  /// Why it will not come any more. A shell that found no program ends at once; one that ends so after its
  /// server had listened has run other commands too.
  Error end(const char* what) {
    const auto status = start_.server.first_ended();
    const bool not_found = start_.server.by_shell() && status->code == kNotFound && !repeat_.accepting;
    return {not_found ? ErrorCode::engine_missing : ErrorCode::engine_failed,
            fmt::format("the command ended {:.2f} s after its start ({}) and did not {}",
                        since_spawn(now_ns()), status->describe(), what),
            start_.job.command,
            status->code == kNotFound ? "127 is a shell's word for a program that it did not find." : ""};
  }

  bool ended() { return !start_.server.alive(); }

  void came(const std::string& what, const StartMoment& moment) const {
    if (start_.mark) start_.mark();
    if (start_.say) start_.say(fmt::format("{} after {:.3f} s", what, moment.at_s));
  }

  void pause() const {
    const double elapsed_ms = 1e3 * since_spawn(now_ns());
    const double wait_ms = std::clamp(kPauseShare * elapsed_ms, kShortestPauseMs, kLongestPauseMs);
    ::poll(nullptr, 0, static_cast<int>(wait_ms));
  }

  [[nodiscard]] double since_spawn(std::int64_t at_ns) const {
    return static_cast<double>(at_ns - spawned_ns_) / kNsPerS;
  }
  [[nodiscard]] double left_s() const { return start_.job.timeout_s - since_spawn(now_ns()); }
  [[nodiscard]] StartMoment moment(std::int64_t at_ns, std::int64_t not_before_ns) const {
    return {since_spawn(at_ns), since_spawn(not_before_ns)};
  }

  const WatchedStart& start_;
  ColdStartRepeat& repeat_;
  std::int64_t spawned_ns_;
};

}  // namespace

Result<void> watch_start(const WatchedStart& start, ColdStartRepeat& repeat) {
  return Watch(start, repeat).run();
}

}  // namespace edgeeval
