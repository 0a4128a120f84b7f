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
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/files.hpp"
#include "core/monotonic.hpp"
#include "core/processes.hpp"
#include "load/client.hpp"
#include "load/one_question.hpp"
#include "load/reach.hpp"

namespace edgeeval {
namespace {

constexpr std::chrono::milliseconds kStopGrace{5000};
constexpr int kLookEveryMs = 2;  // While waiting for a phase: the resolution of the cold-start times.
constexpr int kOk = 200;
constexpr double kHealthLimitS = 2.0;
constexpr std::int64_t kEndingNs = 2'000'000'000;
constexpr const char* kHost = "127.0.0.1";
constexpr int kMostStarts =
    3;  // On ports of our choice, each of which another may take before the server does.

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
      launch.program.string(), "--model", launch.model.string(), "--host", kHost, "--port",
      fmt::to_string(port), "--parallel", fmt::to_string(launch.slots), "--ctx-size",
      fmt::to_string(launch.slots * launch.context_tokens),
      // No prompt may profit from an earlier one, or requests would not cost the same.
      "--no-cache-prompt", "--cache-ram", "0", "--no-webui", "--offline"};
  if (launch.threads > 0) arguments.insert(arguments.end(), {"--threads", fmt::to_string(launch.threads)});
  arguments.insert(arguments.end(), launch.extra_arguments.begin(), launch.extra_arguments.end());
  return arguments;
}

double seconds_between(std::int64_t from_ns, std::int64_t to_ns) {
  return static_cast<double>(to_ns - from_ns) * 1e-9;
}

/// Waits for the phases of one start.
class Starting {
 public:
  /// `log_begin` is where the server's own lines begin in its log.
  Starting(const EngineLaunch& launch, Process& process, const Target& target, std::size_t log_begin,
           const CancelToken& cancel)
      : launch_(launch),
        process_(process),
        target_(target),
        log_begin_(log_begin),
        cancel_(cancel),
        spawned_ns_(monotonic_ns(process.spawned_at())),
        deadline_ns_(spawned_ns_ + static_cast<std::int64_t>(launch.ready_timeout_s * 1e9)) {}

  Result<ColdStart> wait() {
    const auto doorstep = Doorstep::of(target_);
    if (!doorstep) return tl::unexpected(doorstep.error());
    ColdStart start;
    auto opened = until("open its port", deadline_ns_, [&](std::int64_t& at_ns) {
      const auto reached = doorstep->knock();
      at_ns = reached.ended_ns;
      return reached.accepted;
    });
    if (!opened) return tl::unexpected(opened.error());
    start.port_open = *opened;
    auto ready = until("load the model", deadline_ns_, [&](std::int64_t& at_ns) {
      const auto answer = call_once(target_, "/health", "", std::min(kHealthLimitS, left_s()));
      at_ns = monotonic_ns();
      return answer && answer->status == kOk;
    });
    if (!ready) return tl::unexpected(ready.error());
    start.ready = *ready;
    auto first = first_token();
    if (!first) return tl::unexpected(first.error());
    start.first_token = *first;
    return start;
  }

 private:
  [[nodiscard]] double left_s() const { return std::max(seconds_between(monotonic_ns(), deadline_ns_), 0.0); }

  /// Tries again and again until `reached`, and returns the time from the spawn.
  template <class Reached>
  Result<Seconds> until(const char* what, std::int64_t limit_ns, Reached reached) {
    for (;;) {
      std::int64_t at_ns = 0;
      if (reached(at_ns)) return Seconds(seconds_between(spawned_ns_, at_ns));
      if (cancel_.requested()) return fail(ErrorCode::cancelled, "interrupted");
      if (const auto status = process_.poll()) return tl::unexpected(ended(*status));
      if (monotonic_ns() >= limit_ns) return tl::unexpected(too_late(what));
      ::poll(nullptr, 0, kLookEveryMs);
    }
  }

  Error too_late(const char* what) const {
    return Error{ErrorCode::timed_out,
                 fmt::format("llama-server did not {} within {} s", what, launch_.ready_timeout_s),
                 launch_.log_file.string(), "Raise engine.ready_timeout_s, or look at the log."};
  }

  /// The time until the first request's first token; until its end where that token has no text, as an end
  /// mark has none.
  Result<Seconds> first_token() {
    Question question;
    question.dialect = engine_dialect();
    question.text = "Hi";
    question.max_tokens = 1;
    question.timeout_s = std::max(left_s(), 1e-3);
    const auto answered = ask_once(target_, question, cancel_, [this] { return !process_.poll(); });
    if (!answered) return tl::unexpected(answered.error());
    const auto& request = answered->request;
    if (request.ok() && answered->first_token_ns)
      return Seconds(seconds_between(spawned_ns_, *answered->first_token_ns));
    if (request.failure == FailureClass::no_tokens && request.closed_ns)
      return Seconds(seconds_between(spawned_ns_, *request.closed_ns));
    return tl::unexpected(why_no_token(request));
  }

  Error why_no_token(const RequestRecord& request) {
    if (cancel_.requested()) return Error{ErrorCode::cancelled, "interrupted", "", ""};
    if (request.status == 0) {
      // A connection that broke is often the first that is seen of the process's end.
      const auto limit_ns = std::min(deadline_ns_, monotonic_ns() + kEndingNs);
      const auto over = until("answer", limit_ns, [](std::int64_t&) { return false; });
      if (over.error().code != ErrorCode::timed_out) return over.error();
    }
    if (monotonic_ns() >= deadline_ns_) return too_late("answer a first request");
    return Error{ErrorCode::engine_failed,
                 request.status == 0
                     ? fmt::format("llama-server did not answer its first request: {}", request.error)
                     : fmt::format("llama-server answered its first request with HTTP {}: {:.200}",
                                   request.status, request.error),
                 launch_.log_file.string(), ""};
  }

  Error ended(const ExitStatus& status) const {
    const auto after = seconds_between(spawned_ns_, monotonic_ns());
    // What stands before is of servers that ran earlier, and says nothing of this one.
    const auto log = read_file(launch_.log_file).value_or("");
    const bool bind_failed = log.find("couldn't bind", log_begin_) != std::string::npos ||
                             log.find("Address already in use", log_begin_) != std::string::npos;
    if (bind_failed) {
      return Error{ErrorCode::port_taken, fmt::format("port {} is in use by another process", target_.port),
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
  const Target& target_;
  std::size_t log_begin_;
  const CancelToken& cancel_;
  std::int64_t spawned_ns_;
  std::int64_t deadline_ns_;
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

Dialect engine_dialect() {
  auto dialect = dialects_of(ServerKind::llama_server).front();
  // Timings with every token make each event larger, and users' clients do not ask for them.
  dialect.timings_per_token = false;
  return dialect;
}

Result<LlamaServer> LlamaServer::launch(const EngineLaunch& launch, const CancelToken& cancel) {
  for (int starts = 1;; ++starts) {
    auto server = launch_once(launch, cancel);
    const bool again = !server && server.error().code == ErrorCode::port_taken && launch.port == 0;
    if (!again || starts == kMostStarts) return server;
  }
}

Result<LlamaServer> LlamaServer::launch_once(const EngineLaunch& launch, const CancelToken& cancel) {
  auto port = choose_port(launch.port);
  if (!port) return tl::unexpected(port.error());
  ProcessOptions options;
  options.arguments = command_line(launch, *port);
  options.stdout_file = launch.log_file;
  options.stderr_file = launch.log_file;
  std::error_code no_log_yet;
  const auto log_size = std::filesystem::file_size(launch.log_file, no_log_yet);
  auto process = Process::spawn(options);
  if (!process) {
    return fail(ErrorCode::engine_missing, "llama-server cannot be started: " + process.error().message,
                launch.program.string(), "`edgeeval doctor` says which engines are found.");
  }
  Target target;
  target.host = kHost;
  target.port = static_cast<std::uint16_t>(*port);
  LlamaServer server(std::move(*process), std::move(target));
  const auto log_begin = no_log_yet ? 0 : static_cast<std::size_t>(log_size);
  auto start = Starting(launch, server.process_, server.target_, log_begin, cancel).wait();
  if (!start) return tl::unexpected(start.error());
  server.cold_start_ = *start;
  return server;
}

std::optional<Bytes> LlamaServer::peak_resident() const { return peak_resident_of(process_.pid()); }

ExitStatus LlamaServer::stop() { return process_.stop(kStopGrace); }

}  // namespace edgeeval
