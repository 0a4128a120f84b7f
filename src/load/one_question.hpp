// SPDX-License-Identifier: Apache-2.0
// One streamed request to a server and what came of it, as cold starts ask it.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <functional>
#include <optional>
#include <string>

#include "core/cancel.hpp"
#include "load/target.hpp"
#include "record/load_record.hpp"
#include "wire/dialect.hpp"

namespace edgeeval {

/// One streamed request.
struct Question {
  Dialect dialect;
  std::string model;  ///< Empty where the server needs no name.
  std::string text;   ///< The user's words.
  std::string salt;   ///< At the prompt's very beginning, so that no cached prefix matches.
  std::uint32_t max_tokens = 16;
  std::uint32_t number = 0;  ///< From 0; of the request within its cold start.
  double timeout_s = 600.0;  ///< For the whole of it.
};

/// Its answer.
struct Answered {
  RequestRecord request;                       ///< With its failure, where it failed.
  std::optional<std::int64_t> first_token_ns;  ///< CLOCK_MONOTONIC; of the first event that carries a token.
  std::optional<std::int64_t> last_token_ns;
  bool kernel_stamps = false;  ///< The two are the kernel's receive stamps.
};

/// Asks by the load generator, on a connection of its own. A failed request is an answer too; errors are the
/// client's own (io). `alive` false or a cancel ends the waiting.
[[nodiscard]] Result<Answered> ask_once(const Target& target, const Question& question,
                                        const CancelToken& cancel, const std::function<bool()>& alive);

}  // namespace edgeeval
