// SPDX-License-Identifier: Apache-2.0
// The figures that ship with the project.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "tables/mapping.hpp"

namespace edgeeval {

/// data/paper as it stands in the source tree.
inline PublishedStudy shipped_study() {
  const auto folder = std::filesystem::path(EDGEEVAL_SOURCE_DIR) / "data" / "paper";
  const auto mapping = read_mapping(folder / "mapping.yaml");
  if (!mapping) {
    ADD_FAILURE() << mapping.error().message;
    return {};
  }
  auto study = read_tables(folder, *mapping);
  if (!study) {
    ADD_FAILURE() << study.error().message;
    return {};
  }
  return *study;
}

}  // namespace edgeeval
