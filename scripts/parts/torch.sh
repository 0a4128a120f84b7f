# SPDX-License-Identifier: Apache-2.0
# libtorch: an installed PyTorch where it fits, else the pinned wheel's headers and CPU libraries. Sourced by scripts/setup.

torch_members="libtorch_cpu.so libc10.so libgomp.so.1"

torch_folder() {
  local key
  key=$({ pin torch; pin nvidia-cuda-runtime; pin nvidia-cuda-cupti; echo "$torch_members"; } | digest)
  printf '%s/torch/%s-%s' "$cache" "$(pin_version torch)" "$key"
}

# Prints the prefix of an installed PyTorch that fits: 2.1 or later, C++11 ABI, with headers; nothing otherwise.
installed_torch() {
  command -v python3 >/dev/null || return 0
  python3 - 2>/dev/null <<'PY' || true
import importlib.util, os, sys
if importlib.util.find_spec("torch") is None:
    sys.exit()
import torch
version = tuple(int(part) for part in torch.__version__.split("+")[0].split(".")[:2])
prefix = os.path.dirname(os.path.dirname(torch.utils.cmake_prefix_path))
fits = version >= (2, 1) and torch.compiled_with_cxx11_abi()
fits = fits and os.path.exists(f"{prefix}/include/torch/csrc/api/include/torch/torch.h")
fits = fits and os.path.exists(f"{prefix}/lib/libtorch_cpu.so")
if fits:
    print(prefix, end="")
PY
}

unpack_torch() {
  local folder=$1
  [ "$(uname -m)" = x86_64 ] || stop 6 "the pinned libtorch is for x86_64, and this machine is $(uname -m)" \
    "Install PyTorch 2.1 or later (python3 -c 'import torch' must work) and run the same command again," \
    "or use \`make build\`: edgeeval itself needs no PyTorch."
  begin_folder "$folder"
  need_space 1500 "libtorch"
  say "libtorch: downloading the pinned wheels (553 MB)"
  local name
  for name in torch nvidia-cuda-runtime nvidia-cuda-cupti; do
    fetch "$name" --only-binary :all: --python-version 311 --implementation cp --abi cp311 --abi none \
      --platform manylinux_2_28_x86_64 --platform manylinux_2_25_x86_64 --platform manylinux2014_x86_64
  done
  say "libtorch: unpacking headers and CPU libraries"
  local rules=() member
  for member in $torch_members; do rules+=("torch/lib/$member=lib/$member"); done
  extract "$downloads"/torch-*.whl "$folder.part" 'torch/include/*=include/' 'torch-*.dist-info/licenses/LICENSE=LICENSE' "${rules[@]}"
  extract "$downloads"/nvidia_cuda_runtime-*.whl "$folder.part" 'nvidia/*/lib/libcudart.so.13=lib/libcudart.so.13' \
    '*/licenses/License.txt=LICENSE.nvidia'
  extract "$downloads"/nvidia_cuda_cupti-*.whl "$folder.part" 'nvidia/*/lib/libcupti.so.13=lib/libcupti.so.13'
  rm -f "$downloads"/torch-*.whl "$downloads"/nvidia_*.whl
  chmod +x "$folder.part/lib/"*
  finish_folder "$folder"
}
