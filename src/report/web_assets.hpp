// SPDX-License-Identifier: Apache-2.0
// The script and the style that web/ is bundled into, as they stand in the binary.
#pragma once

#include <string_view>

namespace edgeeval {

/// What the build made of web/. All empty where edgeeval was built without it (EDGEEVAL_WEB=OFF).
struct WebAssets {
  std::string_view script;
  std::string_view style;
  std::string_view script_hash;  ///< "sha256-…", as a Content-Security-Policy names the script.
};

/// The assets in this binary.
[[nodiscard]] WebAssets web_assets();

}  // namespace edgeeval
