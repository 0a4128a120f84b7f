// SPDX-License-Identifier: Apache-2.0
#include "standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>

#include "console.hpp"
#include "core/files.hpp"

namespace edgeeval {
namespace {

/// The errno with which stdout failed, 0 where it is not known; nothing where all was written.
std::optional<int> stdout_failure() {
  const bool failed_before = std::ferror(stdout) != 0 || !std::cout;
  errno = 0;
  // std::cout writes through stdout and keeps nothing itself; only the first flush that fails tells why.
  const bool failed_now = std::fflush(stdout) != 0;
  if (!failed_before && !failed_now) return std::nullopt;
  return failed_now ? errno : 0;
}

int report_stdout(int number) {
  return report_error(errno_error(number == 0 ? EIO : number, "cannot write", "stdout"));
}

}  // namespace

void hold_standard_streams() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this one; opened the wrong way round, so that its use fails as on a closed
    // one.
    ::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

int with_checked_output(const std::function<int()>& work) {
  int code = 0;
  try {
    code = work();
  } catch (const std::filesystem::filesystem_error& problem) {
    code = report_error(Error{ErrorCode::io, problem.what()});
  } catch (const std::system_error& problem) {
    // {fmt} throws so where a stream takes no more.
    if (std::ferror(stdout) != 0) return report_stdout(problem.code().value());
    const bool of_stderr = std::ferror(stderr) != 0;
    code = report_error(Error{of_stderr ? ErrorCode::io : ErrorCode::internal, problem.what()});
  } catch (const std::exception& problem) {
    code = report_error(Error{ErrorCode::internal, problem.what()});
  }
  const auto failure = stdout_failure();
  if (!failure || code != 0) return code;
  return report_stdout(*failure);
}

}  // namespace edgeeval
