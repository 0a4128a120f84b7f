// SPDX-License-Identifier: Apache-2.0
#include "bench/salting.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

BenchSettings settings_of(const std::string& scenario, std::optional<std::uint64_t> requests) {
  BenchSettings settings;
  settings.scenario = parse_scenario(scenario).value();
  settings.stop.requests = requests;
  return settings;
}

std::vector<Prompt> prompts_of(const std::vector<std::string>& texts) {
  std::vector<Prompt> prompts(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) prompts[i].text = texts[i];
  return prompts;
}

TEST(ChooseSalt, LeavesPromptsThatAreSentOnceAsTheyAre) {
  const auto different = prompts_of({"a", "b", "c"});
  EXPECT_FALSE(choose_salt(settings_of("closed:2", 3), 3, &different).salted);
  EXPECT_TRUE(choose_salt(settings_of("closed:2", 4), 3, &different).salted);
  EXPECT_FALSE(choose_salt(settings_of("trace:some.csv", std::nullopt), 3, &different).salted)
      << "a trace is played once";
  EXPECT_FALSE(choose_salt(settings_of("closed:2", 200), 256, nullptr).salted);
}

TEST(ChooseSalt, SaltsWhatMayBeMetTwice) {
  auto timed = settings_of("closed:2", std::nullopt);
  timed.stop.min_duration_s = 1.0;
  timed.stop.min_requests = 2;
  EXPECT_TRUE(choose_salt(timed, 100, nullptr).salted);
  EXPECT_TRUE(choose_salt(settings_of("sweep:closed:1,2", 3), 100, nullptr).salted);
  EXPECT_TRUE(choose_salt(settings_of("find-peak", 3), 100, nullptr).salted);
}

TEST(ChooseSalt, SaltsPromptsThatBeginAlike) {
  const std::string shared(100, 'x');
  const auto alike = prompts_of({shared + "a", shared + "b"});
  const auto choice = choose_salt(settings_of("closed:1", 2), 2, &alike);
  EXPECT_TRUE(choice.salted);
  EXPECT_EQ(choice.why, "some prompts begin as others do");
  std::vector<Prompt> blocks(2);
  blocks[0].blocks = {5, 6};
  blocks[1].blocks = {5, 7};
  EXPECT_TRUE(choose_salt(settings_of("trace:some.jsonl", std::nullopt), 2, &blocks).salted);
}

TEST(ChooseSalt, LeavesThemWhereHitsAreWanted) {
  for (const auto cache : {PrefixCache::allow, PrefixCache::reset}) {
    auto settings = settings_of("closed:2", 50);
    settings.prefix_cache = cache;
    EXPECT_FALSE(choose_salt(settings, 3, nullptr).salted);
  }
}

}  // namespace
}  // namespace edgeeval
