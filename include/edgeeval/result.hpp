// SPDX-License-Identifier: Apache-2.0
// Errors as values: every fallible function of the library returns a Result.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace edgeeval {

/// What went wrong, coarse enough to decide what a caller does next. Each code has one process exit code.
enum class ErrorCode {
  internal,             ///< A defect of EdgeEval itself.
  usage,                ///< The command line cannot be understood.
  invalid_study,        ///< The study file is malformed, has unknown keys, or asks for the impossible.
  invalid_task,         ///< Task data is malformed; the message names file and line.
  bad_model,            ///< A model file is missing, truncated or damaged.
  unsupported,          ///< A model architecture, tensor type or format that EdgeEval does not handle.
  engine_missing,       ///< The serving engine or a helper program is not installed.
  engine_failed,        ///< The engine ended, hung or refused the model.
  port_taken,           ///< The requested port is in use by another process.
  disk_full,            ///< No space is left where EdgeEval writes.
  io,                   ///< Any other file or network failure.
  record_mismatch,      ///< The run folder belongs to another study.
  record_unreadable,    ///< The record is of a newer version or damaged before its last line.
  tool_failed,          ///< A helper or user command ended with an error.
  timed_out,            ///< Something did not happen within its limit.
  cancelled,            ///< The user interrupted (Ctrl-C, SIGTERM).
  variants_failed,      ///< The study ended, but one or more variants failed.
  unavailable,          ///< A sensor, right or resource is not there.
  invalid_table,        ///< A table of figures is malformed; the message names file, line and column.
  findings,             ///< An audit found something at least as grave as the user's limit.
  not_measured,         ///< Measured energy was required, and no sensor gave it.
  invalid_measurement,  ///< A measurement's own checks say that its figures are not to be trusted.
  gate_blocked,         ///< A gate's hard rule did not pass, or its self-test found a rule that cannot block.
  not_comparable,       ///< Runs differ in what a comparison would hide.
  invalid_policy,       ///< A gate's policy is malformed; the message names file, line and column.
};

/// One failure, told so that a reader knows what happened, where, and what to do next.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  ///< What happened, with the key and the value found.
  std::string where{};  ///< File, file:line:column, stage or URL; empty where there is none.
  std::string hint{};   ///< What to do next; may hold several lines; empty where there is none.
};

/// A value or the Error that kept it from being made.
template <class T>
using Result = tl::expected<T, Error>;

/// Shorthand for returning a failure from a function of any Result type.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string where = {},
                                                std::string hint = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(where), std::move(hint)});
}

/// The process exit code documented for `code` (docs/exit-codes.md).
[[nodiscard]] int exit_code(ErrorCode code) noexcept;

/// The stable lower-case name of `code`, as it stands in records and JSON.
[[nodiscard]] std::string_view to_string(ErrorCode code) noexcept;

/// The code whose name is `name`, or ErrorCode::internal where there is none.
[[nodiscard]] ErrorCode error_code_from(std::string_view name) noexcept;

/// The code behind a helper program's exit status, or ErrorCode::tool_failed where it is none of ours.
[[nodiscard]] ErrorCode error_code_of_exit(int status) noexcept;

}  // namespace edgeeval
