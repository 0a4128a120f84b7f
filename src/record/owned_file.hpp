// SPDX-License-Identifier: Apache-2.0
// A file descriptor that is closed with its owner, and reads and writes that are whole or an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <span>
#include <string>

namespace edgeeval {

/// Owns a descriptor.
class OwnedFile {
 public:
  OwnedFile() = default;
  explicit OwnedFile(int number) : number_(number) {}
  OwnedFile(OwnedFile&& other) noexcept;
  OwnedFile& operator=(OwnedFile&& other) noexcept;
  OwnedFile(const OwnedFile&) = delete;
  OwnedFile& operator=(const OwnedFile&) = delete;
  ~OwnedFile();
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_ = -1;
};

/// Opens a regular file for reading. Error: io; another kind of file is refused, since reading it may never
/// end.
[[nodiscard]] Result<OwnedFile> open_to_read(const std::filesystem::path& path);
/// Creates a file that must not be there yet. Errors: record_mismatch where it is, io, disk_full.
[[nodiscard]] Result<OwnedFile> create_new(const std::filesystem::path& path);
/// Bytes in the file. Error: io.
[[nodiscard]] Result<std::uint64_t> file_size(const OwnedFile& file, const std::string& where);
/// Reads until `bytes` is full or the file ends; returns how many. Error: io.
[[nodiscard]] Result<std::size_t> read_some(const OwnedFile& file, std::span<char> bytes,
                                            const std::string& where);
/// Writes all. Errors: io, disk_full; then an unknown part of it is written.
[[nodiscard]] Result<void> write_all(const OwnedFile& file, std::span<const char> bytes,
                                     const std::string& where);

}  // namespace edgeeval
