# SPDX-License-Identifier: Apache-2.0
# llama.cpp's library: target edgeeval::llama. Looks below EDGEEVAL_LLAMA_PREFIX first.
find_path(EDGEEVAL_LLAMA_INCLUDE llama.h HINTS ${EDGEEVAL_LLAMA_PREFIX}/include)
find_library(EDGEEVAL_LLAMA_LIBRARY llama HINTS ${EDGEEVAL_LLAMA_PREFIX}/lib)
find_library(EDGEEVAL_GGML_LIBRARY ggml HINTS ${EDGEEVAL_LLAMA_PREFIX}/lib)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(EdgeEvalLlama REQUIRED_VARS EDGEEVAL_LLAMA_LIBRARY EDGEEVAL_GGML_LIBRARY EDGEEVAL_LLAMA_INCLUDE
                                  REASON_FAILURE_MESSAGE "run scripts/setup, or set EDGEEVAL_LLAMA_PREFIX to an installed llama.cpp")
if(EdgeEvalLlama_FOUND AND NOT TARGET edgeeval::llama)
  add_library(edgeeval::llama UNKNOWN IMPORTED)
  set_target_properties(edgeeval::llama PROPERTIES IMPORTED_LOCATION ${EDGEEVAL_LLAMA_LIBRARY})
  target_include_directories(edgeeval::llama SYSTEM INTERFACE ${EDGEEVAL_LLAMA_INCLUDE})
  target_link_libraries(edgeeval::llama INTERFACE ${EDGEEVAL_GGML_LIBRARY})
endif()
