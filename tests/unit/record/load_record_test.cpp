// SPDX-License-Identifier: Apache-2.0
#include "record/load_record.hpp"

#include <gtest/gtest.h>

#include <set>

namespace edgeeval {
namespace {

TEST(LoadRecord, EventClassesGoToTheirNamesAndBack) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(EventClass::done); ++i) {
    const auto kind = static_cast<EventClass>(i);
    EXPECT_EQ(event_class_from(to_string(kind)), kind) << i;
    names.insert(to_string(kind));
  }
  EXPECT_EQ(names.size(), 12U);
  EXPECT_EQ(to_string(EventClass::other), "other");
  EXPECT_EQ(to_string(EventClass::content), "content");
  EXPECT_EQ(to_string(EventClass::done), "done");
}

TEST(LoadRecord, TokenSourcesGoToTheirNamesAndBack) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(TokenSource::retokenised); ++i) {
    const auto source = static_cast<TokenSource>(i);
    EXPECT_EQ(token_source_from(to_string(source)), source) << i;
    names.insert(to_string(source));
  }
  EXPECT_EQ(names.size(), 8U);
  EXPECT_EQ(to_string(TokenSource::usage_difference), "usage_difference");
}

TEST(LoadRecord, FailuresGoToTheirNamesAndBack) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(FailureClass::other); ++i) {
    const auto failure = static_cast<FailureClass>(i);
    EXPECT_EQ(failure_class_from(to_string(failure)), failure) << i;
    names.insert(to_string(failure));
  }
  EXPECT_EQ(names.size(), 36U);
  EXPECT_EQ(to_string(FailureClass::none), "none");
  EXPECT_EQ(to_string(FailureClass::error_in_200), "error_in_200");
  EXPECT_EQ(to_string(FailureClass::cancelled), "cancelled");
}

TEST(LoadRecord, NamesThatAreNoneFallBack) {
  EXPECT_EQ(event_class_from("Content"), EventClass::other);
  EXPECT_EQ(token_source_from(""), TokenSource::unknown);
  EXPECT_EQ(failure_class_from("no such failure"), FailureClass::other);
}

TEST(LoadRecord, OnlyTextOfTheModelCarriesTokens) {
  int carrying = 0;
  for (int i = 0; i <= static_cast<int>(EventClass::done); ++i)
    carrying += carries_tokens(static_cast<EventClass>(i)) ? 1 : 0;
  EXPECT_EQ(carrying, 3);
  EXPECT_TRUE(carries_tokens(EventClass::reasoning));
  EXPECT_FALSE(carries_tokens(EventClass::role));
}

}  // namespace
}  // namespace edgeeval
