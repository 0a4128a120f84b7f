// SPDX-License-Identifier: Apache-2.0
// Loads that are switched on and off to see how sensors follow
#pragma once

#include <atomic>
#include <edgeeval/clock.hpp>
#include <edgeeval/result.hpp>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/process.hpp"

namespace edgeeval {

/// A load for one thread to switch. Off when destroyed.
class SwitchedLoad {
 public:
  virtual ~SwitchedLoad() = default;
  /// Asks the load to begin. Error where it cannot be started.
  [[nodiscard]] virtual Result<void> on() = 0;
  /// Asks the load to end; does not wait.
  virtual void off() = 0;
  /// Whether what was asked for last has taken effect. Error: tool_failed where the load ended by itself.
  [[nodiscard]] virtual Result<bool> settled() = 0;
  /// Whether its beginning changes the power at once.
  [[nodiscard]] virtual bool begins_sharply() const = 0;
};

/// Busy threads. They sleep in the kernel while the load is off.
class CpuLoad final : public SwitchedLoad {
 public:
  /// `threads` may be 0: then all logical CPUs but the one that reads, and at least one.
  explicit CpuLoad(unsigned threads = 0);
  ~CpuLoad() override;
  CpuLoad(const CpuLoad&) = delete;
  CpuLoad& operator=(const CpuLoad&) = delete;
  [[nodiscard]] Result<void> on() override;
  void off() override;
  [[nodiscard]] Result<bool> settled() override;
  [[nodiscard]] bool begins_sharply() const override { return true; }

 private:
  void work();
  std::atomic<int> state_{0};  ///< 0 off, 1 on, 2 over.
  std::atomic<unsigned> busy_{0};
  std::vector<std::thread> threads_;
};

/// A command of the user's own, started for each stretch with load and ended after it: with SIGTERM, and with
/// SIGKILL where it is still there 1 s later, each to its whole process group. Stopping and continuing it
/// instead (SIGSTOP, SIGCONT) would leave what it has queued on a GPU running for an unknown time.
class CommandLoad final : public SwitchedLoad {
 public:
  /// `command` is given to the shell. `clock` must outlive the load.
  CommandLoad(std::string command, const Clock& clock) : command_(std::move(command)), clock_(clock) {}
  [[nodiscard]] Result<void> on() override;
  void off() override;
  [[nodiscard]] Result<bool> settled() override;
  /// No: a program first loads its libraries and data.
  [[nodiscard]] bool begins_sharply() const override { return false; }

 private:
  std::string command_;
  const Clock& clock_;
  std::optional<Process> process_;
  std::optional<SteadyTime> ending_since_;
  bool killed_ = false;
};

/// When a square wave switches, by absolute deadlines: halves of 0.9 to 1.1 of the nominal length, spread
/// evenly by the golden ratio, so that the wave never keeps step with a sensor's refresh.
class SquareWave {
 public:
  SquareWave(SteadyTime start, double half_s) : next_(start), half_s_(half_s) {}
  /// The next deadline.
  [[nodiscard]] SteadyTime next() const { return next_; }
  /// Whether the load is to be on after it; the first stretch is off.
  [[nodiscard]] bool turns_on() const { return count_ % 2 == 1; }
  void advance();

 private:
  SteadyTime next_;
  double half_s_;
  int count_ = 0;
};

}  // namespace edgeeval
