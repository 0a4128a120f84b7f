// SPDX-License-Identifier: Apache-2.0
// Child processes that never outlive us: spawned into their own group, killed with their parent.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <edgeeval/clock.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancel.hpp"

namespace edgeeval {

/// What to start and where its output goes.
struct ProcessOptions {
  std::vector<std::string> arguments;   ///< argv; [0] is looked up on PATH where it has no slash.
  std::filesystem::path stdout_file{};  ///< Appended to; empty = captured or discarded.
  std::filesystem::path
      stderr_file{};  ///< Appended to; may equal stdout_file; empty = captured or discarded.
  std::map<std::string, std::string> environment{};  ///< Added to ours.
  std::filesystem::path working_folder{};            ///< Empty = ours.
};

/// How a process ended.
struct ExitStatus {
  std::optional<int> code;    ///< The exit code, where it exited.
  std::optional<int> signal;  ///< The signal, where one ended it.
  double user_s = 0.0;        ///< CPU time in user mode, from the kernel's accounting (s).
  double system_s = 0.0;      ///< CPU time in the kernel (s).
  long max_rss_kib = 0;       ///< Peak resident set (KiB).
  [[nodiscard]] bool ok() const { return code && *code == 0; }
  /// "exit 1", "killed by signal 9 (Killed)".
  [[nodiscard]] std::string describe() const;
};

struct CommandResult;

/// A running child. Dies with this process (Linux: parent-death signal), with its whole process group.
/// Spawn and destroy it on the thread that lives as long as the child should: the kernel ties the
/// parent-death signal to the spawning thread.
class Process {
 public:
  /// Starts the process with its output sent to files (or discarded).
  [[nodiscard]] static Result<Process> spawn(const ProcessOptions& options);
  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  /// Kills the group and reaps the child if it still runs.
  ~Process();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// The steady time just before the child was created.
  [[nodiscard]] SteadyTime spawned_at() const { return spawned_at_; }
  /// The exit status if the process has ended; never blocks.
  [[nodiscard]] std::optional<ExitStatus> poll();
  /// Waits until the process ends.
  [[nodiscard]] ExitStatus wait();
  /// Asks with SIGTERM, waits up to `grace`, then SIGKILLs the group. Returns how it ended.
  ExitStatus stop(std::chrono::milliseconds grace);

 private:
  friend Result<CommandResult> run_command(const ProcessOptions&,
                                           const std::function<void(std::string_view)>&, const CancelToken*);
  Process(pid_t pid, SteadyTime at) : pid_(pid), spawned_at_(at) {}
  pid_t pid_ = -1;
  SteadyTime spawned_at_{};
  std::optional<ExitStatus> status_;
};

/// What a finished command left behind.
struct CommandResult {
  ExitStatus status;
  std::string stdout_text;  ///< Empty where a line callback took it.
  std::string stderr_text;  ///< The last 64 KiB.
};

/// Runs a command to its end. Lines of stdout go to `on_line` as they come, where given.
/// Cancelling stops the child (SIGTERM, then SIGKILL after 5 s) and returns ErrorCode::cancelled.
/// `stderr_file`, where set in options, receives stderr too.
[[nodiscard]] Result<CommandResult> run_command(const ProcessOptions& options,
                                                const std::function<void(std::string_view)>& on_line = {},
                                                const CancelToken* cancel = nullptr);

/// The path of program `name` on PATH, or nothing.
[[nodiscard]] std::optional<std::filesystem::path> find_on_path(const std::string& name);

}  // namespace edgeeval
