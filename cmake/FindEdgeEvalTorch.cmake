# SPDX-License-Identifier: Apache-2.0
# libtorch on the CPU: target edgeeval::torch. Looks below EDGEEVAL_TORCH_PREFIX first. PyTorch's own TorchConfig.cmake
# insists on a CUDA toolkit where the wheel was built with one, although the CPU library needs none.
find_path(EDGEEVAL_TORCH_INCLUDE ATen/ATen.h HINTS ${EDGEEVAL_TORCH_PREFIX}/include)
find_library(EDGEEVAL_TORCH_CPU torch_cpu HINTS ${EDGEEVAL_TORCH_PREFIX}/lib)
find_library(EDGEEVAL_C10 c10 HINTS ${EDGEEVAL_TORCH_PREFIX}/lib)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(EdgeEvalTorch REQUIRED_VARS EDGEEVAL_TORCH_CPU EDGEEVAL_C10 EDGEEVAL_TORCH_INCLUDE
                                  REASON_FAILURE_MESSAGE "run scripts/setup, or set EDGEEVAL_TORCH_PREFIX to an installed PyTorch")
if(EdgeEvalTorch_FOUND AND NOT TARGET edgeeval::torch)
  get_filename_component(edgeeval_torch_lib ${EDGEEVAL_TORCH_CPU} DIRECTORY)
  add_library(edgeeval::torch UNKNOWN IMPORTED)
  set_target_properties(edgeeval::torch PROPERTIES IMPORTED_LOCATION ${EDGEEVAL_TORCH_CPU})
  target_include_directories(edgeeval::torch SYSTEM INTERFACE ${EDGEEVAL_TORCH_INCLUDE} ${EDGEEVAL_TORCH_INCLUDE}/torch/csrc/api/include)
  # libtorch_cpu's own dependencies (libgomp, CUDA stubs) lie beside it and are found through its run path.
  target_link_libraries(edgeeval::torch INTERFACE ${EDGEEVAL_C10})
  target_link_options(edgeeval::torch INTERFACE "LINKER:-rpath-link,${edgeeval_torch_lib}")
endif()
