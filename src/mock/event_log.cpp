// SPDX-License-Identifier: Apache-2.0
#include "mock/event_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <utility>

#include "core/files.hpp"

namespace edgeeval::mock {
namespace {

constexpr std::size_t kMostWaiting = 1U << 20U;
constexpr std::size_t kTextBytes = 1U << 16U;

template <class... Args>
void put(std::string& out, fmt::format_string<Args...> format, Args&&... arguments) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(arguments)...);
}

void append_line(std::string& out, const LogRecord& record) {
  switch (record.what) {
    case LogRecord::What::request:
      put(out,
          "{{\"request\":{},\"connection\":{},\"received_ns\":{},\"read_ns\":{},\"prompt_tokens\":{},"
          "\"tokens\":{}",
          record.request, record.connection, record.first_ns, record.second_ns, record.prompt_tokens,
          record.tokens);
      if (!record.text.empty()) put(out, ",\"fault\":\"{}\"", record.text);
      break;
    case LogRecord::What::event:
      put(out,
          "{{\"request\":{},\"event\":{},\"kind\":\"{}\",\"tokens\":{},\"bytes\":{},\"due_ns\":{},\"before_"
          "ns\":{},"
          "\"after_ns\":{}",
          record.request, record.step, to_string(record.kind), record.tokens, record.bytes, record.due_ns,
          record.first_ns, record.second_ns);
      if (record.unsent > 0) put(out, ",\"unsent\":{}", record.unsent);
      break;
    case LogRecord::What::end:
      put(out, "{{\"request\":{},\"connection\":{},\"end\":\"{}\",\"end_ns\":{}", record.request,
          record.connection, record.text, record.first_ns);
      break;
  }
  out += "}\n";
}

}  // namespace

EventLog::EventLog(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {
  waiting_.reserve(kMostWaiting);
  text_.reserve(2 * kTextBytes);
}

EventLog::EventLog(EventLog&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      waiting_(std::move(other.waiting_)),
      written_(other.written_),
      text_(std::move(other.text_)),
      problem_(other.problem_) {}

EventLog& EventLog::operator=(EventLog&& other) noexcept {
  if (this == &other) return *this;
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = std::exchange(other.descriptor_, -1);
  path_ = std::move(other.path_);
  waiting_ = std::move(other.waiting_);
  written_ = other.written_;
  text_ = std::move(other.text_);
  problem_ = other.problem_;
  return *this;
}

EventLog::~EventLog() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<EventLog> EventLog::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return tl::unexpected(errno_error(errno, "cannot write the log", path.string()));
  return EventLog(descriptor, path.string());
}

void EventLog::note(const LogRecord& record) {
  if (!on()) return;
  if (waiting_.size() == kMostWaiting) write_some(kMostWaiting);
  waiting_.push_back(record);
}

bool EventLog::write_some(std::size_t most) {
  while (written_ < waiting_.size() && most-- > 0) {
    append_line(text_, waiting_[written_++]);
    if (text_.size() >= kTextBytes) flush();
  }
  if (written_ < waiting_.size()) return true;
  waiting_.clear();
  written_ = 0;
  return false;
}

void EventLog::flush() {
  std::string_view left = text_;
  while (!left.empty() && problem_ == 0) {
    const auto wrote = ::write(descriptor_, left.data(), left.size());
    if (wrote >= 0) {
      left.remove_prefix(static_cast<std::size_t>(wrote));
    } else if (errno != EINTR) {
      problem_ = errno;
    }
  }
  text_.clear();
}

Result<void> EventLog::close() {
  if (!on()) return {};
  write_some(kMostWaiting);
  flush();
  if (::close(std::exchange(descriptor_, -1)) != 0 && problem_ == 0) problem_ = errno;
  if (problem_ != 0) return tl::unexpected(errno_error(problem_, "cannot write the log", path_));
  return {};
}

}  // namespace edgeeval::mock
