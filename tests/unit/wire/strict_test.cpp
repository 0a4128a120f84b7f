// SPDX-License-Identifier: Apache-2.0
// Each strict mock against the bodies that its own dialect writes.
#include <gtest/gtest.h>

#include "mock/asked.hpp"
#include "wire/dialect.hpp"

namespace edgeeval {
namespace {

std::string body_of(const Dialect& dialect) {
  Asking asking;
  asking.model = "mock";
  asking.system = "Be kind.";
  asking.text = "one two";
  asking.max_tokens = 5;
  asking.ignore_eos = true;
  asking.temperature = 0.5;
  asking.seed = 1;
  std::string body;
  write_body(dialect, asking, body);
  return body;
}

TEST(StrictMock, TakesTheFieldsOfItsOwnDialect) {
  int routes = 0;
  for (const auto kind : all_server_kinds()) {
    const auto played = mock::parse_dialect(to_string(kind)).value();
    for (const auto& dialect : dialects_of(kind)) {
      const auto wire = mock::wire_at(played, dialect.path);
      if (!wire) continue;
      ++routes;
      const auto asked = mock::read_asked(*wire, body_of(dialect), true, played);
      EXPECT_TRUE(asked.has_value()) << to_string(kind) << dialect.path << ": "
                                     << (asked ? "" : asked.error().message);
    }
  }
  EXPECT_GE(routes, 15);
}

TEST(StrictMock, RefusesFieldsOfOthers) {
  const auto vllm = dialects_of(ServerKind::vllm).front();
  const auto refused = mock::read_asked(mock::Wire::chat, body_of(vllm), true, mock::Dialect::openai_chat);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("ignore_eos"), std::string::npos);
  EXPECT_FALSE(mock::read_asked(mock::Wire::chat, body_of(vllm), true, mock::Dialect::llama_server));
}

}  // namespace
}  // namespace edgeeval
