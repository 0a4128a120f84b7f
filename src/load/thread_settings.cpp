// SPDX-License-Identifier: Apache-2.0
#include "load/thread_settings.hpp"

#include <sys/prctl.h>

#include <fstream>

namespace edgeeval::client {
namespace {

constexpr unsigned long kSlack = 1'000;  // ns; the default of 50 µs would be a send's lateness.

}  // namespace

std::optional<std::int64_t> thread_wait_ns() {
  std::ifstream file("/proc/thread-self/schedstat");
  std::int64_t running = 0;
  std::int64_t waiting = 0;
  if (!(file >> running >> waiting)) return std::nullopt;
  return waiting;
}

ThreadSettings::ThreadSettings(std::optional<int> cpu) : slack_(::prctl(PR_GET_TIMERSLACK)) {
  ::prctl(PR_SET_TIMERSLACK, kSlack);
  if (!cpu || *cpu < 0 || *cpu >= CPU_SETSIZE) return;
  cpu_set_t now;
  CPU_ZERO(&now);
  if (::sched_getaffinity(0, sizeof now, &now) == 0) before_ = now;
  cpu_set_t wanted;
  CPU_ZERO(&wanted);
  CPU_SET(static_cast<unsigned>(*cpu), &wanted);
  ::sched_setaffinity(0, sizeof wanted, &wanted);
}

ThreadSettings::~ThreadSettings() {
  if (before_) ::sched_setaffinity(0, sizeof *before_, &*before_);
  if (slack_ > 0) ::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(slack_));
}

}  // namespace edgeeval::client
