// SPDX-License-Identifier: Apache-2.0
#include "load/poller.hpp"

#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace edgeeval::client {
namespace {

timespec span_of(std::int64_t nanoseconds) {
  timespec time{};
  time.tv_sec = static_cast<time_t>(nanoseconds / 1'000'000'000);
  time.tv_nsec = static_cast<long>(nanoseconds % 1'000'000'000);
  return time;
}

}  // namespace

Result<Poller> Poller::make() {
  const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
  if (descriptor < 0) return fail(ErrorCode::io, std::string("no epoll: ") + std::strerror(errno));
  return Poller(descriptor);
}

Poller::Poller(Poller&& other) noexcept { *this = std::move(other); }

Poller& Poller::operator=(Poller&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(timer_, other.timer_);
  fine_ = other.fine_;
  return *this;
}

Poller::~Poller() {
  if (timer_ >= 0) ::close(timer_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

int Poller::add(int descriptor, std::uint32_t events, void* who) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = who;
  return ::epoll_ctl(descriptor_, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : errno;
}

std::span<const epoll_event> Poller::wait(std::int64_t timeout_ns) {
  const auto most = static_cast<int>(ready_.size());
  int count = -1;
  if (timeout_ns <= 0) {
    count = ::epoll_wait(descriptor_, ready_.data(), most, 0);
  } else if (fine_) {
    const auto limit = span_of(timeout_ns);
    count = static_cast<int>(
        ::syscall(SYS_epoll_pwait2, descriptor_, ready_.data(), most, &limit, nullptr, std::size_t{0}));
    if (count < 0 && errno == ENOSYS) fine_ = false;
  }
  if (count < 0 && !fine_) count = wait_by_timer(timeout_ns);
  return {ready_.data(), static_cast<std::size_t>(std::max(count, 0))};
}

/// The limit as a timer among the sockets; its own event is left out of what is told.
int Poller::wait_by_timer(std::int64_t timeout_ns) {
  if (timer_ < 0) {
    timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    add(timer_, EPOLLIN, nullptr);
  }
  itimerspec limit{};
  limit.it_value = span_of(timeout_ns);
  ::timerfd_settime(timer_, 0, &limit, nullptr);
  const int count = ::epoll_wait(descriptor_, ready_.data(), static_cast<int>(ready_.size()), -1);
  auto* const end = std::remove_if(ready_.data(), ready_.data() + std::max(count, 0),
                                   [](const epoll_event& event) { return event.data.ptr == nullptr; });
  return static_cast<int>(end - ready_.data());
}

}  // namespace edgeeval::client
