# SPDX-License-Identifier: Apache-2.0
# What the parts of scripts/setup share: messages, the cache, pinned downloads. Sourced, not run.

say() { printf '%s\n' "$*"; }
row() { printf '  %-10s %s\n' "$1" "$2"; }
stop() { # stop CODE MESSAGE [HINT…]: exit codes as in docs/exit-codes.md
  local code=$1 message=$2
  shift 2
  { printf 'setup: %s\n' "$message"; for hint in "$@"; do printf '       %s\n' "$hint"; done; } >&2
  exit "$code"
}
minutes() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }
digest() { sha256sum | cut -c1-12; }
cores() { nproc 2>/dev/null || getconf _NPROCESSORS_ONLN; }

pin() { # pin NAME: the requirement line of scripts/pins.txt
  grep -E "^$1==" "$top/scripts/pins.txt" || stop 1 "no pin named $1 in scripts/pins.txt"
}
pin_version() { pin "$1" | sed -E 's/^[^=]+==([^ ]+).*/\1/'; }

# A folder of the cache is complete when its MANIFEST lists exactly the files and sizes that are there: it is made aside
# under the same name with .part, and renamed last. So a half-made, moved or damaged one is noticed and made again.
manifest_of() { (cd "$1" && find . ! -name MANIFEST \( -type f -printf '%P %s\n' -o -type l -printf '%P -> %l\n' \) | LC_ALL=C sort); }
complete() { [ -f "$1/MANIFEST" ] && [ "$(manifest_of "$1")" = "$(cat "$1/MANIFEST")" ]; }
begin_folder() { # begin_folder DIR: an empty DIR.part, and whatever was half-made or damaged is gone
  if [ -e "$1" ]; then say "  $1 is damaged: making it again"; fi
  if [ -e "$1.part" ]; then say "  an unfinished earlier attempt was found: starting it again"; fi
  rm -rf "$1" "$1.part"
  mkdir -p "$1.part"
}
finish_folder() { # finish_folder DIR: DIR.part becomes DIR
  manifest_of "$1.part" >"$1.part/MANIFEST.tmp"
  sed -i '/^MANIFEST.tmp /d' "$1.part/MANIFEST.tmp"
  mv "$1.part/MANIFEST.tmp" "$1.part/MANIFEST"
  sync -f "$1.part/MANIFEST"
  mv "$1.part" "$1"
}

need_space() { # need_space MIB WHAT: stops where the cache's disk has less free
  local free
  free=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge "$1" ] || stop 10 "$2 needs about $1 MiB free in $cache; $free MiB are there" \
    "Free some space, or set EDGEEVAL_CACHE to a folder on a larger disk."
}

fetch() { # fetch NAME [pip download options…]: the pinned file lands in $downloads, checked against its hash
  local name=$1
  shift
  mkdir -p "$downloads"
  pin "$name" >"$downloads/$name.txt"
  local show="--quiet" try
  if [ -t 1 ]; then show="--progress-bar=on"; fi
  for try in 1 2 3; do
    if python3 -m pip download "$show" --disable-pip-version-check --no-deps --require-hashes \
        --dest "$downloads" -r "$downloads/$name.txt" "$@" 2>"$downloads/$name.log"; then
      return 0
    fi
    if grep -qi 'hashes' "$downloads/$name.log"; then break; fi
    say "  download of $name failed (attempt $try of 3)"
  done
  tail -n 5 "$downloads/$name.log" >&2
  stop 11 "$name could not be downloaded" "Check the network and pip's settings (pip config list), then run the same command again."
}

extract() { # extract WHEEL DIR PATTERN=PATH…: members matching each glob; PATH is a file, or a folder where it ends in /
  python3 - "$@" <<'PY'
import fnmatch, os, shutil, sys, zipfile
wheel, target, rules = sys.argv[1], sys.argv[2], [rule.rsplit("=", 1) for rule in sys.argv[3:]]
used = set()
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        for pattern, path in rules:
            if name.endswith("/") or not fnmatch.fnmatchcase(name, pattern):
                continue
            used.add(pattern)
            stem = pattern.split("*")[0].rpartition("/")[0]
            rest = os.path.relpath(name, stem) if path.endswith("/") else ""
            out = os.path.normpath(os.path.join(target, path, rest))
            os.makedirs(os.path.dirname(out), exist_ok=True)
            with archive.open(name) as source, open(out, "wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
missing = [pattern for pattern, _ in rules if pattern not in used]
if missing:
    sys.exit(f"{os.path.basename(wheel)} has no {', '.join(missing)}")
PY
}
