// SPDX-License-Identifier: Apache-2.0
// All processes that came of one launch, wherever they have gone: counted, weighed, ended.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace edgeeval {

/// Memory of a launch's processes.
struct TreeMemory {
  double peak_resident_b =
      0.0;  ///< Sum of each process's own peak (VmHWM); pages that several share count in each.
  int processes = 0;
};

/// The processes of one launch. They are known by a mark in their environment, which children inherit, so
/// that one that has left its group, its session or its parent is found all the same (one that empties its
/// environment, or that a daemon starts for it, is not); or by the process group of the first.
class ProcessTree {
 public:
  /// A launch with a mark of its own.
  ProcessTree();
  /// What must be added to the environment of the first process.
  [[nodiscard]] std::map<std::string, std::string> environment() const;
  /// The first process has been started, as the leader of its group.
  void started(pid_t leader) { leader_ = leader; }
  /// The living processes, zombies left out.
  [[nodiscard]] std::vector<pid_t> living() const;
  /// Whether that one process is one of them: a look at it alone.
  [[nodiscard]] bool has(pid_t process) const { return holds(process); }
  /// Memory of the living processes now.
  [[nodiscard]] TreeMemory memory() const;
  /// Kills what lives and waits up to `grace` until it is gone. Returns how many there were.
  int end(std::chrono::milliseconds grace) const;

 private:
  [[nodiscard]] bool holds(pid_t process) const;
  std::string mark_;
  pid_t leader_ = -1;
};

}  // namespace edgeeval
