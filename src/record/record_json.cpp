// SPDX-License-Identifier: Apache-2.0
#include "record/record_json.hpp"

#include "core/files.hpp"

namespace edgeeval {

Result<Json> read_record_json(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  auto json = parse_json(*text, path);
  if (!json)
    return fail(ErrorCode::record_unreadable, json.error().message, path,
                "The record is damaged; bring the file back from a copy.");
  return json;
}

}  // namespace edgeeval
