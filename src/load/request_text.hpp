// SPDX-License-Identifier: Apache-2.0
// Requests as they go over the wire: a head that is laid out once, and a body each.
#pragma once

#include <edgeeval/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "load/target.hpp"

namespace edgeeval::client {

/// Lays out requests to one route of one target.
class RequestText {
 public:
  /// `accept` is the type of answer wanted. Error: usage, where a header line or the key would break the
  /// head.
  [[nodiscard]] static Result<RequestText> make(const Target& target, std::string_view path,
                                                std::string_view accept, bool keep_alive);
  /// A POST of `body`, or a GET where it is empty, over `out`.
  void write(std::string_view body, std::string& out) const;

 private:
  std::string where_;
  std::string fields_;
};

/// What must appear in no record: the API key, and what headers with a telling name (Authorization,
/// X-Api-Key, Cookie) hold, word by word but for short ones such as "Bearer". None is empty.
[[nodiscard]] std::vector<std::string> secrets_of(const Target& target);

}  // namespace edgeeval::client
