// SPDX-License-Identifier: Apache-2.0
// What a JUnit file must be for the CI systems that read it, as Jenkins' schema has it (junit-10.xsd)
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "unit/report/xml_text.hpp"

namespace edgeeval {

inline void expect_attributes(const XmlElement& element, const std::set<std::string>& required,
                              const std::set<std::string>& optional = {}) {
  for (const auto& name : required)
    EXPECT_TRUE(element.attributes.contains(name)) << element.name << " lacks " << name;
  for (const auto& [name, value] : element.attributes)
    EXPECT_TRUE(required.contains(name) || optional.contains(name)) << element.name << " has " << name;
}

inline std::size_t count_of(const XmlElement& suite, const std::string& child) {
  return static_cast<std::size_t>(
      std::count_if(suite.children.begin(), suite.children.end(), [&](const XmlElement& one) {
        return std::any_of(one.children.begin(), one.children.end(),
                           [&](const XmlElement& c) { return c.name == child; });
      }));
}

inline std::size_t number_at(const XmlElement& element, const std::string& name) {
  return static_cast<std::size_t>(std::strtoul(element.attributes.at(name).c_str(), nullptr, 10));
}

inline void expect_case(const XmlElement& one) {
  EXPECT_EQ(one.name, "testcase");
  expect_attributes(one, {"classname", "name", "time"});
  std::size_t outcomes = 0;
  for (const auto& child : one.children) {
    if (child.name == "system-out") continue;
    ++outcomes;
    EXPECT_TRUE(child.name == "failure" || child.name == "error" || child.name == "skipped") << child.name;
    expect_attributes(child, {"message"}, {"type"});
  }
  EXPECT_LE(outcomes, 1U) << "one outcome a case";
}

/// Reads the document and expects it to hold to the schema and to count right; the root, or an empty element.
inline XmlElement expect_junit(const std::string& text) {
  const auto root = XmlReader::read(text);
  EXPECT_TRUE(root) << "not well-formed:\n" << text;
  if (!root) return {};
  EXPECT_EQ(root->name, "testsuites");
  expect_attributes(*root, {"name", "tests", "failures", "errors", "skipped", "time"});
  std::size_t tests = 0;
  for (const auto& suite : root->children) {
    EXPECT_EQ(suite.name, "testsuite");
    expect_attributes(suite, {"name", "tests", "failures", "errors", "skipped", "time"}, {"timestamp"});
    for (const auto& one : suite.children) expect_case(one);
    EXPECT_EQ(number_at(suite, "tests"), suite.children.size());
    EXPECT_EQ(number_at(suite, "failures"), count_of(suite, "failure"));
    EXPECT_EQ(number_at(suite, "errors"), count_of(suite, "error"));
    EXPECT_EQ(number_at(suite, "skipped"), count_of(suite, "skipped"));
    tests += suite.children.size();
  }
  EXPECT_EQ(number_at(*root, "tests"), tests);
  return *root;
}

}  // namespace edgeeval
