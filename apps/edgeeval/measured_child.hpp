// SPDX-License-Identifier: Apache-2.0
// A user's command as our child with the terminal all its own, and the signals that are passed on to it
#pragma once

#include <sys/types.h>

#include <chrono>
#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <vector>

namespace edgeeval {

/// How a command ended and what the kernel counted of it.
struct ChildEnd {
  std::optional<int> exit_code;
  std::optional<int> signal;  ///< The signal that ended it.
  double user_s = 0.0;
  double system_s = 0.0;
  double resident_b = 0.0;  ///< Peak resident set (B).
  /// As a shell has it: the exit code, or 128 + signal.
  [[nodiscard]] int status() const { return exit_code ? *exit_code : 128 + signal.value_or(0); }
};

/// Takes the signals that end or steer a program, for as long as it lives: one that was sent to us alone goes
/// on to the command; one from the terminal (Ctrl-C) has reached it already, as it shares our process group.
/// At most one may live at a time.
class SignalRelay {
 public:
  SignalRelay();
  ~SignalRelay();
  SignalRelay(const SignalRelay&) = delete;
  SignalRelay& operator=(const SignalRelay&) = delete;
  /// The first signal that asked to stop (INT, TERM, HUP, QUIT), or nothing.
  [[nodiscard]] std::optional<int> stopped_by() const;
  /// Waits until `time` (infinite: for ever) has passed, such a signal came, or `descriptor` (where given)
  /// can be read. Whether the time passed in full.
  bool rest(std::chrono::duration<double> time, int descriptor = -1) const;
  /// Waits although such a signal came, until `time` has passed or a second one comes (or has come already).
  /// Whether the time passed in full.
  bool rest_after_stop(std::chrono::duration<double> time) const;
};

/// Starts `command` ([0] is looked up on PATH) with our stdin, stdout, stderr, environment and process group,
/// and waits until it ends; a SignalRelay passes signals on to it meanwhile. If we are killed, it goes on.
/// Errors: tool_failed where it cannot be started; start_status() is then the exit code.
[[nodiscard]] Result<ChildEnd> run_child(const std::vector<std::string>& command);

/// The exit code for a command that could not be started, as shells have it: 127 not found, 126 found but not
/// runnable.
[[nodiscard]] int start_status(const std::vector<std::string>& command);

}  // namespace edgeeval
