// SPDX-License-Identifier: Apache-2.0
#include "record/load_events.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/files.hpp"
#include "record/load_fields.hpp"

namespace edgeeval {
namespace {

static_assert(std::endian::native == std::endian::little,
              "events.bin is little-endian and read as it lies; another machine would have to swap bytes");

constexpr std::string_view kMagic = "EDGEEVT1";
constexpr std::uint32_t kMajor = 1;
constexpr std::uint32_t kMinor = 0;
constexpr std::uint32_t kByteOrder = 0x01020304;
constexpr std::size_t kBlock = 16384;  ///< Events read at once: half a MiB.

struct HeadNumbers {
  std::uint32_t major = kMajor, minor = kMinor, record_bytes = sizeof(EventRecord), byte_order = kByteOrder;
};
static_assert(sizeof(HeadNumbers) + kMagic.size() <= kEventsHeadBytes);

/// Events that are in memory, as one block.
class MemoryEvents final : public EventStream {
 public:
  explicit MemoryEvents(std::vector<EventRecord> events) : events_(std::move(events)) {}
  Result<std::span<const EventRecord>> next() override {
    if (std::exchange(told_, true)) return std::span<const EventRecord>();
    return std::span<const EventRecord>(events_);
  }
  Result<void> rewind() override {
    told_ = false;
    return {};
  }

 private:
  std::vector<EventRecord> events_;
  bool told_ = false;
};

}  // namespace

EventsHead events_head() {
  EventsHead head{};
  const HeadNumbers numbers;
  std::memcpy(head.data(), kMagic.data(), kMagic.size());
  std::memcpy(head.data() + kMagic.size(), &numbers, sizeof numbers);
  return head;
}

std::optional<std::string> events_head_problem(const EventsHead& head) {
  HeadNumbers numbers;
  std::memcpy(&numbers, head.data() + kMagic.size(), sizeof numbers);
  if (std::string_view(head.data(), kMagic.size()) != kMagic)
    return fmt::format("does not begin with \"{}\"", kMagic);
  if (numbers.byte_order != kByteOrder) return "was written in another order of bytes";
  if (numbers.major != kMajor)
    return fmt::format("version {} of events is not one this edgeeval reads ({}.x)", numbers.major, kMajor);
  if (numbers.record_bytes != sizeof(EventRecord))
    return fmt::format("has {} bytes an event, and {} were expected", numbers.record_bytes,
                       sizeof(EventRecord));
  return std::nullopt;
}

FileEvents::FileEvents(OwnedFile file, std::string where, std::uint64_t bytes)
    : file_(std::move(file)),
      where_(std::move(where)),
      size_((bytes - kEventsHeadBytes) / sizeof(EventRecord)),
      torn_((bytes - kEventsHeadBytes) % sizeof(EventRecord)) {}

Result<std::unique_ptr<FileEvents>> FileEvents::open(const std::filesystem::path& path) {
  auto file = open_to_read(path);
  if (!file) return tl::unexpected(file.error());
  auto where = path.string();
  const auto bytes = file_size(*file, where);
  if (!bytes) return tl::unexpected(bytes.error());
  EventsHead head{};
  const auto got = read_some(*file, head, where);
  if (!got) return tl::unexpected(got.error());
  auto problem = *got < head.size() ? std::optional<std::string>("is shorter than its own head")
                                    : events_head_problem(head);
  if (problem) {
    return fail(ErrorCode::record_unreadable, "the file of events " + *problem, where,
                "Use the edgeeval that wrote it, or restore the file from a copy.");
  }
  return std::unique_ptr<FileEvents>(new FileEvents(std::move(*file), std::move(where), *bytes));
}

Result<std::span<const EventRecord>> FileEvents::next() {
  block_.resize(kBlock);
  const auto count = std::min<std::uint64_t>(kBlock, size_ - at_);
  const auto bytes = count * sizeof(EventRecord);
  const auto got = read_some(file_, {reinterpret_cast<char*>(block_.data()), bytes}, where_);
  if (!got) return tl::unexpected(got.error());
  if (*got < bytes)
    return fail(ErrorCode::record_unreadable, "the file of events became shorter while it was read", where_);
  at_ += count;
  block_.resize(count);
  for (auto& event : block_) {
    // A class that a newer minor version knows.
    if (event.kind > EventClass::done) event.kind = EventClass::other;
    if (is_recordable(event.kernel_ns) && is_recordable(event.user_ns)) continue;
    return fail(ErrorCode::record_unreadable,
                fmt::format("event {} has a time that cannot be",
                            at_ - count + static_cast<std::uint64_t>(&event - block_.data())),
                where_, "The load is damaged before its last event; restore it from a copy.");
  }
  return std::span<const EventRecord>(block_);
}

Result<void> FileEvents::seek(std::uint64_t number) {
  at_ = std::min(number, size_);
  if (::lseek(file_.get(), static_cast<off_t>(kEventsHeadBytes + at_ * sizeof(EventRecord)), SEEK_SET) < 0)
    return tl::unexpected(errno_error(errno, "cannot go to an event", where_));
  return {};
}

std::unique_ptr<EventStream> events_in_memory(std::vector<EventRecord> events) {
  return std::make_unique<MemoryEvents>(std::move(events));
}

}  // namespace edgeeval
