// SPDX-License-Identifier: Apache-2.0
#include "record/retokenised.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "unit/record/load_samples.hpp"
#include "unit/record/samples.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class Retokenised : public testing::Test {
 protected:
  void SetUp() override {
    auto header = full_header();
    header.retokenising.reset();
    auto writer = LoadWriter::create(folder(), header);
    ASSERT_TRUE(writer) << writer.error().message;
    for (const std::uint32_t index : {5U, 2U, 9U}) {
      auto request = full_request(index);
      request.retokenised_tokens.reset();
      writer->lane(0).request(std::move(request));
    }
    ASSERT_TRUE(writer->finish(header));
  }
  [[nodiscard]] fs::path folder() const { return folder_.path() / "load"; }
  void put(const std::string& text) const { std::ofstream(folder() / "retokenised.json") << text; }
  [[nodiscard]] ErrorCode refusal() const {
    const auto load = read_load(folder());
    return load ? ErrorCode::internal : load.error().code;
  }
  ScratchFolder folder_;
};

TEST_F(Retokenised, CountsComeBackWithTheLoadWhoseFilesStayAsTheyWere) {
  const auto before = content(folder() / "requests.jsonl") + content(folder() / "load.json");
  const Retokenising summary{"missing", "/tokenize", 3, 2, "1 reply shows no text"};
  const std::vector<CountedReply> counts{{2, 31}, {9, 0}};
  ASSERT_TRUE(write_retokenised(folder(), summary, counts));
  EXPECT_EQ(content(folder() / "requests.jsonl") + content(folder() / "load.json"), before);
  const auto load = read_load(folder());
  ASSERT_TRUE(load) << load.error().message;
  EXPECT_EQ(load->header.retokenising, summary);
  EXPECT_EQ(load->requests[0].retokenised_tokens, 31);
  EXPECT_EQ(load->requests[1].retokenised_tokens, std::nullopt);
  EXPECT_EQ(load->requests[2].retokenised_tokens, 0);
  EXPECT_EQ(load->requests[0].completion_tokens, 23) << "the server's own count";
}

TEST_F(Retokenised, GoWithTheTimelinesToo) {
  const Retokenising summary{"all", "/tokenize", 3, 1, "counting was ended before it was through"};
  const std::vector<CountedReply> counts{{5, 30}};
  ASSERT_TRUE(write_retokenised(folder(), summary, counts));
  auto load = read_load(folder());
  ASSERT_TRUE(load);
  const auto file = folder_.path() / "t.jsonl";
  ASSERT_TRUE(write_timelines(*load, file));
  const auto again = read_load(file);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->header.retokenising, summary);
  EXPECT_EQ(again->header.conditions, full_header().conditions);
  EXPECT_EQ(again->requests[1].retokenised_tokens, 30);
}

TEST_F(Retokenised, ALoadWithoutThemIsReadAsBefore) {
  const auto load = read_load(folder());
  ASSERT_TRUE(load);
  EXPECT_FALSE(load->header.retokenising);
  EXPECT_FALSE(load->requests[0].retokenised_tokens);
}

TEST_F(Retokenised, DamageAndNewerVersionsAreRefused) {
  const std::string good =
      R"("type":"retokenised","wish":"all","replies":1,"counted":1,"index":[2],"tokens":[3])";
  put("{\"version\":\"1.7\"," + good + "}");
  EXPECT_TRUE(read_load(folder()));
  put("{\"version\":\"2.0\"," + good + "}");
  EXPECT_EQ(refusal(), ErrorCode::record_unreadable);
  put("{\"version\":\"1.0\",");
  EXPECT_EQ(refusal(), ErrorCode::record_unreadable);
  put(R"({"version":"1.0","type":"retokenised","wish":"all","replies":1,"counted":1,"index":[2,5],"tokens":[3]})");
  EXPECT_EQ(refusal(), ErrorCode::record_unreadable);
  put(R"({"version":"1.0","type":"retokenised","wish":"all","replies":1,"counted":1,"index":"all","tokens":[3]})");
  EXPECT_EQ(refusal(), ErrorCode::record_unreadable);
}

}  // namespace
}  // namespace edgeeval
