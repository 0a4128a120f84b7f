// SPDX-License-Identifier: Apache-2.0
#include "bench/launched_server.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <system_error>
#include <utility>

#include "core/files.hpp"
#include "core/text.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kTailLines = 12;
constexpr std::chrono::milliseconds kPortFreeWait{5000};
constexpr std::chrono::milliseconds kKillWait{2000};
constexpr std::chrono::milliseconds kSurelyNone{200};
constexpr int kLookMs = 2;

}  // namespace

Result<LaunchedServer> LaunchedServer::start(const LaunchLine& line, const Target& target, Doorstep doorstep,
                                             fs::path log) {
  std::error_code status;
  fs::remove(log, status);
  ProcessTree tree;
  ProcessOptions options;
  options.arguments = line.arguments;
  options.stdout_file = options.stderr_file = log;
  options.environment = tree.environment();
  auto process = Process::spawn(options);
  if (!process) return tl::unexpected(process.error());
  tree.started(process->pid());
  return LaunchedServer(std::move(*process), std::move(tree), target, std::move(doorstep), std::move(log),
                        line.shell);
}

LaunchedServer::LaunchedServer(Process process, ProcessTree tree, const Target& target, Doorstep doorstep,
                               fs::path log, bool shell)
    : process_(std::move(process)),
      tree_(std::move(tree)),
      target_(target),
      doorstep_(std::move(doorstep)),
      log_(std::move(log)),
      shell_(shell) {}

LaunchedServer::~LaunchedServer() {
  // Of one that was moved from there is none left.
  if (process_.pid() <= 0) return;
  process_.stop(std::chrono::milliseconds(0));
  static_cast<void>(tree_.end(kKillWait));
}

bool LaunchedServer::alive() {
  const auto status = process_.poll();
  if (!status) return true;
  if (stopped_ || !status->ok()) return false;
  // A look at all processes of the machine takes milliseconds, a look at one does not.
  if (left_behind_ && tree_.has(*left_behind_)) return true;
  const auto living = tree_.living();
  if (!living.empty()) {
    left_behind_ = living.front();
    none_since_.reset();
    return true;
  }
  // One that is just becoming another program (execve) has no environment for a moment, and is not seen.
  const auto now = std::chrono::steady_clock::now();
  if (!none_since_) none_since_ = now;
  return now - *none_since_ < kSurelyNone;
}

std::optional<Fact> LaunchedServer::peak_resident() const {
  const auto memory = tree_.memory();
  if (memory.processes == 0) return std::nullopt;
  Fact fact;
  fact.value = memory.peak_resident_b;
  fact.unit = "B";
  fact.grade = Grade::measured;
  fact.sources = {memory.processes == 1 ? "VmHWM of the engine" : "VmHWM of the engine's processes, summed"};
  return fact;
}

std::vector<std::string> LaunchedServer::last_words() const {
  return last_lines(read_file(log_).value_or(""), kTailLines);
}

ServerEnd LaunchedServer::stop(std::chrono::milliseconds grace, const CancelToken& cancel) {
  ServerEnd end;
  stopped_ = true;
  const auto asked = std::chrono::steady_clock::now();
  end.ended = process_.stop(grace).describe();
  end.stopping_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count();
  end.strays = tree_.end(kKillWait);
  if (end.strays > 0)
    end.notes.push_back(
        fmt::format("{} processes did not end with the first one and were killed", end.strays));
  if (!tree_.living().empty()) end.notes.emplace_back("some of its processes could not be ended");
  const auto limit = std::chrono::steady_clock::now() + kPortFreeWait;
  while (doorstep_.knock().accepted) {
    if (std::chrono::steady_clock::now() >= limit || cancel.requested()) {
      end.notes.emplace_back("its address was still answered after its end");
      break;
    }
    ::poll(nullptr, 0, kLookMs);
  }
  return end;
}

}  // namespace edgeeval
