# SPDX-License-Identifier: Apache-2.0
# ggml's base library, for reading and writing GGUF: target edgeeval::ggml. Looks below EDGEEVAL_LLAMA_PREFIX first.
find_path(EDGEEVAL_GGML_INCLUDE gguf.h HINTS ${EDGEEVAL_LLAMA_PREFIX}/include)
find_library(EDGEEVAL_GGML_BASE ggml-base HINTS ${EDGEEVAL_LLAMA_PREFIX}/lib)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(EdgeEvalGgml REQUIRED_VARS EDGEEVAL_GGML_BASE EDGEEVAL_GGML_INCLUDE
                                  REASON_FAILURE_MESSAGE "run scripts/setup, or set EDGEEVAL_LLAMA_PREFIX to an installed llama.cpp")
if(EdgeEvalGgml_FOUND AND NOT TARGET edgeeval::ggml)
  add_library(edgeeval::ggml UNKNOWN IMPORTED)
  set_target_properties(edgeeval::ggml PROPERTIES IMPORTED_LOCATION ${EDGEEVAL_GGML_BASE})
  target_include_directories(edgeeval::ggml SYSTEM INTERFACE ${EDGEEVAL_GGML_INCLUDE})
endif()
