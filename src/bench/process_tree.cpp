// SPDX-License-Identifier: Apache-2.0
#include "bench/process_tree.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <random>
#include <set>
#include <sstream>

#include "core/files.hpp"
#include "core/processes.hpp"

namespace edgeeval {
namespace {

constexpr const char* kMarkName = "EDGEEVAL_LAUNCH";

/// Nothing where the process has ended, be it between opening the file and reading it.
std::string text_of(pid_t process, const char* file) {
  return read_file(fmt::format("/proc/{}/{}", process, file)).value_or(std::string());
}

/// State and process group, from /proc/PID/stat; the program's name before them may hold anything.
struct Standing {
  char state = 'X';
  pid_t group = -1;
};
std::optional<Standing> standing_of(pid_t process) {
  const auto text = text_of(process, "stat");
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  Standing standing;
  pid_t parent = -1;
  if (!(fields >> standing.state >> parent >> standing.group)) return std::nullopt;
  return standing;
}

std::string new_mark() {
  std::random_device random;
  return fmt::format("{}-{:08x}{:08x}", ::getpid(), random(), random());
}

}  // namespace

ProcessTree::ProcessTree() : mark_(new_mark()) {}

std::map<std::string, std::string> ProcessTree::environment() const { return {{kMarkName, mark_}}; }

bool ProcessTree::holds(pid_t process) const {
  if (process == ::getpid()) return false;
  const auto standing = standing_of(process);
  if (!standing || standing->state == 'Z' || standing->state == 'X') return false;
  if (leader_ > 0 && standing->group == leader_) return true;
  // Variables are separated by NUL; the first has none before it.
  const auto environment = '\0' + text_of(process, "environ");
  return environment.find(fmt::format("{}{}={}{}", '\0', kMarkName, mark_, '\0')) != std::string::npos;
}

std::vector<pid_t> ProcessTree::living() const {
  auto processes = all_processes();
  std::erase_if(processes, [this](pid_t process) { return !holds(process); });
  return processes;
}

TreeMemory ProcessTree::memory() const {
  TreeMemory memory;
  for (const pid_t process : living()) {
    if (const auto peak = peak_resident_of(process)) memory.peak_resident_b += peak->value();
    memory.processes += 1;
  }
  return memory;
}

int ProcessTree::end(std::chrono::milliseconds grace) const {
  const auto deadline = std::chrono::steady_clock::now() + grace;
  std::set<pid_t> met;
  // Two looks must find none: one that is just becoming another program (execve) has no environment for a
  // moment, and is not seen.
  for (int empty_looks = 0; empty_looks < 2;) {
    const auto left = living();
    empty_looks = left.empty() ? empty_looks + 1 : 0;
    met.insert(left.begin(), left.end());
    for (const pid_t process : left) {
      // A handle first and a second look after it: the number may have gone to another process meanwhile.
      const long handle = ::syscall(SYS_pidfd_open, process, 0);
      if (handle < 0) continue;
      if (holds(process)) ::syscall(SYS_pidfd_send_signal, static_cast<int>(handle), SIGKILL, nullptr, 0);
      ::close(static_cast<int>(handle));
    }
    if (std::chrono::steady_clock::now() >= deadline) break;
    if (empty_looks < 2) ::poll(nullptr, 0, 2);
  }
  return static_cast<int>(met.size());
}

}  // namespace edgeeval
