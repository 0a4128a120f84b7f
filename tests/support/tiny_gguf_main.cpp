// SPDX-License-Identifier: Apache-2.0
// tiny-gguf --out FILE [--architecture NAME]: a model of a few kilobytes, for tests that run the real
// programs.
#include <cstdio>
#include <exception>
#include <string>

#include "support/tiny_model.hpp"

int main(int argc, char** argv) {
  std::string out;
  edgeeval::model::testing::TinyModel model;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--out") out = argv[i + 1];
    if (option == "--architecture") model.architecture = argv[i + 1];
  }
  try {
    edgeeval::model::testing::write_tiny(out, model);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "tiny-gguf: %s\n", problem.what());
    return 1;
  }
  return 0;
}
