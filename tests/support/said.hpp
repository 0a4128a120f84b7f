// SPDX-License-Identifier: Apache-2.0
// What programs wrote, as tests look at it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/json.hpp"

namespace edgeeval::testing {

/// Whether `part` stands in `text`.
inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A whole file; empty where there is none.
inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// JSON in a text; an empty object, and a failure, where it is none.
inline Json json_in(const std::string& text) {
  const auto json = parse_json(text, "text");
  EXPECT_TRUE(json) << text;
  return json ? *json : Json::object();
}

/// JSON in a file, likewise.
inline Json json_of(const std::filesystem::path& file) { return json_in(text_of(file)); }

}  // namespace edgeeval::testing
