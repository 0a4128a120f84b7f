// SPDX-License-Identifier: Apache-2.0
// A server that was started by its command: its processes, where it listens, its log, and its orderly end.
#pragma once

#include <chrono>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/launch_line.hpp"
#include "bench/process_tree.hpp"
#include "core/cancel.hpp"
#include "core/process.hpp"
#include "load/reach.hpp"
#include "load/target.hpp"

namespace edgeeval {

/// How a server came to its end.
struct ServerEnd {
  std::string ended;        ///< Of the first process: "exit 0", "killed by signal 15 (Terminated)".
  double stopping_s = 0.0;  ///< From being asked to end to having ended.
  int strays = 0;           ///< Processes of it that had to be killed one by one.
  std::vector<std::string> notes{};
};

/// A server under way. Start, stop and destroy it on one thread, which lives as long as the server should
/// (Process).
class LaunchedServer {
 public:
  /// Starts `line`; what it says goes to `log`, which is begun anew. Errors: engine_missing, io.
  [[nodiscard]] static Result<LaunchedServer> start(const LaunchLine& line, const Target& target,
                                                    Doorstep doorstep, std::filesystem::path log);
  LaunchedServer(LaunchedServer&&) noexcept = default;
  LaunchedServer& operator=(LaunchedServer&&) = delete;
  /// Kills what still lives.
  ~LaunchedServer();

  [[nodiscard]] const Target& target() const { return target_; }
  [[nodiscard]] const Doorstep& doorstep() const { return doorstep_; }
  [[nodiscard]] const std::filesystem::path& log() const { return log_; }
  /// When the first process was about to be created.
  [[nodiscard]] SteadyTime spawned_at() const { return process_.spawned_at(); }
  /// Whether a shell runs the command.
  [[nodiscard]] bool by_shell() const { return shell_; }
  /// How the first process ended; nothing while it runs.
  [[nodiscard]] std::optional<ExitStatus> first_ended() { return process_.poll(); }
  /// Whether it goes on: the first process lives, or has ended well and left others behind ("… &"). Cheap
  /// enough to be asked beside a load.
  [[nodiscard]] bool alive();
  /// Memory of its processes now.
  [[nodiscard]] TreeMemory memory() const { return tree_.memory(); }
  /// The same as a figure for a record (B); absent where none lives.
  [[nodiscard]] std::optional<Fact> peak_resident() const;
  /// The last lines of its log.
  [[nodiscard]] std::vector<std::string> last_words() const;
  /// Asks with SIGTERM, waits up to `grace`, kills what is left, and waits until its address is free again.
  /// `cancel` ends that last wait alone.
  [[nodiscard]] ServerEnd stop(std::chrono::milliseconds grace, const CancelToken& cancel);

 private:
  LaunchedServer(Process process, ProcessTree tree, const Target& target, Doorstep doorstep,
                 std::filesystem::path log, bool shell);
  Process process_;
  ProcessTree tree_;
  Target target_;
  Doorstep doorstep_;
  std::filesystem::path log_;
  bool shell_ = false;
  bool stopped_ = false;
  std::optional<pid_t> left_behind_;      ///< One that lived at the last look after the first had ended.
  std::optional<SteadyTime> none_since_;  ///< None was seen from then on.
};

}  // namespace edgeeval
