// SPDX-License-Identifier: Apache-2.0
// JUnit XML: a small document and its text, as CI systems read it
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace edgeeval {

/// How a case came out. CI fails on `failed` and `broken` alone.
enum class JUnitState {
  passed,
  failed,   ///< What was asked for does not hold: <failure>.
  broken,   ///< It could not be found out: <error>.
  skipped,  ///< <skipped>
};

/// One test case.
struct JUnitCase {
  std::string group;  ///< The attribute classname.
  std::string name;
  double seconds = 0.0;
  JUnitState state = JUnitState::passed;
  std::string type;     ///< "undecided", "engine_failed"; of a failure or an error.
  std::string message;  ///< One line; of all states but `passed`.
  std::string text;     ///< More lines, such as the end of a log; of a failure or an error.
  std::string output;   ///< <system-out>; left out where empty.
};

/// A group of cases.
struct JUnitSuite {
  std::string name;
  std::string timestamp;  ///< ISO 8601; left out where empty.
  std::vector<JUnitCase> cases;
};

/// `text` for XML 1.0, in text or in a quoted attribute: what XML acts on escaped, and what it cannot hold
/// (control characters, invalid UTF-8, U+FFFE, U+FFFF) replaced by U+FFFD.
[[nodiscard]] std::string xml_escaped(std::string_view text);

/// The document.
[[nodiscard]] std::string junit_xml(const std::string& name, const std::vector<JUnitSuite>& suites);

}  // namespace edgeeval
