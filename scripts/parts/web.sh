# SPDX-License-Identifier: Apache-2.0
# What web/ is bundled and tested with: the packages of its lock file, and for the tests a browser. Sourced by scripts/setup.

# The same key as cmake/EdgeEvalWeb.cmake: what the lock file holds decides what the folder holds.
web_folder() { printf '%s/web/%s' "$cache" "$(sha256sum "$top/web/package-lock.json" | cut -c1-12)"; }

node_fits() { # Node.js 18 or later, with its package client
  command -v node >/dev/null && command -v npm >/dev/null &&
    [ "$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/')" -ge 18 ] 2>/dev/null
}

install_web() { # install_web DIR: the packages as the lock file pins them, each checked against its hash
  begin_folder "$1"
  cp "$top/web/package.json" "$top/web/package-lock.json" "$top/web/.npmrc" "$1.part/"
  local log="$cache/logs/web.log" try
  for try in 1 2 3; do
    if (cd "$1.part" && npm ci --no-progress --cache "$downloads/npm") >"$log" 2>&1; then
      finish_folder "$1"
      return 0
    fi
    if grep -qE 'EINTEGRITY|EUSAGE' "$log"; then break; fi
    say "  fetching the packages of web/ failed (attempt $try of 3)"
  done
  tail -n 8 "$log" >&2
  stop 11 "the packages of web/ could not be fetched" "The whole log: $log" \
    "Check the network and npm's settings (npm config list), then run the same command again." \
    "Or build without charts and sliders: WEB=OFF for make, --no-web here and -DEDGEEVAL_WEB=OFF for CMake."
}

installed_browser() {
  local name
  for name in chromium chromium-browser google-chrome; do command -v $name && return; done
  true
}

# Only tests need a browser, and they say so where they are skipped for want of one: its absence stops nothing.
install_browser() {
  local log="$cache/logs/browser.log" as_root=""
  if [ "$(id -u)" != 0 ]; then as_root=sudo; fi
  command -v apt-get >/dev/null && { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends chromium; } >"$log" 2>&1 && return
  say "  no browser could be installed: the tests of the report page will be skipped (log: $log)"
}
