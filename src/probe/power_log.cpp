// SPDX-License-Identifier: Apache-2.0
#include "probe/power_log.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

namespace edgeeval {
namespace {

constexpr std::string_view kHeader = "t_before_s,t_after_s,source,energy_j,lo_j,hi_j,watts,kind";

double seconds(SteadyTime from, SteadyTime to) { return std::chrono::duration<double>(to - from).count(); }

}  // namespace

Result<void> check_power_log(const std::filesystem::path& path) {
  std::error_code status;
  const auto type = std::filesystem::status(path, status).type();
  if (type == std::filesystem::file_type::not_found) return {};
  if (type == std::filesystem::file_type::directory)
    return fail(ErrorCode::io, "is a folder, not a file", path.string());
  if (type != std::filesystem::file_type::regular)
    return fail(ErrorCode::io, "is no regular file that samples could be appended to", path.string());
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return tl::unexpected(errno_error(errno, "cannot read the file", path.string()));
  std::string begin(kHeader.size() + 1, '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  if (file.bad()) return fail(ErrorCode::io, "reading the file failed", path.string());
  begin.resize(static_cast<std::size_t>(file.gcount()));
  const bool ours = begin.starts_with(kHeader) && (begin.size() == kHeader.size() || begin.back() == '\n');
  if (begin.empty() || ours) return {};
  return fail(ErrorCode::io, "is a file of other content, to which no samples are appended", path.string(),
              "name a new file, or one that begins with the line " + std::string(kHeader));
}

void PowerLog::begin_line(SteadyTime before, SteadyTime after, const std::string& source) {
  if (!queued_.empty()) queued_ += '\n';
  fmt::format_to(std::back_inserter(queued_), "{:.6f},{:.6f},{},", seconds(epoch_, before),
                 seconds(epoch_, after), source);
}

void PowerLog::add(const ProbeInfo& source, const EnergyReading& reading) {
  if (!kept()) return;
  begin_line(reading.before, reading.after, source.id);
  const auto out = std::back_inserter(queued_);
  if (source.kind == ReadingKind::power) {
    fmt::format_to(out, ",,,{:.4f},power", reading.power.value());
    return;
  }
  fmt::format_to(out, "{:.6f},{:.6f},{:.6f},", reading.energy.value(), reading.bounds.lo.value(),
                 reading.bounds.hi.value());
  const auto [last, first] = last_.try_emplace(source.id, reading);
  const double elapsed_s = seconds(last->second.after, reading.after);
  if (!first && elapsed_s > 0.0) {
    fmt::format_to(out, "{:.4f}", (reading.energy - last->second.energy).value() / elapsed_s);
  }
  queued_ += source.kind == ReadingKind::counter ? ",counter" : ",model";
  last->second = reading;
}

void PowerLog::add_failure(const ProbeInfo& source, SteadyTime at) {
  if (!kept()) return;
  begin_line(at, at, source.id);
  queued_ += ",,,,failed";
}

std::optional<Error> PowerLog::flush() {
  if (queued_.empty() || !kept()) return std::nullopt;
  if (!lines_) {
    if (auto failed = open()) return failed;
  }
  auto written = lines_->append(queued_);
  queued_.clear();
  if (!written) return give_up(written.error());
  return std::nullopt;
}

std::optional<Error> PowerLog::open() {
  if (auto ours = check_power_log(path_); !ours) return give_up(ours.error());
  auto lines = LineWriter::open(path_, false);
  if (!lines) return give_up(lines.error());
  lines_ = std::move(*lines);
  std::error_code status;
  if (std::filesystem::file_size(path_, status) > 0 || status) return std::nullopt;
  if (auto written = lines_->append(kHeader); !written) return give_up(written.error());
  return std::nullopt;
}

std::optional<Error> PowerLog::give_up(Error error) {
  given_up_ = true;
  lines_.reset();
  queued_.clear();
  return error;
}

}  // namespace edgeeval
