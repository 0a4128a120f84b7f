# SPDX-License-Identifier: Apache-2.0
# Debian packages: only those whose command or header is not there yet, however it was installed. Sourced by scripts/setup.

# package : command or header that shows it is there
package_rows="g++:g++ cmake:cmake ninja-build:ninja make:make git:git python3:python3 python3-pip:pip
  python3-jsonschema:jsonschema ca-certificates:/etc/ssl/certs/ca-certificates.crt nlohmann-json3-dev:nlohmann/json.hpp libcli11-dev:CLI/CLI.hpp
  libfmt-dev:fmt/format.h libyaml-cpp-dev:yaml-cpp/yaml.h libsimdjson-dev:simdjson.h libexpected-dev:tl/expected.hpp libssl-dev:openssl/ssl.h
  libboost1.81-dev:boost/beast.hpp libutf8proc-dev:utf8proc.h libcsv-dev:csv.h libre2-dev:re2/re2.h libgtest-dev:gtest/gtest.h libgmock-dev:gmock/gmock.h
  librapidcheck-dev:rapidcheck.h libbenchmark-dev:benchmark/benchmark.h"
web_rows="nodejs:node18 npm:npm"
lint_rows="clang-format:clang-format clang-tidy:clang-tidy"
fuzz_rows="clang:clang++ libclang-rt-14-dev:libfuzzer"

present() {
  case $1 in
    pip) python3 -m pip --version >/dev/null 2>&1 ;;
    node18) node_fits || { command -v node >/dev/null && ! command -v npm >/dev/null; } ;;
    jsonschema) python3 -c 'import jsonschema' >/dev/null 2>&1 ;;
    libfuzzer) [ -e "$(clang++ -print-file-name="libclang_rt.fuzzer-$(uname -m).a" 2>/dev/null)" ] ;;
    /*) [ -e "$1" ] ;;
    *.h | *.hpp) [ -e "/usr/include/$1" ] || [ -e "/usr/local/include/$1" ] ||
      [ -e "/usr/include/$(uname -m)-linux-gnu/$1" ] ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

missing_packages() { # the names, on one line
  local entry rows=$package_rows names=""
  if [ "$lint" = 1 ]; then rows="$rows $lint_rows"; fi
  if [ "$fuzz" = 1 ]; then rows="$rows $fuzz_rows"; fi
  if [ "$web" = 1 ]; then rows="$rows $web_rows"; fi
  for entry in $rows; do present "${entry#*:}" || names="$names ${entry%%:*}"; done
  printf '%s' "${names# }"
}

install_packages() {
  local names=$1 as_root=""
  command -v apt-get >/dev/null || stop 17 "this system has no apt-get, and these are missing (Debian names): $names" \
    "Install what your system calls them, then run the same command again."
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || stop 17 "packages are missing and this is neither root nor a machine with sudo" \
      "As root: apt-get install $names"
    as_root=sudo
  fi
  local log="$cache/logs/packages.log"
  # shellcheck disable=SC2086
  if ! { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends $names; } >"$log" 2>&1; then
    tail -n 8 "$log" >&2
    stop 17 "apt-get could not install: $names" "The whole log: $log"
  fi
  local still
  still=$(missing_packages)
  [ -z "$still" ] || stop 17 "installed, but still not found: $still" "The whole log: $log"
}
