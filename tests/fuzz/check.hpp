// SPDX-License-Identifier: Apache-2.0
// What a fuzzer does with a law that is broken: it ends the process, so that the input is kept.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace edgeeval::fuzz {

/// Ends the process where `holds` is false.
inline void check(bool holds, const char* law) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", law);
  std::abort();
}

}  // namespace edgeeval::fuzz
