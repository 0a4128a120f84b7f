// SPDX-License-Identifier: Apache-2.0
#include "report/web_assets.hpp"

#if defined(EDGEEVAL_WEB)
// Set by web_assets.S around the files that it takes in.
extern "C" {
extern const char edgeeval_web_script[];
extern const char edgeeval_web_script_end[];
extern const char edgeeval_web_style[];
extern const char edgeeval_web_style_end[];
extern const char edgeeval_web_hash[];
extern const char edgeeval_web_hash_end[];
}
#endif

namespace edgeeval {

WebAssets web_assets() {
#if defined(EDGEEVAL_WEB)
  return {.script = {edgeeval_web_script, edgeeval_web_script_end},
          .style = {edgeeval_web_style, edgeeval_web_style_end},
          .script_hash = {edgeeval_web_hash, edgeeval_web_hash_end}};
#else
  return {};
#endif
}

}  // namespace edgeeval
