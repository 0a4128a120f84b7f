// SPDX-License-Identifier: Apache-2.0
#include "report/junit.hpp"

#include <gtest/gtest.h>

#include "unit/report/junit_schema.hpp"

namespace edgeeval {
namespace {

TEST(XmlEscaped, LeavesNothingThatXmlActsOn) {
  EXPECT_EQ(xml_escaped("<a b=\"c\">'&"), "&lt;a b=&quot;c&quot;&gt;&#39;&amp;");
  EXPECT_EQ(xml_escaped("a\tb\nc\r"), "a&#9;b&#10;c&#13;");
  EXPECT_EQ(xml_escaped("]]>"), "]]&gt;");
  EXPECT_EQ(xml_escaped("größer ✔ 😀"), "größer ✔ 😀");
}

TEST(XmlEscaped, ReplacesWhatXmlCannotHold) {
  const std::string gone = "\xEF\xBF\xBD";
  EXPECT_EQ(xml_escaped(std::string("\0\x1b[2J\x7f", 6)), gone + gone + "[2J" + gone);
  for (const char* steering : {"\xc2\x9b", "\xe2\x80\xae", "\xe2\x81\xa6", "\xd8\x9c", "\xe2\x80\xa8"})
    EXPECT_EQ(xml_escaped(steering), gone) << "XML may hold it, a screen should not";
  for (const char* bad : {"\xff", "\x80", "\xC0", "\xED\xA0\x80", "\xEF\xBF\xBE", "\xEF\xBF\xBF"})
    EXPECT_NE(xml_escaped(bad).find(gone), std::string::npos) << bad;
  EXPECT_EQ(xml_escaped("\xE2\x82"), gone + gone) << "cut off";
  EXPECT_EQ(xml_escaped("\xC0\xAF"), gone + gone) << "an overlong slash";
}

TEST(Junit, HoldsToTheSchemaAndCounts) {
  JUnitCase failed{"g", "a", 1.5, JUnitState::failed, "undecided", "why", "line 1\nline <2>", ""};
  JUnitCase broken{"g", "b", 0.0, JUnitState::broken, "absent", "gone", "", "said"};
  JUnitCase skipped{"g", "c", 0.0, JUnitState::skipped, "", "soft", "", ""};
  JUnitCase passed{"g", "d", 0.25, JUnitState::passed, "", "", "", ""};
  const auto root = expect_junit(
      junit_xml("all", {{"one", "2026-01-02T03:04:05Z", {failed, broken}}, {"two", "", {skipped, passed}}}));
  EXPECT_EQ(root.attributes.at("tests"), "4");
  EXPECT_EQ(root.attributes.at("failures"), "1");
  EXPECT_EQ(root.attributes.at("errors"), "1");
  EXPECT_EQ(root.attributes.at("skipped"), "1");
  EXPECT_EQ(root.attributes.at("time"), "1.750");
  const auto& failure = root.children[0].children[0].children[0];
  EXPECT_EQ(failure.name, "failure");
  EXPECT_EQ(failure.attributes.at("type"), "undecided");
  EXPECT_EQ(failure.text, "line 1\nline <2>");
  EXPECT_EQ(root.children[0].children[1].children[1].text, "said");
  EXPECT_FALSE(root.children[1].attributes.contains("timestamp"));
}

TEST(Junit, StaysWellFormedWhateverItIsTold) {
  const std::string text = "<!-- ]]> & \"'\x01\xff</testcase>\n";
  JUnitCase one{text, text, 0.0, JUnitState::failed, text, text, text, text};
  const auto root = expect_junit(junit_xml(text, {{text, text, {one}}}));
  EXPECT_EQ(root.attributes.at("tests"), "1");
}

TEST(XmlReader, RefusesWhatIsNotWellFormed) {
  const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  EXPECT_TRUE(XmlReader::read(head + "<a b=\"c\"><d/></a>\n"));
  for (const char* bad : {"<a>", "<a></b>", "<a b=c/>", "<a b=\"1\" b=\"2\"/>", "<a>&</a>", "<a>&nbsp;</a>",
                          "<a/><b/>", "<a>\x01</a>", "a"})
    EXPECT_FALSE(XmlReader::read(head + bad)) << bad;
}

}  // namespace
}  // namespace edgeeval
