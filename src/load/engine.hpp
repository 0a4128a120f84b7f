// SPDX-License-Identifier: Apache-2.0
// llama-server as a child process: started, timed while it becomes ready, watched, stopped.
#pragma once

#include <edgeeval/result.hpp>
#include <edgeeval/units.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/cancel.hpp"
#include "core/process.hpp"
#include "load/target.hpp"
#include "wire/dialect.hpp"

namespace edgeeval {

/// What to start and how.
struct EngineLaunch {
  std::filesystem::path program;
  std::filesystem::path model;
  int port = 0;  ///< 0 = a free one.
  int threads = 0;
  int slots = 1;
  int context_tokens = 1024;  ///< Of each slot.
  double ready_timeout_s = 120.0;
  std::vector<std::string> extra_arguments;
  std::filesystem::path log_file;
};

/// The phases of a cold start, each from the moment just before the process was created.
struct ColdStart {
  Seconds port_open;    ///< A connection is accepted.
  Seconds ready;        ///< The health route says ok: the model is loaded.
  Seconds first_token;  ///< The first token of a first request has come (the kernel's receive stamp).
};

/// A running llama-server. It dies with this process, whatever happens to it.
class LlamaServer {
 public:
  /// Starts the server and waits for its first token. Where the port is ours to choose and another process
  /// takes it first, the server is started again on another; the phases are those of the start that
  /// succeeded. Errors: engine_missing, engine_failed (ended, or refused the model), port_taken, timed_out,
  /// cancelled, io.
  [[nodiscard]] static Result<LlamaServer> launch(const EngineLaunch& launch, const CancelToken& cancel);

  [[nodiscard]] const Target& target() const { return target_; }
  [[nodiscard]] const ColdStart& cold_start() const { return cold_start_; }
  /// Whether the process still runs.
  [[nodiscard]] bool alive() { return !process_.poll(); }
  /// How it ended, once it has.
  [[nodiscard]] std::optional<ExitStatus> ended() { return process_.poll(); }
  /// Peak resident memory so far (kernel's VmHWM); nothing once it has ended.
  [[nodiscard]] std::optional<Bytes> peak_resident() const;
  /// Asks it to end, and makes it end.
  ExitStatus stop();

 private:
  static Result<LlamaServer> launch_once(const EngineLaunch& launch, const CancelToken& cancel);
  LlamaServer(Process process, Target target) : process_(std::move(process)), target_(std::move(target)) {}
  Process process_;
  Target target_;
  ColdStart cold_start_;
};

/// A port of 127.0.0.1 that was free a moment ago. Errors: io.
[[nodiscard]] Result<int> free_port();

/// How such a server is asked: OpenAI's chat route, for the model's own template; token counts with the
/// reply's end, as users' clients ask for them.
[[nodiscard]] Dialect engine_dialect();

}  // namespace edgeeval
