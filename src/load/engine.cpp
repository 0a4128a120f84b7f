// SPDX-License-Identifier: Apache-2.0
#include "load/engine.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "core/files.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "load/chat.hpp"

namespace edgeeval {
namespace {

constexpr std::chrono::milliseconds kStopGrace{5000};
constexpr int kLookEveryMs = 2;  // While waiting for a phase: the resolution of the cold-start times.
constexpr int kOk = 200;

/// A socket bound to a port of 127.0.0.1, or the errno that kept it from being bound.
class BoundSocket {
 public:
  explicit BoundSocket(int port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool bound = ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    // Listening shows what binding alone does not: another socket that listens already.
    bound = bound && ::listen(descriptor_, 1) == 0;
    error_ = bound ? 0 : errno;
    socklen_t size = sizeof address;
    if (bound && ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) == 0)
      port_ = ntohs(address.sin_port);
  }
  BoundSocket(const BoundSocket&) = delete;
  BoundSocket& operator=(const BoundSocket&) = delete;
  ~BoundSocket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] int port() const { return port_; }

 private:
  int descriptor_;
  int error_ = 0;
  int port_ = 0;
};

std::vector<std::string> command_line(const EngineLaunch& launch, int port) {
  std::vector<std::string> arguments{
      launch.program.string(), "--model", launch.model.string(), "--host", "127.0.0.1", "--port",
      fmt::to_string(port), "--parallel", fmt::to_string(launch.slots), "--ctx-size",
      fmt::to_string(launch.slots * launch.context_tokens),
      // No prompt may profit from an earlier one, or requests would not cost the same.
      "--no-cache-prompt", "--cache-ram", "0", "--no-webui", "--offline"};
  if (launch.threads > 0) arguments.insert(arguments.end(), {"--threads", fmt::to_string(launch.threads)});
  arguments.insert(arguments.end(), launch.extra_arguments.begin(), launch.extra_arguments.end());
  return arguments;
}

double seconds_between(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double>(to - from).count();
}

/// Waits for the phases of one start.
class Starting {
 public:
  Starting(const EngineLaunch& launch, Process& process, const Endpoint& endpoint, const Clock& clock,
           const CancelToken& cancel)
      : launch_(launch),
        process_(process),
        endpoint_(endpoint),
        clock_(clock),
        cancel_(cancel),
        deadline_(process.spawned_at() + std::chrono::duration_cast<SteadyTime::duration>(
                                             std::chrono::duration<double>(launch.ready_timeout_s))) {}

  Result<ColdStart> wait() {
    ColdStart start;
    auto opened = until("open its port", [&](SteadyTime& at) { return port_opens(at); });
    if (!opened) return tl::unexpected(opened.error());
    start.port_open = *opened;
    auto ready = until("load the model", [&](SteadyTime& at) { return health_is_ok(at); });
    if (!ready) return tl::unexpected(ready.error());
    start.ready = *ready;
    auto first = first_token();
    if (!first) return tl::unexpected(first.error());
    start.first_token = *first;
    return start;
  }

 private:
  /// Tries again and again until `reached`, and returns the time from the spawn.
  template <class Reached>
  Result<Seconds> until(const char* what, Reached reached) {
    for (;;) {
      SteadyTime at;
      if (reached(at)) return Seconds(seconds_between(process_.spawned_at(), at));
      if (cancel_.requested()) return fail(ErrorCode::cancelled, "interrupted");
      if (const auto status = process_.poll()) return tl::unexpected(ended(*status));
      if (clock_.now() >= deadline_) {
        return fail(ErrorCode::timed_out,
                    fmt::format("llama-server did not {} within {} s", what, launch_.ready_timeout_s),
                    launch_.log_file.string(), "Raise engine.ready_timeout_s, or look at the log.");
      }
      ::poll(nullptr, 0, kLookEveryMs);
    }
  }

  bool port_opens(SteadyTime& at) {
    auto exchange = Exchange::begin(endpoint_, "/health", "");
    if (!exchange || exchange->state() == Exchange::State::failed) return false;
    pollfd waiting{exchange->descriptor(), POLLOUT, 0};
    if (::poll(&waiting, 1, 100) <= 0) return false;
    exchange->advance(clock_, {});
    if (!exchange->connected()) return false;
    at = *exchange->connected();
    return true;
  }

  bool health_is_ok(SteadyTime& at) {
    const auto answer =
        call(endpoint_, "/health", "", clock_, std::min(deadline_, clock_.now() + std::chrono::seconds(2)));
    at = clock_.now();
    return answer && answer->status == kOk;
  }

  /// The time until the first request's first token. It is not streamed: one token is the whole answer.
  Result<Seconds> first_token() {
    const ChatRequest request{"first", {{"user", "Hi"}}, 1};
    auto exchange = Exchange::begin(endpoint_, "/v1/chat/completions", chat_body(request));
    if (!exchange) return tl::unexpected(exchange.error());
    std::optional<SteadyTime> first;
    const OnBody note = [&](std::string_view, SteadyTime received) {
      if (!first) first = received;
    };
    auto reached = until("answer a first request", [&](SteadyTime& at) {
      pollfd waiting{exchange->descriptor(),
                     static_cast<short>(exchange->wants_to_write() ? POLLOUT : POLLIN), 0};
      if (::poll(&waiting, 1, 100) > 0) exchange->advance(clock_, note);
      at = first.value_or(clock_.now());
      // An answer that is not streamed is a refusal, told below; a failed exchange waits for the process's end.
      return exchange->state() == Exchange::State::done;
    });
    if (!reached || (first && exchange->status() == kOk)) return reached;
    return fail(ErrorCode::engine_failed,
                fmt::format("llama-server answered its first request with HTTP {}: {:.200}",
                            exchange->status(), exchange->body()),
                launch_.log_file.string());
  }

  Error ended(const ExitStatus& status) const {
    const auto after = seconds_between(process_.spawned_at(), clock_.now());
    const auto log = read_file(launch_.log_file).value_or("");
    const bool bind_failed = log.find("couldn't bind") != std::string::npos ||
                             log.find("Address already in use") != std::string::npos;
    if (bind_failed) {
      return Error{ErrorCode::port_taken, fmt::format("port {} is in use by another process", endpoint_.port),
                   launch_.log_file.string(),
                   "Leave engine.port out (a free one is picked), or name another."};
    }
    return Error{ErrorCode::engine_failed,
                 fmt::format("llama-server ended {:.1f} s after start ({}) with {}", after, status.describe(),
                             launch_.model.filename().string()),
                 launch_.log_file.string(), ""};
  }

  const EngineLaunch& launch_;
  Process& process_;
  const Endpoint& endpoint_;
  const Clock& clock_;
  const CancelToken& cancel_;
  SteadyTime deadline_;
};

Result<int> choose_port(int wanted) {
  if (wanted == 0) return free_port();
  const BoundSocket probe(wanted);
  if (probe.error() == 0) return wanted;
  if (probe.error() == EADDRINUSE) {
    return fail(ErrorCode::port_taken, fmt::format("port {} is in use by another process", wanted),
                fmt::format("127.0.0.1:{}", wanted),
                "Leave engine.port out (a free one is picked), or name another.");
  }
  return fail(ErrorCode::io, fmt::format("port {} cannot be used: {}", wanted, std::strerror(probe.error())),
              fmt::format("127.0.0.1:{}", wanted));
}

}  // namespace

Result<int> free_port() {
  const BoundSocket socket(0);
  if (socket.error() != 0)
    return fail(ErrorCode::io, std::string("no free port: ") + std::strerror(socket.error()), "127.0.0.1");
  return socket.port();
}

Result<LlamaServer> LlamaServer::launch(const EngineLaunch& launch, const Clock& clock,
                                        const CancelToken& cancel) {
  auto port = choose_port(launch.port);
  if (!port) return tl::unexpected(port.error());
  ProcessOptions options;
  options.arguments = command_line(launch, *port);
  options.stdout_file = launch.log_file;
  options.stderr_file = launch.log_file;
  auto process = Process::spawn(options);
  if (!process) {
    return fail(ErrorCode::engine_missing, "llama-server cannot be started: " + process.error().message,
                launch.program.string(), "`edgeeval doctor` says which engines are found.");
  }
  LlamaServer server(std::move(*process), Endpoint{"127.0.0.1", *port});
  auto start = Starting(launch, server.process_, server.endpoint_, clock, cancel).wait();
  if (!start) return tl::unexpected(start.error());
  server.cold_start_ = *start;
  return server;
}

std::optional<Bytes> LlamaServer::peak_resident() const {
  std::ifstream status(fmt::format("/proc/{}/status", process_.pid()));
  for (std::string word; status >> word;) {
    double kib = 0.0;
    if (word == "VmHWM:" && status >> kib) return Bytes(kib * 1024.0);
  }
  return std::nullopt;
}

ExitStatus LlamaServer::stop() { return process_.stop(kStopGrace); }

Result<std::string> applied_template(const Endpoint& endpoint,
                                     const std::vector<std::pair<std::string, std::string>>& messages,
                                     const Clock& clock) {
  Json list = Json::array();
  for (const auto& [role, content] : messages) list.push_back({{"role", role}, {"content", content}});
  auto answer = call(endpoint, "/apply-template", to_line({{"messages", list}}), clock,
                     clock.now() + std::chrono::seconds(10));
  if (!answer) return tl::unexpected(answer.error());
  auto json = parse_json(answer->body, "/apply-template");
  auto prompt = json ? value_or(*json, "prompt", std::string()) : std::string();
  if (answer->status != kOk || prompt.empty())
    return fail(ErrorCode::engine_failed, "the engine does not apply its chat template", "/apply-template");
  return prompt;
}

}  // namespace edgeeval
