// SPDX-License-Identifier: Apache-2.0
#include "record/line_reader.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/files.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;  ///< Read at once.

}  // namespace

LineReader::LineReader(OwnedFile file, std::string path, std::size_t padding)
    : file_(std::move(file)), path_(std::move(path)), padding_(padding), buffer_(kPiece + padding) {}

Result<LineReader> LineReader::open(const std::filesystem::path& path, std::size_t padding) {
  auto file = open_to_read(path);
  if (!file) return tl::unexpected(file.error());
  return LineReader(std::move(*file), path.string(), padding);
}

std::string LineReader::where() const { return fmt::format("{}:{}", path_, number_); }

/// Makes place behind what is not given yet, and reads into it.
Result<void> LineReader::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ + padding_ == buffer_.size()) buffer_.resize(2 * (buffer_.size() - padding_) + padding_);
  if (end_ > kLongest) {
    ++number_;
    return fail(ErrorCode::record_unreadable, fmt::format("a line of more than {} bytes", kLongest), where(),
                "The file is damaged, or no file of a load.");
  }
  const auto got = read_some(file_, {buffer_.data() + end_, buffer_.size() - padding_ - end_}, path_);
  if (!got) return tl::unexpected(got.error());
  ended_ = *got == 0;
  end_ += *got;
  return {};
}

Result<std::optional<std::string_view>> LineReader::next() {
  std::size_t searched = begin_;
  for (;;) {
    const auto* found =
        static_cast<const char*>(std::memchr(buffer_.data() + searched, '\n', end_ - searched));
    if (found != nullptr) {
      const std::string_view line(buffer_.data() + begin_,
                                  static_cast<std::size_t>(found - buffer_.data()) - begin_);
      begin_ += line.size() + 1;
      ++number_;
      return line;
    }
    if (ended_) break;
    const auto unfinished = end_ - begin_;
    if (auto read = fill(); !read) return tl::unexpected(read.error());
    searched = unfinished;
  }
  torn_ = end_ - begin_;
  return std::nullopt;
}

Result<void> LineReader::rewind() {
  if (::lseek(file_.get(), 0, SEEK_SET) < 0)
    return tl::unexpected(errno_error(errno, "cannot go back to the first line", path_));
  begin_ = end_ = torn_ = 0;
  number_ = 0;
  ended_ = false;
  return {};
}

}  // namespace edgeeval
