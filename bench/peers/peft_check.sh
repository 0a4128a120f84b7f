#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Does the adapter that edgeeval-train writes mean the same in PEFT as in the merged GGUF?
# Trains a short adapter, merges it to F32, loads the same base and adapter in PEFT, compares the logits.
#   peft_check.sh [--keep DIR] [options of peft_check.py]      needs build/release/bin and the quickstart's model
# Makes its own virtual environment in the cache (PyTorch and its libraries: some 3 GB to download, once).
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$top/bench/peers
cache=${EDGEEVAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/edgeeval}
bin=${EDGEEVAL_BIN:-$top/build/release/bin}
venv=${PEFT_VENV:-$cache/peers/peft}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ "${1:-}" = --keep ]; then work=$2; mkdir -p "$work"; trap - EXIT; shift 2; fi

if ! [ -e "$venv/ready" ]; then
  echo "peft_check: making a virtual environment in $venv" >&2
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/peft_requirements.txt"
  touch "$venv/ready"
fi
model=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["model/smollm2-135m-instruct"])' "$cache/installed.json")

TQDM_DISABLE=1 PYTHONWARNINGS=ignore HF_HUB_OFFLINE=1 "$venv/bin/python" "$here/peft_check.py" --model "$model" --bin "$bin" --work "$work" "$@"
