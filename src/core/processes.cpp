// SPDX-License-Identifier: Apache-2.0
#include "core/processes.hpp"

#include <charconv>
#include <fstream>
#include <string>
#include <system_error>

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr double kBytesPerKib = 1024.0;

/// The number that `text` begins with; `whole` wants nothing behind it.
template <class Number>
std::optional<Number> number_in(std::string_view text, bool whole) {
  Number number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || (whole && read.ptr != text.data() + text.size())) return std::nullopt;
  return number;
}

}  // namespace

std::vector<pid_t> all_processes(const fs::path& root) {
  std::vector<pid_t> found;
  std::error_code status;
  for (fs::directory_iterator entry(root / "proc", status), end; !status && entry != end;
       entry.increment(status)) {
    if (const auto process = number_in<pid_t>(entry->path().filename().string(), true))
      found.push_back(*process);
  }
  return found;
}

std::optional<std::int64_t> status_number(pid_t process, std::string_view key, const fs::path& root) {
  std::ifstream file(root / "proc" / std::to_string(process) / "status");
  for (std::string line; std::getline(file, line);) {
    if (!std::string_view(line).starts_with(key)) continue;
    const auto begin = line.find_first_not_of(" \t", key.size());
    if (begin == std::string::npos) return std::nullopt;
    return number_in<std::int64_t>(std::string_view(line).substr(begin), false);
  }
  return std::nullopt;
}

std::optional<Bytes> peak_resident_of(pid_t process, const fs::path& root) {
  const auto kib = status_number(process, "VmHWM:", root);
  if (!kib) return std::nullopt;
  return Bytes(static_cast<double>(*kib) * kBytesPerKib);
}

}  // namespace edgeeval
