#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# llama-server over HTTP against llama-bench in process: the same model, threads and batch. Arguments: llama_bench.sh --help
# scripts/setup builds no llama-bench; it is compiled here once, from the same source package and against the same libraries,
# into the folder of the cache that holds them.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${EDGEEVAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/edgeeval}
installed=$cache/installed.json
path() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$installed" "$1"; }
[ -f "$installed" ] || { echo "llama_bench: llama.cpp is not set up yet: run scripts/setup" >&2; exit 17; }
prefix=$(path llama_prefix)
bench=$(command -v "$prefix/bin/llama-bench" || true)
case $prefix in
  "$cache"/*) bench=$cache/peers/llama-bench/$(basename "$prefix")/llama-bench ;;
esac
if [ -z "$bench" ]; then
  echo "llama_bench: the installed llama.cpp in $prefix has no llama-bench" >&2
  exit 17
fi

if ! [ -x "$bench" ]; then
  echo "llama_bench: compiling llama-bench into $(dirname "$bench")" >&2
  downloads=$(mktemp -d)
  trap 'rm -rf "$downloads"' EXIT
  # shellcheck source=/dev/null
  . "$top/scripts/parts/common.sh"
  fetch llama_cpp_python --no-binary llama-cpp-python >&2
  tar -xzf "$downloads"/llama_cpp_python-*.tar.gz -C "$downloads" --strip-components=1
  source=$downloads/vendor/llama.cpp
  mkdir -p "$(dirname "$bench")"
  g++ -std=c++17 -O2 -DNDEBUG -I"$source/include" -I"$source/ggml/include" -I"$source/common" -I"$source/vendor" \
    "$source"/tools/llama-bench/*.cpp -o "$bench.part" -L"$prefix/lib" -lllama-common -lllama -lggml -lggml-base \
    -Wl,-rpath,"$prefix/lib"
  mv "$bench.part" "$bench"
  rm -rf "$downloads"
fi
exec python3 "$top/bench/peers/llama_throughput.py" --llama-bench "$bench" --llama-server "$(path llama_server)" \
  --model "$(path model/smollm2-135m-instruct)" --program "$top/build/release/bin/edgeeval" "$@"
