// SPDX-License-Identifier: Apache-2.0
#include "load/page_cache.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/run_program.hpp"

namespace edgeeval {
namespace {

TEST(PageCache, HoldsAFileJustRead) {
  const testing::TempFolder folder;
  const auto file = folder.path() / "model.gguf";
  std::ofstream(file) << std::string(1 << 20, 'x');
  std::ostringstream read;
  read << std::ifstream(file).rdbuf();
  const auto share = page_cache_share(file);
  ASSERT_TRUE(share.has_value()) << share.error().message;
  EXPECT_EQ(*share, 1.0);
}

TEST(PageCache, NeverHoldsMoreAfterAnEvictionThanBefore) {
  const testing::TempFolder folder;
  const auto file = folder.path() / "model.gguf";
  std::ofstream(file) << std::string(1 << 20, 'x');
  // Some file systems live in memory and keep every page: the share that stayed says so.
  const auto stayed = evict_page_cache(file);
  ASSERT_TRUE(stayed.has_value()) << stayed.error().message;
  EXPECT_GE(*stayed, 0.0);
  EXPECT_LE(*stayed, 1.0);
  EXPECT_EQ(page_cache_share(file).value(), *stayed);
}

TEST(PageCache, CountsAnEmptyFileAsNothing) {
  const testing::TempFolder folder;
  std::ofstream(folder.path() / "empty").flush();
  EXPECT_EQ(page_cache_share(folder.path() / "empty").value(), 0.0);
}

TEST(PageCache, NamesAFileThatIsNotThere) {
  for (const auto look : {&page_cache_share, &evict_page_cache}) {
    const auto share = look("/nonexistent/model.gguf");
    ASSERT_FALSE(share.has_value());
    EXPECT_EQ(share.error().code, ErrorCode::io);
    EXPECT_EQ(share.error().where, "/nonexistent/model.gguf");
  }
}

}  // namespace
}  // namespace edgeeval
