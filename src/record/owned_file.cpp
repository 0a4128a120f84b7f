// SPDX-License-Identifier: Apache-2.0
#include "record/owned_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/files.hpp"

namespace edgeeval {

OwnedFile::OwnedFile(OwnedFile&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

OwnedFile& OwnedFile::operator=(OwnedFile&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

OwnedFile::~OwnedFile() {
  if (number_ >= 0) ::close(number_);
}

Result<OwnedFile> open_to_read(const std::filesystem::path& path) {
  // Opening a pipe waits for its other end; O_NONBLOCK keeps it from that, and means nothing to a regular
  // file.
  OwnedFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) return tl::unexpected(errno_error(errno, "cannot read the file", path.string()));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0)
    return tl::unexpected(errno_error(errno, "cannot read the file", path.string()));
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::io, "is not a regular file", path.string());
  return file;
}

Result<OwnedFile> create_new(const std::filesystem::path& path) {
  OwnedFile file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (file.get() >= 0) return file;
  if (errno != EEXIST) return tl::unexpected(errno_error(errno, "cannot create", path.string()));
  return fail(ErrorCode::record_mismatch, "the folder holds a load already", path.string(),
              "Name another folder with --out, or remove this one.");
}

Result<std::uint64_t> file_size(const OwnedFile& file, const std::string& where) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0)
    return tl::unexpected(errno_error(errno, "cannot ask for the size", where));
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::size_t> read_some(const OwnedFile& file, std::span<char> bytes, const std::string& where) {
  std::size_t got = 0;
  while (got < bytes.size()) {
    const auto count = ::read(file.get(), bytes.data() + got, bytes.size() - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return tl::unexpected(errno_error(errno, "cannot read", where));
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  return got;
}

Result<void> write_all(const OwnedFile& file, std::span<const char> bytes, const std::string& where) {
  while (!bytes.empty()) {
    const auto count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return tl::unexpected(errno_error(errno, "cannot write", where));
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace edgeeval
