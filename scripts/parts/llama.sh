# SPDX-License-Identifier: Apache-2.0
# llama.cpp: an installed one where it fits, else built once into the cache. Sourced by scripts/setup.

llama_options="-DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_TESTS=OFF
  -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF -DGGML_NATIVE=ON
  -DGGML_CCACHE=OFF -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON -DCMAKE_INSTALL_RPATH=\$ORIGIN/../lib;\$ORIGIN"

# What is built: all of it, or where an installed llama-server serves, only the libraries that edgeeval-model links.
llama_target=llama-server

# The key holds all that shapes the binaries: source, options, compiler, and (GGML_NATIVE) the processor's features.
llama_folder() {
  local key
  key=$({ pin llama_cpp_python; echo "$llama_target $llama_options"; g++ -dumpfullversion; uname -m
    grep -m1 -E '^(flags|Features)' /proc/cpuinfo | tr ' ' '\n' | LC_ALL=C sort; } 2>/dev/null | digest)
  printf '%s/llama/%s-%s' "$cache" "$(pin_version llama_cpp_python)" "$key"
}

# An installed llama.cpp fits when its headers and libraries compile and link what edgeeval-model calls.
llama_fits() {
  local prefix=$1 probe
  [ -e "$prefix/include/llama.h" ] && [ -e "$prefix/include/gguf.h" ] && [ -e "$prefix/lib/libllama.so" ] || return 1
  probe=$(mktemp -d)
  cat >"$probe/probe.cpp" <<'CPP'
#include <gguf.h>
#include <llama.h>
int main(int argc, char**) {
  if (argc == 1) return 0;
  auto quantize = llama_model_quantize_default_params();
  quantize.dry_run = true;
  llama_adapter_lora* adapter = nullptr;
  float scale = 1;
  return llama_set_adapters_lora(nullptr, &adapter, 1, &scale) + static_cast<int>(gguf_get_n_tensors(nullptr)) +
         static_cast<int>(ggml_row_size(GGML_TYPE_Q4_0, 64));
}
CPP
  local fits=1
  g++ -std=c++20 -I"$prefix/include" "$probe/probe.cpp" -o "$probe/probe" -L"$prefix/lib" -lllama -lggml -lggml-base \
    -Wl,-rpath,"$prefix/lib" >/dev/null 2>&1 && "$probe/probe" && fits=0
  rm -rf "$probe"
  return $fits
}

# Prints the path of an installed llama-server that starts; nothing otherwise.
installed_server() {
  local server
  server=$(command -v llama-server) || return 0
  if "$server" --version >/dev/null 2>&1; then printf '%s' "$server"; fi
}

# Prints the prefix of an installed llama.cpp, with llama-server, that fits; nothing otherwise.
installed_llama() { # installed_llama SERVER
  [ -n "$1" ] && command -v g++ >/dev/null || return 0
  local prefix
  for prefix in "$(pkg-config --variable=prefix llama 2>/dev/null || true)" \
    "$(dirname "$(dirname "$(readlink -f "$1")")")" /usr/local /usr; do
    if [ -n "$prefix" ] && llama_fits "$prefix"; then printf '%s' "$prefix"; return 0; fi
  done
}

build_llama() {
  local folder=$1 source log="$cache/logs/llama-build.log"
  begin_folder "$folder"
  need_space 1500 "building llama.cpp"
  say "llama.cpp: downloading its source (77 MB)"
  fetch llama_cpp_python --no-binary llama-cpp-python
  mkdir "$folder.part/src"
  tar -xzf "$downloads"/llama_cpp_python-*.tar.gz -C "$folder.part/src" --strip-components=1
  rm -f "$downloads"/llama_cpp_python-*.tar.gz
  source="$folder.part/src/vendor/llama.cpp"
  say "llama.cpp: building $llama_target and what it needs; log: $log"
  # shellcheck disable=SC2086
  cmake -S "$source" -B "$folder.part/build" -G Ninja $llama_options >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; stop 14 "llama.cpp could not be configured" "The whole log: $log"; }
  NINJA_STATUS='[%f/%t] ' ninja -C "$folder.part/build" -j "$(cores)" "$llama_target" 2>&1 | tee -a "$log" | build_progress
  if [ "${PIPESTATUS[0]}" != 0 ]; then
    grep -A20 -m1 '^FAILED' "$log" >&2 || tail -n 20 "$log" >&2
    stop 14 "llama.cpp could not be built" "The whole log: $log"
  fi
  mkdir "$folder.part/bin" "$folder.part/lib" "$folder.part/include"
  cp -a "$folder.part/build/bin/"*.so* "$folder.part/lib/"
  cp "$source"/include/*.h "$source"/ggml/include/*.h "$folder.part/include/"
  cp "$source/LICENSE" "$folder.part/"
  if [ "$llama_target" = llama-server ]; then
    cp "$folder.part/build/bin/llama-server" "$folder.part/bin/"
    "$folder.part/bin/llama-server" --version >/dev/null 2>&1 || stop 8 "the llama-server just built does not start"
  fi
  rm -rf "$folder.part/src" "$folder.part/build"
  finish_folder "$folder"
}

# Ninja's lines to one live line on a terminal, and to a line at every tenth elsewhere.
build_progress() {
  local line done_steps all_steps tenth=-1 start=$SECONDS
  while IFS= read -r line; do
    [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
    done_steps=${BASH_REMATCH[1]} all_steps=${BASH_REMATCH[2]}
    local text="  step $done_steps of $all_steps, $(minutes $((SECONDS - start))) gone"
    if [ -t 1 ]; then
      printf '\r\033[K%s' "$text"
    elif [ $((done_steps * 10 / all_steps)) -gt $tenth ]; then
      tenth=$((done_steps * 10 / all_steps))
      say "$text"
    fi
  done
  if [ -t 1 ]; then printf '\n'; fi
}
