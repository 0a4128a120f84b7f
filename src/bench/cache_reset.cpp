// SPDX-License-Identifier: Apache-2.0
#include "bench/cache_reset.hpp"

#include <fmt/format.h>

namespace edgeeval {

CacheReset reset_cache(const SmallCall& call, const Dialect& dialect) {
  const auto& path = dialect.reset_cache_path;
  if (path.empty()) return {false, fmt::format("no: {} has no route for it", to_string(dialect.server))};
  // A body makes it a POST, which both vLLM's and SGLang's routes take (research, loadgen.md section 4).
  const auto answer = call(path, "{}");
  if (!answer) return {false, fmt::format("no: POST {}: {}", path, answer.error().message)};
  if (answer->status != 200) return {false, fmt::format("no: POST {} answered {}", path, answer->status)};
  return {true, "yes"};
}

}  // namespace edgeeval
