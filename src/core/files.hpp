// SPDX-License-Identifier: Apache-2.0
// Files that are either whole or not there: write aside, sync, rename.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval {

/// The whole content of a file; io error where it cannot be read. A pipe or a device is refused, since reading it
/// may never end, unless it is a descriptor the caller was given (/dev/stdin, /dev/fd/N).
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);

/// The lines of a text file without their line ends (LF or CRLF); an empty last line is dropped.
[[nodiscard]] Result<std::vector<std::string>> read_lines(const std::filesystem::path& path);

/// Writes `content` beside `path`, syncs it and renames it over `path`; disk_full or io on failure. Links are
/// followed and stay; a device, a pipe or an own descriptor (/dev/fd/N) is written into; a folder is refused.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view content);

/// Creates a folder and its parents.
[[nodiscard]] Result<void> make_folder(const std::filesystem::path& path);

/// The name under which a file is written before it is whole: "<path>.part".
[[nodiscard]] std::filesystem::path part_path(const std::filesystem::path& path);

/// Syncs the finished `part` to disk and renames it to `path`, or to where `path` links to. Anything there but a
/// regular file is refused (io); `part` is removed where it cannot take the place.
[[nodiscard]] Result<void> commit_file(const std::filesystem::path& part, const std::filesystem::path& path);

/// The Error that an errno means: disk_full for ENOSPC, EDQUOT and EFBIG (a limit on file size), io otherwise.
[[nodiscard]] Error errno_error(int number, std::string what, std::string where);

/// Bytes free for us on the file system that holds `path` (or its nearest existing parent).
[[nodiscard]] Result<std::uint64_t> free_space(const std::filesystem::path& path);

/// An append-only text file, one line a call, each line written in one system call and synced.
class LineWriter {
 public:
  /// Opens `path` for appending; cuts off a torn last line (one without a line end).
  [[nodiscard]] static Result<LineWriter> open(const std::filesystem::path& path, bool sync_each_line);
  LineWriter(LineWriter&&) noexcept;
  LineWriter& operator=(LineWriter&&) noexcept;
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;
  ~LineWriter();
  /// Appends `line` and a line end; disk_full or io on failure, and then the file ends before `line`.
  [[nodiscard]] Result<void> append(std::string_view line);
  /// Bytes of a torn last line that open() cut off; 0 where there was none.
  [[nodiscard]] std::uint64_t torn_bytes() const { return torn_bytes_; }

 private:
  LineWriter(int descriptor, std::filesystem::path path, bool sync, std::uint64_t torn)
      : descriptor_(descriptor), path_(std::move(path)), sync_(sync), torn_bytes_(torn) {}
  int descriptor_ = -1;
  std::filesystem::path path_;
  bool sync_ = true;
  std::uint64_t torn_bytes_ = 0;
};

/// An advisory lock on a file, released when the process ends however it ends.
class FileLock {
 public:
  /// Takes the lock or fails at once with ErrorCode::io where another process holds it.
  [[nodiscard]] static Result<FileLock> acquire(const std::filesystem::path& path);
  FileLock(FileLock&&) noexcept;
  FileLock& operator=(FileLock&&) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace edgeeval
