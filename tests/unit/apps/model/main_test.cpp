// SPDX-License-Identifier: Apache-2.0
// The program as others call it: result line on stdout, reasons on stderr, documented exit codes.
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "support/run_program.hpp"
#include "support/tiny_model.hpp"

namespace edgeeval::model {
namespace {

using edgeeval::testing::Ran;
using edgeeval::testing::TempFolder;
using testing::write_tiny;

Ran run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), EDGEEVAL_BIN_DIR "/edgeeval-model");
  return edgeeval::testing::run_program(arguments);
}

TEST(Program, EndsWithOneResultLineAndNothingOnStderr) {
  const TempFolder temp;
  write_tiny(temp.path() / "m.gguf", {.type = GGML_TYPE_F16});
  const auto ran =
      run({"quantize", "--model", temp.path() / "m.gguf", "--out", temp.path() / "o.gguf", "--to", "int8"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  const auto line = parse_json(ran.out, "stdout");
  ASSERT_TRUE(line) << ran.out;
  EXPECT_EQ((*line)["event"], "result");
}

TEST(Program, HasAnExitCodeForEachKindOfBadInput) {
  const TempFolder temp;
  const std::string model = temp.path() / "m.gguf";
  const std::string out = temp.path() / "o.gguf";
  EXPECT_EQ(run({}).code, 2);
  EXPECT_EQ(run({"convert", "--model", model}).code, 2);
  EXPECT_EQ(run({"convert", "--model", model, "--out", out, "--type", "f8"}).code, 2);
  EXPECT_EQ(run({"inspect", "--model", model}).code, 5);
  write_tiny(model, {.architecture = "mamba"});
  EXPECT_EQ(run({"convert", "--model", model, "--out", out}).code, 6);
  write_tiny(model);
  EXPECT_EQ(run({"convert", "--model", model, "--out", "/nonexistent-folder/o.gguf"}).code, 11);
  std::filesystem::resize_file(model, std::filesystem::file_size(model) - 64);
  for (const char* verb : {"convert", "quantize", "merge", "tokenize", "logits"}) {
    std::vector<std::string> arguments{verb, "--model", model, "--out", out};
    const std::string name = verb;
    if (name == "quantize") arguments.insert(arguments.end(), {"--to", "int8"});
    if (name == "merge") arguments.insert(arguments.end(), {"--adapter", temp.path()});
    if (name == "tokenize") arguments.insert(arguments.end(), {"--text", "a"});
    if (name == "logits") arguments.insert(arguments.end(), {"--tokens", "1"});
    const auto ran = run(arguments);
    EXPECT_EQ(ran.code, 5) << verb << ran.err;
    EXPECT_EQ(ran.out, "") << verb;
    EXPECT_NE(ran.err.find("missing"), std::string::npos) << verb << ran.err;
  }
}

TEST(Program, ExplainsEverySubcommand) {
  for (const char* verb : {"inspect", "convert", "merge", "quantize", "tokenize", "logits"}) {
    const auto ran = run({verb, "--help"});
    EXPECT_EQ(ran.code, 0) << verb;
    EXPECT_NE(ran.out.find("--model"), std::string::npos) << verb;
  }
}

}  // namespace
}  // namespace edgeeval::model
