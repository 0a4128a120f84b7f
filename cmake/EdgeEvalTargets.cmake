# SPDX-License-Identifier: Apache-2.0
# How every target of the project is made: one library a layer, so that a link error is a layer error.

add_library(edgeeval_warnings INTERFACE)
target_compile_options(edgeeval_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor
                                                   $<$<BOOL:${EDGEEVAL_WERROR}>:-Werror>)
# g++ 12 sees overlaps in std::string's operator+ that are not there (GCC bug 105329), and calls the strings in
# an optional aggregate that is moved uninitialized (GCC bug 80635); clang and the sanitizers look for real ones.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(edgeeval_warnings INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(EDGEEVAL_SANITIZE)
  add_compile_options(-fsanitize=${EDGEEVAL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${EDGEEVAL_SANITIZE})
endif()

# edgeeval_layer(NAME SOURCES files… [USES layers or targets…] [PRIVATE_USES targets…])
# A static library edgeeval_NAME whose public includes are include/ and src/.
function(edgeeval_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;PRIVATE_USES" ${ARGN})
  add_library(edgeeval_${name} STATIC ${ARG_SOURCES})
  target_include_directories(edgeeval_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(edgeeval_${name} PUBLIC tl::expected ${ARG_USES} PRIVATE edgeeval_warnings ${ARG_PRIVATE_USES})
endfunction()

# edgeeval_test(NAME LABEL label SOURCES files… USES targets…): a GoogleTest binary, its cases registered with ctest.
function(edgeeval_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;USES" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE edgeeval_warnings ${ARG_USES} GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE EDGEEVAL_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             EDGEEVAL_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  gtest_discover_tests(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT} DISCOVERY_TIMEOUT 60)
endfunction()
