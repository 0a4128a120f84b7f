// SPDX-License-Identifier: Apache-2.0
// retokenised.json: replies of a load counted by the server's tokenizer after it, beside what was recorded.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <span>
#include <utility>

#include "core/json.hpp"
#include "record/load_file.hpp"

namespace edgeeval {

/// Index of a request and the tokens of its reply's text.
using CountedReply = std::pair<std::uint32_t, std::int64_t>;

/// What the counting came to, as JSON and back. The second throws as nlohmann's at() does.
[[nodiscard]] Json to_json(const Retokenising& retokenising);
[[nodiscard]] Retokenising retokenising_from(const Json& json);

/// Writes <folder>/retokenised.json, whole or not at all: the files of the load stay as they are. Errors: io,
/// disk_full.
[[nodiscard]] Result<void> write_retokenised(const std::filesystem::path& folder, const Retokenising& summary,
                                             std::span<const CountedReply> counts);

/// Puts what the file of `folder` says into the load's header and requests; does nothing where there is none.
/// Errors: io, record_unreadable (damaged, of a newer major version).
[[nodiscard]] Result<void> take_retokenised(const std::filesystem::path& folder, LoadRecord& load);

}  // namespace edgeeval
