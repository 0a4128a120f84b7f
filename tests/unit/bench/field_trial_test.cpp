// SPDX-License-Identifier: Apache-2.0
// Servers that refuse fields, and servers that empty their cache.
#include "bench/field_trial.hpp"

#include "bench/cache_reset.hpp"
#include "unit/bench/bench_fixture.hpp"

namespace edgeeval::testing {
namespace {

using FieldTrial = BenchTest;

TEST_F(FieldTrial, AStrictServerIsAskedWithoutWhatItRefuses) {
  auto script = quick_script(mock::Dialect::openai_chat);
  script.strict = true;
  const MockRun server(script);
  auto settings = settings_for(server.target(), "single", 4, "load");
  settings.dialect = ServerKind::vllm;
  const auto point = benched(settings);
  EXPECT_EQ(point.summary.ok, 4U);
  EXPECT_EQ(point.summary.failed, 0U);
  EXPECT_EQ(point.header.settings.at("ignore_eos"), "no");
  EXPECT_TRUE(warned(point, "ignore_eos")) << "it says so";
  EXPECT_TRUE(warned(point, "return_token_ids"));
}

TEST_F(FieldTrial, AServerThatTakesThemIsAskedOnce) {
  int asked = 0;
  auto dialect = dialects_of(ServerKind::vllm).front();
  const SmallCall takes = [&](const std::string&, const std::string&) -> Result<SmallAnswer> {
    ++asked;
    return SmallAnswer{200, "", {}};
  };
  EXPECT_TRUE(leave_out_refused(takes, "m", "", dialect).empty());
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(dialect.ignore_eos);
  auto plain = dialects_of(ServerKind::openai_chat).front();
  EXPECT_TRUE(leave_out_refused(takes, "m", "", plain).empty());
  EXPECT_EQ(asked, 1) << "there is nothing to try";
}

TEST_F(FieldTrial, AServerThatRefusesWhateverIsAskedChangesNothing) {
  auto dialect = dialects_of(ServerKind::vllm).front();
  const SmallCall refuses = [](const std::string&, const std::string&) -> Result<SmallAnswer> {
    return SmallAnswer{400, "no such model", {}};
  };
  EXPECT_TRUE(leave_out_refused(refuses, "m", "", dialect).empty());
  EXPECT_TRUE(dialect.ignore_eos);
  EXPECT_TRUE(dialect.return_token_ids);
}

TEST_F(FieldTrial, ARefusalThatNamesNoFieldTakesOutAll) {
  auto dialect = dialects_of(ServerKind::vllm).front();
  const SmallCall strict = [](const std::string&, const std::string& body) -> Result<SmallAnswer> {
    const bool extra =
        body.find("ignore_eos") != std::string::npos || body.find("min_tokens") != std::string::npos;
    return SmallAnswer{extra ? 422 : 200, "unknown field", {}};
  };
  EXPECT_FALSE(leave_out_refused(strict, "m", "", dialect).empty());
  EXPECT_FALSE(dialect.ignore_eos || dialect.return_token_ids || dialect.continuous_usage);
}

using CacheResets = BenchTest;

TEST_F(CacheResets, HappenBeforeALoadWhereTheServerOffersThem) {
  for (const auto dialect : {mock::Dialect::vllm, mock::Dialect::sglang}) {
    const MockRun server(quick_script(dialect));
    const std::string name(mock::to_string(dialect));
    for (const auto cache : {PrefixCache::defeat, PrefixCache::reset}) {
      auto settings = settings_for(server.target(), "single", 2, name + std::string(to_string(cache)));
      settings.prefix_cache = cache;
      const auto point = benched(settings);
      EXPECT_EQ(point.header.settings.at("cache_reset"), "yes") << name;
      EXPECT_FALSE(warned(point, "cache was not emptied"));
    }
    auto settings = settings_for(server.target(), "single", 2, name + "allow");
    settings.prefix_cache = PrefixCache::allow;
    EXPECT_EQ(benched(settings).header.settings.count("cache_reset"), 0U);
  }
}

TEST_F(CacheResets, AreToldWhereThereAreNone) {
  const MockRun server(quick_script(mock::Dialect::openai_chat));
  auto settings = settings_for(server.target(), "single", 2, "load");
  settings.prefix_cache = PrefixCache::reset;
  EXPECT_TRUE(
      warned(benched(settings), "cache was not emptied before the load (no: openai-chat has no route"));
}

TEST_F(CacheResets, AskByPost) {
  std::string path, body;
  const SmallCall call = [&](const std::string& at, const std::string& with) -> Result<SmallAnswer> {
    path = at;
    body = with;
    return SmallAnswer{404, "", {}};
  };
  const auto reset = reset_cache(call, dialects_of(ServerKind::vllm).front());
  EXPECT_FALSE(reset.done);
  EXPECT_EQ(reset.told, "no: POST /reset_prefix_cache answered 404");
  EXPECT_EQ(path, "/reset_prefix_cache");
  EXPECT_FALSE(body.empty()) << "a request without a body is a GET";
}

}  // namespace
}  // namespace edgeeval::testing
