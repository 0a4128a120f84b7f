// SPDX-License-Identifier: Apache-2.0
#include "core/paths.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "core/files.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

using testing::TempFolder;

/// An environment variable set (or removed) for the length of a test.
class Variable {
 public:
  Variable(const char* name, const std::optional<std::string>& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    set(value);
  }
  ~Variable() { set(before_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const std::optional<std::string>& value) const {
    if (value) {
      ::setenv(name_, value->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }
  const char* name_;
  std::optional<std::string> before_;
};

TEST(CacheFolder, IsOursThenTheDesktopsThenTheHomes) {
  const Variable home("HOME", "/h");
  {
    const Variable own("EDGEEVAL_CACHE", "/own");
    const Variable xdg("XDG_CACHE_HOME", "/xdg");
    EXPECT_EQ(cache_folder(), "/own");
  }
  const Variable own("EDGEEVAL_CACHE", std::nullopt);
  {
    const Variable xdg("XDG_CACHE_HOME", "/xdg");
    EXPECT_EQ(cache_folder(), "/xdg/edgeeval");
  }
  const Variable xdg("XDG_CACHE_HOME", "");
  EXPECT_EQ(cache_folder(), "/h/.cache/edgeeval") << "an empty variable counts as absent";
}

TEST(Installed, IsWhatSetUpRecordedAndWhatIsStillThere) {
  const TempFolder temp;
  const Variable own("EDGEEVAL_CACHE", temp.path().string());
  EXPECT_EQ(installed("model/a"), std::nullopt) << "nothing was recorded";
  ASSERT_TRUE(write_file(temp.path() / "a.gguf", "x"));
  ASSERT_TRUE(write_file(
      temp.path() / "installed.json",
      R"({"model/a": ")" + (temp.path() / "a.gguf").string() + R"(", "model/b": "/gone/b.gguf"})"));
  EXPECT_EQ(installed("model/a"), temp.path() / "a.gguf");
  EXPECT_EQ(installed("model/b"), std::nullopt);
  EXPECT_EQ(installed("model/c"), std::nullopt);
}

TEST(FindLlamaServer, PrefersThePathAndSaysWhatToDoWithoutOne) {
  const TempFolder temp;
  const Variable own("EDGEEVAL_CACHE", temp.path().string());
  const Variable path("PATH", temp.path().string());
  const auto missing = find_llama_server();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::engine_missing);
  EXPECT_NE(missing.error().hint.find("scripts/setup"), std::string::npos);
  const auto recorded = temp.path() / "set-up-server";
  ASSERT_TRUE(write_file(recorded, "x"));
  ASSERT_TRUE(
      write_file(temp.path() / "installed.json", R"({"llama_server": ")" + recorded.string() + R"("})"));
  EXPECT_EQ(find_llama_server().value(), recorded);
  const auto on_path = temp.path() / "llama-server";
  ASSERT_TRUE(write_file(on_path, "x"));
  std::filesystem::permissions(on_path, std::filesystem::perms::owner_all);
  EXPECT_EQ(find_llama_server().value(), on_path);
}

TEST(FindHelper, NamesTheMissingProgram) {
  const TempFolder temp;
  const Variable path("PATH", temp.path().string());
  const auto missing = find_helper("edgeeval-nosuch");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::engine_missing);
  EXPECT_NE(missing.error().message.find("edgeeval-nosuch"), std::string::npos);
}

TEST(DataFolder, IsTheOneThatTheEnvironmentNames) {
  const Variable own("EDGEEVAL_DATA", "/d");
  EXPECT_EQ(data_folder().value(), "/d");
}

}  // namespace
}  // namespace edgeeval
