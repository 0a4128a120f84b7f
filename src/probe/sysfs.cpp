// SPDX-License-Identifier: Apache-2.0
#include "probe/sysfs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <system_error>
#include <utility>

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

/// As the kernel gives it: a sensor's file is made anew by each read, so it is read in one go.
Result<std::string> read_text(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return tl::unexpected(read_failure(errno, path));
  std::string text;
  std::array<char, 4096> part{};
  for (;;) {
    const auto got = ::read(descriptor, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    const int number = errno;
    if (got <= 0) ::close(descriptor);
    if (got < 0) return tl::unexpected(read_failure(number, path));
    if (got == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
}

template <class Number>
Result<Number> parse(const Result<std::string>& text, const fs::path& path) {
  if (!text) return tl::unexpected(text.error());
  Number number{};
  const auto* const end = text->data() + text->size();
  const auto [stop, code] = std::from_chars(text->data(), end, number);
  if (code != std::errc{} || stop != end)
    return fail(ErrorCode::unavailable, "not a number: \"" + *text + "\"", path.string());
  return number;
}

}  // namespace

Error read_failure(int number, const fs::path& path) {
  std::string message;
  switch (number) {
    case EACCES:
    case EPERM:
      message = "permission denied";
      break;
    case ENODATA:
      message = "no data: the sensor is switched off";
      break;
    case ENOENT:
    case ENODEV:
    case ENXIO:
      message = "the sensor is gone";
      break;
    default:
      message = std::strerror(number);
  }
  return {ErrorCode::unavailable, std::move(message), path.string(), {}};
}

Sysfs::Sysfs(fs::path root) : Sysfs(std::move(root), read_text) {}

fs::path Sysfs::at(const fs::path& path) const {
  const auto text = path.native();
  return text.rfind(root_.native(), 0) == 0 ? path : root_ / path.relative_path();
}

Result<std::string> Sysfs::text(const fs::path& path) const {
  auto text = reader_(at(path));
  if (!text) return text;
  while (!text->empty() && std::strchr(" \t\r\n", text->back()) != nullptr) text->pop_back();
  return text;
}

std::string Sysfs::text_or_empty(const fs::path& path) const { return text(path).value_or(std::string()); }

Result<std::int64_t> Sysfs::integer(const fs::path& path) const {
  return parse<std::int64_t>(text(path), path);
}

Result<std::uint64_t> Sysfs::counter(const fs::path& path) const {
  return parse<std::uint64_t>(text(path), path);
}

Result<double> Sysfs::decimal(const fs::path& path) const {
  auto number = parse<double>(text(path), path);
  if (number && !std::isfinite(*number)) return fail(ErrorCode::unavailable, "not a number", path.string());
  return number;
}

bool Sysfs::exists(const fs::path& path) const {
  std::error_code status;
  return fs::exists(at(path), status);
}

std::vector<fs::path> Sysfs::list(const fs::path& folder) const {
  std::vector<fs::path> entries;
  std::error_code status;
  for (auto entry = fs::directory_iterator(at(folder), status); !status && entry != fs::directory_iterator();
       entry.increment(status)) {
    entries.push_back(entry->path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::string Sysfs::device_name(const fs::path& folder) const {
  std::error_code status;
  const auto link = fs::read_symlink(at(folder) / "device", status);
  return status || link.filename().empty() ? folder.filename().string() : link.filename().string();
}

}  // namespace edgeeval
