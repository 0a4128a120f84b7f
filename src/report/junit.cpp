// SPDX-License-Identifier: Apache-2.0
#include "report/junit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "core/code_point.hpp"

namespace edgeeval {
namespace {

/// Whether XML 1.0 can hold it (production 2, "Char") and it does not steer a screen.
bool is_held(std::uint32_t value) {
  if (value == '\t' || value == '\n' || value == '\r') return true;
  return !steers(value) && value != 0xFFFE && value != 0xFFFF;
}

std::string escape_of(std::uint32_t value) {
  switch (value) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\t':
    case '\n':
    case '\r':
      // In an attribute a plain one would become a space.
      return fmt::format("&#{};", value);
    default:
      return {};
  }
}

std::string attribute(const char* name, const std::string& value) {
  return fmt::format(" {}=\"{}\"", name, xml_escaped(value));
}

std::string problem_element(const char* name, const JUnitCase& one) {
  auto text = fmt::format("      <{}", name) + attribute("message", one.message);
  if (!one.type.empty()) text += attribute("type", one.type);
  if (one.text.empty()) return text + "/>\n";
  return text + ">" + xml_escaped(one.text) + fmt::format("</{}>\n", name);
}

std::string case_text(const JUnitCase& one) {
  auto text = "    <testcase" + attribute("classname", one.group) + attribute("name", one.name) +
              fmt::format(" time=\"{:.3f}\"", one.seconds);
  std::string inside;
  if (one.state == JUnitState::failed) inside += problem_element("failure", one);
  if (one.state == JUnitState::broken) inside += problem_element("error", one);
  if (one.state == JUnitState::skipped)
    inside += "      <skipped" + attribute("message", one.message) + "/>\n";
  if (!one.output.empty()) inside += "      <system-out>" + xml_escaped(one.output) + "</system-out>\n";
  return inside.empty() ? text + "/>\n" : text + ">\n" + inside + "    </testcase>\n";
}

/// tests, failures, errors, skipped and time of `cases` as attributes.
std::string counts(const std::vector<const JUnitCase*>& cases) {
  double seconds = 0.0;
  for (const auto* one : cases) seconds += one->seconds;
  const auto count = [&](JUnitState state) {
    return std::count_if(cases.begin(), cases.end(),
                         [&](const JUnitCase* one) { return one->state == state; });
  };
  return fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"",
                     cases.size(), count(JUnitState::failed), count(JUnitState::broken),
                     count(JUnitState::skipped), seconds);
}

}  // namespace

std::string xml_escaped(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = first_code_point(text.substr(at));
    if (!point || !is_held(point->value)) {
      result += kReplacement;
      at += point ? point->bytes : 1;
      continue;
    }
    const auto escape = escape_of(point->value);
    result += escape.empty() ? text.substr(at, point->bytes) : std::string_view(escape);
    at += point->bytes;
  }
  return result;
}

std::string junit_xml(const std::string& name, const std::vector<JUnitSuite>& suites) {
  std::vector<const JUnitCase*> all;
  std::string inside;
  for (const auto& suite : suites) {
    std::vector<const JUnitCase*> own;
    for (const auto& one : suite.cases) own.push_back(&one);
    all.insert(all.end(), own.begin(), own.end());
    inside += "  <testsuite" + attribute("name", suite.name) + counts(own);
    if (!suite.timestamp.empty()) inside += attribute("timestamp", suite.timestamp);
    inside += ">\n";
    for (const auto& one : suite.cases) inside += case_text(one);
    inside += "  </testsuite>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", name) + counts(all) +
         ">\n" + inside + "</testsuites>\n";
}

}  // namespace edgeeval
