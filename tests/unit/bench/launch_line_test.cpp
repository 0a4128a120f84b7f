// SPDX-License-Identifier: Apache-2.0
#include "bench/launch_line.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/run_program.hpp"

namespace edgeeval {
namespace {

using Words = std::vector<std::string>;

TEST(LaunchLine, StartsAPlainCommandWithoutAShell) {
  const auto line =
      launch_line("llama-server -m 'my model.gguf' --port {port} --alias a\\ b \"c \\\" d\" ''", 8123);
  ASSERT_TRUE(line.has_value());
  EXPECT_FALSE(line->shell);
  EXPECT_EQ(line->arguments,
            (Words{"llama-server", "-m", "my model.gguf", "--port", "8123", "--alias", "a b", "c \" d", ""}));
  EXPECT_EQ(line->words, line->arguments);
}

TEST(LaunchLine, PutsThePortInEachPlace) {
  const auto line = launch_line("serve --url=http://127.0.0.1:{port}/ -p {port}", 9);
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(line->arguments, (Words{"serve", "--url=http://127.0.0.1:9/", "-p", "9"}));
}

TEST(LaunchLine, LeavesToAShellWhatOnlyAShellUnderstands) {
  for (const char* text : {"a | b", "a && b", "a; b", "a > log", "a $HOME", "a \"$HOME\"", "a `b`", "X=1 a",
                           "a *.gguf", "a &", "(a)", "a # comment", "~/a", "a\nb"}) {
    const auto line = launch_line(text, std::nullopt);
    ASSERT_TRUE(line.has_value()) << text;
    EXPECT_TRUE(line->shell) << text;
    EXPECT_EQ(line->arguments, (Words{"/bin/sh", "-c", text}));
  }
  for (const char* text : {"a '$HOME | b'", "a \\$HOME", "a --x=1", "a b#c", "a --json={}", "a \"b;c\""}) {
    const auto line = launch_line(text, std::nullopt);
    ASSERT_TRUE(line.has_value()) << text;
    EXPECT_FALSE(line->shell) << text;
  }
}

TEST(LaunchLine, RefusesWhatCannotBeRead) {
  for (const char* text : {"", "   ", "a 'b", "a \"b", "a \\"}) {
    const auto line = launch_line(text, 1);
    ASSERT_FALSE(line.has_value()) << text;
    EXPECT_EQ(line.error().code, ErrorCode::usage) << text;
  }
  EXPECT_FALSE(launch_line("a {port}", std::nullopt).has_value());
  EXPECT_TRUE(wants_port("a {port}"));
  EXPECT_FALSE(wants_port("a {Port} {0}"));
}

TEST(LaunchLine, ShowsTheCommandAsItWasTyped) {
  const auto line = launch_line("server 'open --port {port}", 8123);
  ASSERT_FALSE(line.has_value());
  EXPECT_EQ(line.error().where, "server 'open --port {port}");
}

TEST(ModelFiles, AreFoundAmongTheWords) {
  const testing::TempFolder folder;
  const auto gguf = folder.path() / "a.gguf";
  const auto shards = folder.path() / "model";
  std::filesystem::create_directory(shards);
  const auto shard = shards / "model-1.safetensors";
  for (const auto& path : {gguf, shard, shards / "config.json", folder.path() / "prompt.txt"})
    std::ofstream(path) << "x";
  const auto files = model_files_in({"/bin/llama-server", "-m", gguf.string(), "--model=" + shards.string(),
                                     (folder.path() / "prompt.txt").string(),
                                     (folder.path() / "no.gguf").string(), gguf.string()});
  EXPECT_EQ(files, (std::vector<std::filesystem::path>{gguf, shard}));
  EXPECT_EQ(model_files_at(folder.path() / "prompt.txt").size(), 1U);
  EXPECT_TRUE(model_files_at(folder.path() / "nothing").empty());
}

}  // namespace
}  // namespace edgeeval
