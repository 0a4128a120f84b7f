// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <edgeeval/result.hpp>

namespace edgeeval {
namespace {

struct CodeRow {
  ErrorCode code;
  int exit_code;
  std::string_view name;
};

// docs/exit-codes.md shows the same table.
constexpr std::array kCodes{
    CodeRow{ErrorCode::internal, 1, "internal"},
    CodeRow{ErrorCode::usage, 2, "usage"},
    CodeRow{ErrorCode::invalid_study, 3, "invalid_study"},
    CodeRow{ErrorCode::invalid_task, 4, "invalid_task"},
    CodeRow{ErrorCode::bad_model, 5, "bad_model"},
    CodeRow{ErrorCode::unsupported, 6, "unsupported"},
    CodeRow{ErrorCode::engine_missing, 7, "engine_missing"},
    CodeRow{ErrorCode::engine_failed, 8, "engine_failed"},
    CodeRow{ErrorCode::port_taken, 9, "port_taken"},
    CodeRow{ErrorCode::disk_full, 10, "disk_full"},
    CodeRow{ErrorCode::io, 11, "io"},
    CodeRow{ErrorCode::record_mismatch, 12, "record_mismatch"},
    CodeRow{ErrorCode::record_unreadable, 13, "record_unreadable"},
    CodeRow{ErrorCode::tool_failed, 14, "tool_failed"},
    CodeRow{ErrorCode::timed_out, 15, "timed_out"},
    CodeRow{ErrorCode::variants_failed, 16, "variants_failed"},
    CodeRow{ErrorCode::unavailable, 17, "unavailable"},
    CodeRow{ErrorCode::invalid_table, 18, "invalid_table"},
    CodeRow{ErrorCode::findings, 19, "findings"},
    CodeRow{ErrorCode::not_measured, 20, "not_measured"},
    CodeRow{ErrorCode::invalid_measurement, 21, "invalid_measurement"},
    CodeRow{ErrorCode::gate_blocked, 22, "gate_blocked"},
    CodeRow{ErrorCode::not_comparable, 23, "not_comparable"},
    CodeRow{ErrorCode::invalid_policy, 24, "invalid_policy"},
    CodeRow{ErrorCode::cancelled, 130, "cancelled"},
};

const CodeRow& row_of(ErrorCode code) noexcept {
  const auto* found =
      std::find_if(kCodes.begin(), kCodes.end(), [&](const CodeRow& row) { return row.code == code; });
  return found == kCodes.end() ? kCodes.front() : *found;
}

}  // namespace

int exit_code(ErrorCode code) noexcept { return row_of(code).exit_code; }

std::string_view to_string(ErrorCode code) noexcept { return row_of(code).name; }

ErrorCode error_code_from(std::string_view name) noexcept {
  const auto* found =
      std::find_if(kCodes.begin(), kCodes.end(), [&](const CodeRow& row) { return row.name == name; });
  return found == kCodes.end() ? ErrorCode::internal : found->code;
}

ErrorCode error_code_of_exit(int status) noexcept {
  const auto* found =
      std::find_if(kCodes.begin(), kCodes.end(), [&](const CodeRow& row) { return row.exit_code == status; });
  return found == kCodes.end() ? ErrorCode::tool_failed : found->code;
}

}  // namespace edgeeval
