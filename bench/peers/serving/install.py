# SPDX-License-Identifier: Apache-2.0
"""Each peer in a virtual environment of its own in the user's cache, with pinned versions, by ordinary pip.

vllm-rs is one binary of the vllm wheel, so only that is unpacked. GuideLLM and vLLM's Python client need torch, which is
shared between them, without what only a GPU needs."""
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
VLLM = "vllm==0.33.0"


class NotInstalled(Exception):
    """Why a peer is left out."""


def folder_of(name: str) -> pathlib.Path:
    """Where a peer lies."""
    cache = os.environ.get("EDGEEVAL_CACHE")
    base = pathlib.Path(cache) if cache else (
        pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "edgeeval")
    return base / "peers" / name


def _run(arguments) -> None:
    done = subprocess.run([str(argument) for argument in arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False)
    if done.returncode != 0:
        reason = [line for line in done.stdout.splitlines() if line.strip()][-1:] or [f"exit {done.returncode}"]
        raise NotInstalled(f"{' '.join(str(argument) for argument in arguments[:4])} …: {reason[0].strip()}")


def _pip(python, *arguments) -> None:
    _run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *arguments])


def _environment(name: str, shared: pathlib.Path | None = None) -> pathlib.Path:
    """A virtual environment with exactly what requirements/NAME.txt lists."""
    folder = folder_of(name)
    wanted = (HERE / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    ready = folder / "ready"
    if ready.exists() and ready.read_text(encoding="utf-8") == wanted:
        return folder
    print(f"installing {name} in {folder}", file=sys.stderr, flush=True)
    if not (folder / "bin" / "python").exists():
        _run([sys.executable, "-m", "venv", folder])
    if shared is not None:
        packages = next(folder.glob("lib/python*/site-packages"))
        (packages / "shared.pth").write_text(f"{next(shared.glob('lib/python*/site-packages'))}\n", encoding="utf-8")
    # The list is complete: without --no-deps pip would add what only a GPU needs, some gigabytes.
    _pip(folder / "bin" / "python", "--no-deps", "-r", HERE / "requirements" / f"{name}.txt")
    ready.write_text(wanted, encoding="utf-8")
    return folder


def _vllm_rust() -> pathlib.Path:
    folder = folder_of("vllm-rs")
    ready = folder / "ready"
    if ready.exists() and ready.read_text(encoding="utf-8") == VLLM and (folder / "vllm-rs").exists():
        return folder
    print(f"fetching the vllm wheel for its binary vllm-rs (336 MB) into {folder}", file=sys.stderr, flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as wheels:
        _run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps",
              "--only-binary", ":all:", "--dest", wheels, VLLM])
        with zipfile.ZipFile(next(pathlib.Path(wheels).glob("vllm-*.whl"))) as wheel:
            try:
                binary = wheel.read("vllm/vllm-rs")
            except KeyError:
                raise NotInstalled("the vllm wheel for this machine holds no binary vllm-rs") from None
    (folder / "vllm-rs").write_bytes(binary)
    (folder / "vllm-rs").chmod(0o755)
    ready.write_text(VLLM, encoding="utf-8")
    return folder


def install(name: str) -> pathlib.Path:
    """The folder of a peer that is ready to run. Raises NotInstalled."""
    try:
        if name == "vllm-rs":
            return _vllm_rust()
        if name == "aiperf":
            return _environment(name)
        return _environment(name, _environment("torch"))
    except (OSError, StopIteration, zipfile.BadZipFile) as error:
        raise NotInstalled(f"{type(error).__name__}: {error}") from error
