// SPDX-License-Identifier: Apache-2.0
#include "core/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

namespace edgeeval {
namespace {

/// Closes a descriptor at the end of a scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

Result<void> write_all(int descriptor, std::string_view bytes, const std::string& where) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return tl::unexpected(errno_error(errno, "cannot write", where));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

void sync_folder(const std::filesystem::path& folder) {
  // A rename is only durable once its folder is; a file system that cannot sync folders loses nothing else.
  const Descriptor descriptor(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() >= 0) ::fsync(descriptor.get());
}

/// The number of one of our own open descriptors that `path` names; nothing for any other path.
std::optional<int> own_descriptor(const std::filesystem::path& path) {
  const std::string name = path.string();
  if (name == "/dev/stdin") return STDIN_FILENO;
  if (name == "/dev/stdout") return STDOUT_FILENO;
  if (name == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!name.starts_with(folder)) continue;
    int number = -1;
    const char* end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + folder.size(), end, number);
    if (read.ec == std::errc() && read.ptr == end && number >= 0) return number;
  }
  return std::nullopt;
}

/// What a path that is no regular file is, in words.
const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

/// The file that `path` stands for once its symbolic links are followed; the last one need not exist.
Result<std::filesystem::path> followed(const std::filesystem::path& path) {
  constexpr int kMostLinks = 40;  // As many as Linux follows.
  auto target = path;
  std::error_code status;
  for (int links = 0; std::filesystem::is_symlink(target, status); ++links) {
    if (links == kMostLinks) return tl::unexpected(errno_error(ELOOP, "cannot write", path.string()));
    const auto next = std::filesystem::read_symlink(target, status);
    if (status) return tl::unexpected(errno_error(status.value(), "cannot follow the link", target.string()));
    target = next.is_absolute() ? next : target.parent_path() / next;
  }
  return target;
}

/// The mode of what stands at `path`; nothing where there is nothing yet.
std::optional<mode_t> mode_at(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? std::optional(status.st_mode) : std::nullopt;
}

/// Writes into what cannot be replaced: a device or a pipe.
Result<void> write_into(const std::filesystem::path& path, std::string_view content) {
  const Descriptor descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (descriptor.get() < 0) return tl::unexpected(errno_error(errno, "cannot open", path.string()));
  return write_all(descriptor.get(), content, path.string());
}

/// Why the file at `path` cannot be read, told where opening it alone would wait for ever or mislead.
Result<void> readable(const std::filesystem::path& path) {
  const auto mode = mode_at(path);
  std::error_code status;
  if (!mode && std::filesystem::is_symlink(path, status)) {
    const auto target = std::filesystem::read_symlink(path, status);
    return fail(ErrorCode::io,
                "is a broken link: it points to \"" + target.string() + "\", which cannot be reached",
                path.string());
  }
  if (!mode || S_ISREG(*mode)) return {};
  if (!S_ISDIR(*mode) && own_descriptor(path)) return {};
  return fail(ErrorCode::io, fmt::format("is {}, not a file", kind_of(*mode)), path.string());
}

}  // namespace

Error errno_error(int number, std::string what, std::string where) {
  const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  std::string reason = std::generic_category().message(number);
  return Error{
      full ? ErrorCode::disk_full : ErrorCode::io, what + ": " + reason, std::move(where),
      full ? "Free some space on that file system and run the same command again; what was finished is kept."
           : std::string()};
}

Result<std::string> read_file(const std::filesystem::path& path) {
  if (auto can = readable(path); !can) return tl::unexpected(can.error());
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return tl::unexpected(errno_error(errno, "cannot read the file", path.string()));
  // Not by file.rdbuf(), which tells nobody that reading failed: the text would only be shorter.
  std::string text;
  std::array<char, 1U << 16U> block{};
  while (file.read(block.data(), block.size()) || file.gcount() > 0)
    text.append(block.data(), static_cast<std::size_t>(file.gcount()));
  if (file.bad()) return fail(ErrorCode::io, "reading the file failed half way", path.string());
  return text;
}

Result<std::vector<std::string>> read_lines(const std::filesystem::path& path) {
  auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  std::vector<std::string> lines;
  std::size_t start = 0;
  while (start < text->size()) {
    const auto end = std::min(text->find('\n', start), text->size());
    auto line = text->substr(start, end - start);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(std::move(line));
    start = end + 1;
  }
  return lines;
}

Result<void> make_folder(const std::filesystem::path& path) {
  std::error_code status;
  std::filesystem::create_directories(path, status);
  if (status) return tl::unexpected(errno_error(status.value(), "cannot create the folder", path.string()));
  return {};
}

std::filesystem::path part_path(const std::filesystem::path& path) {
  auto part = path;
  part += ".part";
  return part;
}

Result<void> commit_file(const std::filesystem::path& part, const std::filesystem::path& path) {
  const Descriptor descriptor(::open(part.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.get() < 0) return tl::unexpected(errno_error(errno, "cannot open", part.string()));
  if (::fsync(descriptor.get()) != 0) return tl::unexpected(errno_error(errno, "cannot sync", part.string()));
  const auto target = followed(path);
  const auto mode = mode_at(path);
  Result<void> renamed;
  if (!target) {
    renamed = tl::unexpected(target.error());
  } else if (mode && !S_ISREG(*mode)) {
    renamed = fail(ErrorCode::io, fmt::format("is {}, not a file that could be replaced", kind_of(*mode)),
                   path.string());
  } else if (::rename(part.c_str(), target->c_str()) != 0) {
    renamed = tl::unexpected(errno_error(errno, "cannot rename " + part.string(), target->string()));
  }
  if (!renamed) {
    ::unlink(part.c_str());
    return renamed;
  }
  sync_folder(target->parent_path());
  return {};
}

Result<void> write_file(const std::filesystem::path& path, std::string_view content) {
  if (const auto number = own_descriptor(path)) return write_all(*number, content, path.string());
  const auto mode = mode_at(path);
  if (mode && S_ISDIR(*mode)) return fail(ErrorCode::io, "is a folder, not a file", path.string());
  // To rename over a device or a pipe would take its place; over a link, the link's.
  if (mode && !S_ISREG(*mode)) return write_into(path, content);
  const auto target = followed(path);
  if (!target) return tl::unexpected(target.error());
  const auto part = part_path(*target);
  {
    const Descriptor descriptor(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (descriptor.get() < 0) return tl::unexpected(errno_error(errno, "cannot create", part.string()));
    if (auto written = write_all(descriptor.get(), content, path.string()); !written) {
      ::unlink(part.c_str());
      return written;
    }
  }
  return commit_file(part, *target);
}

Result<std::uint64_t> free_space(const std::filesystem::path& path) {
  std::error_code status;
  auto existing = std::filesystem::absolute(path, status);
  while (!existing.empty() && !std::filesystem::exists(existing, status) && existing.has_relative_path()) {
    existing = existing.parent_path();
  }
  const auto space = std::filesystem::space(existing, status);
  if (status) return tl::unexpected(errno_error(status.value(), "cannot ask for free space", path.string()));
  return space.available;
}

Result<LineWriter> LineWriter::open(const std::filesystem::path& path, bool sync_each_line) {
  Descriptor descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (descriptor.get() < 0)
    return tl::unexpected(errno_error(errno, "cannot open for appending", path.string()));
  const auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  std::uint64_t torn = 0;
  if (!text->empty() && text->back() != '\n') {
    const auto last_end = text->rfind('\n');
    const std::size_t whole = last_end == std::string::npos ? 0 : last_end + 1;
    torn = text->size() - whole;
    if (::ftruncate(descriptor.get(), static_cast<off_t>(whole)) != 0) {
      return tl::unexpected(errno_error(errno, "cannot cut off the torn last line", path.string()));
    }
  }
  return LineWriter(descriptor.release(), path, sync_each_line, torn);
}

LineWriter::LineWriter(LineWriter&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      sync_(other.sync_),
      torn_bytes_(other.torn_bytes_) {}

LineWriter& LineWriter::operator=(LineWriter&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  std::swap(sync_, other.sync_);
  std::swap(torn_bytes_, other.torn_bytes_);
  return *this;
}

LineWriter::~LineWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> LineWriter::append(std::string_view line) {
  struct stat before {};
  const bool known = ::fstat(descriptor_, &before) == 0;
  const std::string text = fmt::format("{}\n", line);
  if (auto written = write_all(descriptor_, text, path_.string()); !written) {
    // Half a line must not stay: the next append would join on to it.
    if (known && ::ftruncate(descriptor_, before.st_size) != 0)
      written.error().message += " (and a torn line stays)";
    return written;
  }
  if (sync_ && ::fdatasync(descriptor_) != 0)
    return tl::unexpected(errno_error(errno, "cannot sync", path_.string()));
  return {};
}

Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
  Descriptor descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (descriptor.get() < 0) return tl::unexpected(errno_error(errno, "cannot open the lock", path.string()));
  if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::io, "another edgeeval is at work in this run folder", path.string(),
                "Wait until it has ended, or name another folder with --out.");
  }
  return FileLock(descriptor.release());
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace edgeeval
