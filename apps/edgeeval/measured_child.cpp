// SPDX-License-Identifier: Apache-2.0
#include "measured_child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "core/process.hpp"

extern char** environ;

namespace edgeeval {
namespace {

constexpr std::array kRelayed{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
constexpr int kNotFound = 127;
constexpr int kNotRunnable = 126;

/// What a signal handler can reach: handlers have no context of their own.
struct Relay {
  std::atomic<pid_t> child{0};
  std::atomic<int> stopped_by{0};
  std::atomic<int> stops{0};  ///< How many signals asked to stop.
  std::array<int, 2> wake{-1, -1};
  std::array<struct sigaction, kRelayed.size()> before{};
};
Relay& relay() {
  static Relay shared;
  return shared;
}

bool stops(int signal_number) { return signal_number != SIGUSR1 && signal_number != SIGUSR2; }

extern "C" void on_signal(int signal_number, siginfo_t* info, void*) {
  const int kept_errno = errno;
  Relay& shared = relay();
  const pid_t child = shared.child.load();
  if (child > 0 && info->si_code <= 0) ::kill(child, signal_number);
  if (stops(signal_number)) {
    int none = 0;
    shared.stopped_by.compare_exchange_strong(none, signal_number);
    shared.stops.fetch_add(1);
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(shared.wake[1], &byte, 1);
  }
  errno = kept_errno;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// Waits without reaping, so that the id stays the child's until no signal is passed on any more.
void wait_for(pid_t child) {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  relay().child.store(0);
}

ChildEnd reap(pid_t child) {
  int status = 0;
  rusage usage{};
  while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  ChildEnd end;
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  end.user_s = seconds(usage.ru_utime);
  end.system_s = seconds(usage.ru_stime);
  end.resident_b = 1024.0 * static_cast<double>(usage.ru_maxrss);
  return end;
}

}  // namespace

SignalRelay::SignalRelay() {
  Relay& shared = relay();
  shared.stopped_by.store(0);
  shared.stops.store(0);
  if (::pipe2(shared.wake.data(), O_CLOEXEC | O_NONBLOCK) != 0) shared.wake = {-1, -1};
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kRelayed.size(); ++i) {
    ::sigaction(kRelayed[i], nullptr, &shared.before[i]);
    // Under nohup or in a background job a signal may be ignored; the command inherits that, and so do we.
    if (shared.before[i].sa_handler != SIG_IGN) ::sigaction(kRelayed[i], &action, nullptr);
  }
}

SignalRelay::~SignalRelay() {
  Relay& shared = relay();
  for (std::size_t i = 0; i < kRelayed.size(); ++i) ::sigaction(kRelayed[i], &shared.before[i], nullptr);
  for (int& end : shared.wake) {
    if (end >= 0) ::close(end);
    end = -1;
  }
}

std::optional<int> SignalRelay::stopped_by() const {
  const int signal_number = relay().stopped_by.load();
  return signal_number == 0 ? std::nullopt : std::optional(signal_number);
}

bool SignalRelay::rest(std::chrono::duration<double> time, int descriptor) const {
  const auto until = std::chrono::steady_clock::now() + time;
  std::array<pollfd, 2> waits{pollfd{relay().wake[0], POLLIN, 0}, pollfd{descriptor, POLLIN, 0}};
  while (!stopped_by()) {
    const std::chrono::duration<double, std::milli> left = until - std::chrono::steady_clock::now();
    if (left.count() <= 0.0) return true;
    const int limit_ms = static_cast<int>(std::min(std::ceil(left.count()), 1e9));
    if (::poll(waits.data(), waits.size(), limit_ms) > 0) break;
  }
  return false;
}

bool SignalRelay::rest_after_stop(std::chrono::duration<double> time) const {
  const auto until = std::chrono::steady_clock::now() + time;
  while (relay().stops.load() < 2) {
    const std::chrono::duration<double, std::milli> left = until - std::chrono::steady_clock::now();
    if (left.count() <= 0.0) return true;
    pollfd wait{relay().wake[0], POLLIN, 0};
    const int limit_ms = static_cast<int>(std::min(std::ceil(left.count()), 1e9));
    if (::poll(&wait, 1, limit_ms) <= 0) continue;
    std::array<char, 64> told{};  // What the signals wrote; without it the wait would end at once.
    [[maybe_unused]] const auto bytes = ::read(relay().wake[0], told.data(), told.size());
  }
  return false;
}

Result<ChildEnd> run_child(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ);
  if (failed != 0) {
    return fail(ErrorCode::tool_failed,
                std::string("the command cannot be started: ") + std::strerror(failed), command[0],
                failed == ENOENT ? "is it installed, and on PATH?" : "");
  }
  relay().child.store(child);
  // A signal that came before the id was known has not been passed on.
  if (const int missed = relay().stopped_by.load(); missed != 0) ::kill(child, missed);
  wait_for(child);
  return reap(child);
}

int start_status(const std::vector<std::string>& command) {
  const bool path = command[0].find('/') != std::string::npos;
  std::error_code status;
  const bool there =
      path ? std::filesystem::exists(command[0], status) : find_on_path(command[0]).has_value();
  return there ? kNotRunnable : kNotFound;
}

}  // namespace edgeeval
