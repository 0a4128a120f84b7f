// SPDX-License-Identifier: Apache-2.0
#include "record/text_out.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/files.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kFull = std::size_t{1} << 20U;

}  // namespace

TextOut::TextOut(OwnedFile file, std::filesystem::path path, std::filesystem::path part)
    : file_(std::move(file)), path_(std::move(path)), part_(std::move(part)) {}

Result<TextOut> TextOut::open(const std::filesystem::path& path) {
  std::error_code status;
  const bool standard = path == "-";
  const bool in_place =
      standard || (std::filesystem::exists(path, status) && !std::filesystem::is_regular_file(path, status));
  const auto part = in_place ? std::filesystem::path() : part_path(path);
  const int number = standard   ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                     : in_place ? ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY)
                                : ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  OwnedFile file(number);
  if (file.get() < 0) {
    const auto where = standard ? std::string("stdout") : (in_place ? path : part).string();
    return tl::unexpected(errno_error(errno, "cannot write", where));
  }
  return TextOut(std::move(file), standard ? std::filesystem::path("stdout") : path, part);
}

TextOut::~TextOut() {
  if (!part_.empty()) ::unlink(part_.c_str());
}

Result<void> TextOut::flush_if_full() {
  if (text_.size() < kFull) return {};
  auto written = write_all(file_, text_, path_.string());
  text_.clear();
  return written;
}

Result<void> TextOut::commit() {
  if (auto written = write_all(file_, text_, path_.string()); !written) return written;
  text_.clear();
  if (part_.empty()) return {};
  return commit_file(std::exchange(part_, {}), path_);
}

}  // namespace edgeeval
