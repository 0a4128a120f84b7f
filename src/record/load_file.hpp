// SPDX-License-Identifier: Apache-2.0
// The files of a load: events in fixed-size records, requests as JSON lines, spooled while it goes on.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "record/load_record.hpp"

namespace edgeeval {

/// Who takes what a client thread observes. Calls come from that one thread.
class LoadSink {
 public:
  virtual ~LoadSink() = default;
  /// Takes an event. Must not allocate or block; events of one request come in their order.
  virtual void event(const EventRecord& event) noexcept = 0;
  /// Takes a request that has ended, after its last event.
  virtual void request(RequestRecord&& request) = 0;
};

/// Writes <folder>/load.json, requests.jsonl and events.bin. Every client thread has a lane of its own: a ring
/// of blocks that one writer thread takes to the disk, so that nobody waits for it.
class LoadWriter {
 public:
  /// Makes the folder's files; refuses a folder that holds a load already. Errors: io, disk_full,
  /// record_mismatch.
  [[nodiscard]] static Result<LoadWriter> create(const std::filesystem::path& folder, const LoadHeader& header,
                                                 int lanes = 1);
  LoadWriter(LoadWriter&&) noexcept;
  LoadWriter& operator=(LoadWriter&&) noexcept;
  LoadWriter(const LoadWriter&) = delete;
  LoadWriter& operator=(const LoadWriter&) = delete;
  ~LoadWriter();
  /// The sink of one client thread, from 0. Lives as long as the writer.
  [[nodiscard]] LoadSink& lane(int number);
  /// Events that found no free block (the disk is too slow or full) and are lost, so far.
  [[nodiscard]] std::uint64_t lost() const;
  /// Writes everything out, then the completed header. Errors: io or disk_full, also those met earlier.
  [[nodiscard]] Result<void> finish(const LoadHeader& header);

 private:
  struct Impl;
  explicit LoadWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Events of a load in the order of their arrival on each lane, a block at a time.
class EventStream {
 public:
  virtual ~EventStream() = default;
  /// The next block; empty at the end. The span is good until the next call. Errors: io, record_unreadable.
  [[nodiscard]] virtual Result<std::span<const EventRecord>> next() = 0;
  /// Goes back to the first event. Errors: io.
  [[nodiscard]] virtual Result<void> rewind() = 0;
};

/// A load read back. Requests are in memory in order of index, events are streamed.
struct LoadRecord {
  LoadHeader header;
  std::vector<RequestRecord> requests;
  std::unique_ptr<EventStream> events;
  std::vector<std::string> warnings;  ///< A torn last line or event that was dropped.
};

/// Events that are in memory.
[[nodiscard]] std::unique_ptr<EventStream> events_in_memory(std::vector<EventRecord> events);

/// Reads a load from its folder, or from a file of JSON lines that write_timelines made. Errors: io,
/// record_unreadable (a newer major version, damage before the last line).
[[nodiscard]] Result<LoadRecord> read_load(const std::filesystem::path& path);

/// Writes a load as JSON lines: a header line, then a line a request with its events
/// (docs/record-format.md). `path` "-" is stdout. Errors: io, disk_full.
[[nodiscard]] Result<void> write_timelines(LoadRecord& load, const std::filesystem::path& path);

}  // namespace edgeeval
