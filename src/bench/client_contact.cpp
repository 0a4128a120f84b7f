// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "bench/server_contact.hpp"
#include "bench/small_call.hpp"
#include "load/call_once.hpp"
#include "load/client.hpp"
#include "workload/schedule.hpp"

namespace edgeeval {
namespace {

constexpr double kProbeLimitS = 2.0;
constexpr double kDrainS = 1.0;

/// Asks one question, whatever the plan says.
class OneQuestion final : public RequestSource {
 public:
  explicit OneQuestion(const Question& question) : question_(question) {}
  std::string_view body(const Planned& planned, std::string& out) override {
    Asking asking;
    asking.model = question_.model;
    asking.salt = question_.salt;
    asking.text = question_.text;
    asking.max_tokens = planned.max_tokens;
    write_body(question_.dialect, asking, out);
    return {};
  }

 private:
  const Question& question_;
};

/// Keeps the stamps of the first and last token, and the request.
class OneAnswer final : public LoadSink {
 public:
  void event(const EventRecord& event) noexcept override {
    if (!carries_tokens(event.kind)) return;
    if (!answered_.first_token_ns) {
      answered_.first_token_ns = event.kernel_ns;
      answered_.kernel_stamps = (event.flags & kKernelStamp) != 0;
    }
    answered_.last_token_ns = event.kernel_ns;
  }
  void request(RequestRecord&& request) override {
    answered_.request = std::move(request);
    ended_ = true;
  }
  /// A load that ended before its request was sent has none; why is then the answer's failure.
  Answered finish(const LoadOutcome& outcome) {
    if (!ended_) {
      answered_.request.failure = outcome.cancelled ? FailureClass::cancelled : FailureClass::engine_ended;
      answered_.request.error = "not sent: the server had ended";
    }
    return std::move(answered_);
  }

 private:
  Answered answered_;
  bool ended_ = false;
};

class ClientContact final : public ServerContact {
 public:
  explicit ClientContact(Target target) : target_(std::move(target)) {}

  Result<SmallAnswer> call(const std::string& path, const std::string& body, double timeout_s) override {
    return small_call(target_, timeout_s)(path, body);
  }

  Result<ProbedServer> recognise(std::optional<ServerKind> wanted) override {
    return probe_server(small_call(target_, kProbeLimitS), wanted);
  }

  Result<Answered> ask(const Question& question, const CancelToken& cancel,
                       const std::function<bool()>& alive) override {
    ScheduleWish wish;
    wish.stop.requests = 1;
    wish.max_tokens = question.max_tokens;
    const auto schedule = Schedule::make(wish);
    if (!schedule) return tl::unexpected(schedule.error());
    OneQuestion source(question);
    OneAnswer sink;
    LoadJob job;
    job.target = target_;
    job.dialect = question.dialect;
    job.schedule = &*schedule;
    job.source = &source;
    job.stop = wish.stop;
    job.limits.first_byte_s = job.limits.idle_s = job.limits.total_s = question.timeout_s;
    job.limits.connect_s = std::min(job.limits.connect_s, question.timeout_s);
    job.drain_s = question.timeout_s + kDrainS;
    job.keep_alive = false;  // A start's requests each pay for their connection, and none meets a stale one.
    job.preconnect = false;
    job.first_index = question.number;
    ClientHooks hooks;
    hooks.engine_alive = alive;
    const auto outcome = run_load(job, {&sink}, cancel, hooks);
    if (!outcome) return tl::unexpected(outcome.error());
    return sink.finish(*outcome);
  }

 private:
  Target target_;
};

}  // namespace

SmallCall small_call(const Target& target, double timeout_s, const CancelToken* cancel) {
  return
      [target, timeout_s, cancel](const std::string& path, const std::string& body) -> Result<SmallAnswer> {
        auto reply = call_once(target, path, body, timeout_s, cancel);
        if (!reply) return tl::unexpected(reply.error());
        SmallAnswer answer{reply->status, std::move(reply->body), {}};
        for (auto& [name, value] : reply->headers)
          answer.headers.insert_or_assign(std::move(name), std::move(value));
        return answer;
      };
}

std::unique_ptr<ServerContact> contact_by_client(const Target& target) {
  return std::make_unique<ClientContact>(target);
}

}  // namespace edgeeval
