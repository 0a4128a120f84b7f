#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs Zeus and CodeCarbon in a virtual environment of their own and prints what they cost; beside it run
# measure_overhead, which asks the same of edgeeval measure.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv="${XDG_CACHE_HOME:-$HOME/.cache}/edgeeval/peers/energy"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/energy_requirements.txt"
exec "$venv/bin/python" "$here/energy_overhead.py" "$@"
