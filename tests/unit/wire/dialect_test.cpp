// SPDX-License-Identifier: Apache-2.0
#include "wire/dialect.hpp"

#include <gtest/gtest.h>

#include "mock/dialect.hpp"

namespace edgeeval {
namespace {

TEST(Dialect, NamesGoThereAndBackAndAreTheMocksNames) {
  std::vector<std::string> names;
  for (const auto kind : all_server_kinds()) {
    names.emplace_back(to_string(kind));
    EXPECT_EQ(server_kind_from(names.back()).value(), kind);
  }
  EXPECT_EQ(names, mock::dialect_names());
}

TEST(Dialect, AnUnknownNameIsAnErrorWithTheNearest) {
  const auto kind = server_kind_from("lama-server");
  ASSERT_FALSE(kind);
  EXPECT_EQ(kind.error().code, ErrorCode::usage);
  EXPECT_NE(kind.error().message.find("\"lama-server\""), std::string::npos);
  EXPECT_NE(kind.error().hint.find("Did you mean \"llama-server\"?"), std::string::npos);
  EXPECT_NE(kind.error().hint.find("tensorrt-llm"), std::string::npos);
}

TEST(Dialect, TheUsualRouteOfEachServerIsTheMocksMainPath) {
  for (const auto kind : all_server_kinds()) {
    const auto dialects = dialects_of(kind);
    ASSERT_GE(dialects.size(), 2U) << to_string(kind);
    EXPECT_EQ(dialects.front().path, mock::main_path(mock::parse_dialect(to_string(kind)).value()));
    for (const auto& dialect : dialects) {
      EXPECT_EQ(dialect.server, kind);
      const auto wire = mock::wire_at(mock::parse_dialect(to_string(kind)).value(), dialect.path);
      ASSERT_TRUE(wire) << dialect.path;
      const auto style = mock::style_of(mock::parse_dialect(to_string(kind)).value(), *wire);
      EXPECT_EQ(dialect.framing == Framing::server_sent_events, style.events) << dialect.path;
      EXPECT_EQ(dialect.ends_with_done, style.events && style.done) << dialect.path;
    }
  }
}

TEST(Dialect, OnlyLazyLoadersLoadLazily) {
  for (const auto kind : all_server_kinds()) {
    const bool lazy = kind == ServerKind::ollama || kind == ServerKind::lm_studio;
    EXPECT_EQ(dialects_of(kind).front().lazy_load, lazy) << to_string(kind);
  }
}

TEST(Dialect, StrictServersTakeNoFieldsOfOthers) {
  for (const auto kind : {ServerKind::openai_chat, ServerKind::openai_completions}) {
    for (const auto& dialect : dialects_of(kind)) {
      EXPECT_FALSE(dialect.ignore_eos || dialect.return_token_ids || dialect.timings_per_token ||
                   dialect.cache_prompt || dialect.continuous_usage || dialect.min_tokens);
    }
  }
  for (const auto& dialect : dialects_of(ServerKind::tensorrt_llm))
    EXPECT_FALSE(dialect.return_token_ids || dialect.timings_per_token || dialect.cache_prompt);
}

}  // namespace
}  // namespace edgeeval
