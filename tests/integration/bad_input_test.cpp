// SPDX-License-Identifier: Apache-2.0
// Each kind of bad input: one clear message, its own exit code, nothing lost.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "study_fixture.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;

class BadInputTest : public StudyTest {
 protected:
  /// The study with `from` replaced by `to`.
  void change(const std::string& from, const std::string& to) {
    auto text = read_text(study());
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    write_text(study(), text.replace(at, from.size(), to));
  }
  [[nodiscard]] Ran run() const { return StudyTest::run(folder() / "run"); }
};

TEST_F(BadInputTest, AnUnknownKeyIsNamedWithItsLine) {
  change("adapt: {steps: 2", "adapt: {stepz: 2");
  const auto ran = run();
  EXPECT_EQ(ran.code, 3);
  EXPECT_TRUE(holds(ran.err, "study.yaml:9:")) << ran.err;
  EXPECT_TRUE(holds(ran.err, "stepz")) << ran.err;
  EXPECT_TRUE(holds(ran.err, "steps")) << ran.err;
}

TEST_F(BadInputTest, AMissingModelFileIsNamed) {
  fs::remove(model());
  const auto ran = run();
  EXPECT_EQ(ran.code, 5) << ran.err;
  EXPECT_TRUE(holds(ran.err, "tiny.gguf")) << ran.err;
}

TEST_F(BadInputTest, ATruncatedModelFailsItsVariantsWithTheMissingBytes) {
  fs::resize_file(model(), fs::file_size(model()) - 1000);
  const auto ran = run();
  EXPECT_EQ(ran.code, 16) << ran.err;
  EXPECT_TRUE(holds(read_text(folder() / "run/record.jsonl"), "truncated"));
}

TEST_F(BadInputTest, AnotherArchitectureIsRefusedByName) {
  ASSERT_EQ(
      run_program({test_program("tiny-gguf"), "--out", model().string(), "--architecture", "mamba"}).code, 0);
  const auto ran = run();
  EXPECT_EQ(ran.code, 16) << ran.err;
  EXPECT_TRUE(holds(read_text(folder() / "run/record.jsonl"), "\\\"mamba\\\""));
}

TEST_F(BadInputTest, ABrokenTaskLineIsNamedAndNothingRuns) {
  write_text(folder() / "task/train.jsonl", item_line("a", 1) + "{\"id\": \"b\"\n");
  const auto ran = run();
  EXPECT_EQ(ran.code, 16) << ran.err;
  EXPECT_TRUE(holds(read_text(folder() / "run/record.jsonl"), "train.jsonl:2")) << ran.out;
}

TEST_F(BadInputTest, WithoutAnEngineTheNextStepIsNamed) {
  const auto ran = StudyTest::run(folder() / "run", {},
                                  {{"PATH", "/nowhere"}, {"EDGEEVAL_CACHE", (folder() / "cache").string()}});
  EXPECT_EQ(ran.code, 7) << ran.err;
  EXPECT_TRUE(holds(ran.err, "scripts/setup")) << ran.err;
}

TEST_F(BadInputTest, AnEngineThatExitsAtOnceIsAFailureOfItsVariantsOnly) {
  const auto server = folder() / "bin/llama-server";
  write_text(server, "#!/bin/sh\necho no such device\nexit 3\n");
  fs::permissions(server, fs::perms::owner_all);
  const auto path = server.parent_path().string() + ":/usr/bin:/bin";
  const auto ran = StudyTest::run(folder() / "run", {}, {{"PATH", path}});
  EXPECT_EQ(ran.code, 16) << ran.err;
  const auto record = read_text(folder() / "run/record.jsonl");
  EXPECT_TRUE(holds(record, "llama-server ended")) << ran.err;
  EXPECT_TRUE(finished_stages(folder() / "run").contains("merge:tiny.codes.lora"));
}

TEST_F(BadInputTest, ATakenPortIsNamed) {
  // A listener of our own keeps the port for as long as the test runs.
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const auto port = std::to_string(ntohs(address.sin_port));
  change("load:", "engine: {port: " + port + "}\nload:");
  const auto ran = run();
  ::close(listener);
  EXPECT_EQ(ran.code, 16) << ran.err;
  EXPECT_TRUE(holds(read_text(folder() / "run/record.jsonl"), "port " + port + " is in use"));
}

TEST_F(BadInputTest, ARunFolderOfAnotherStudyIsRefused) {
  ASSERT_EQ(run().code, 0);
  change("max_tokens: 4", "max_tokens: 5");
  const auto ran = run();
  EXPECT_EQ(ran.code, 12) << ran.err;
  EXPECT_TRUE(holds(ran.err, "another study")) << ran.err;
}

TEST_F(BadInputTest, ATornLastLineOfTheRecordIsDroppedWithAWarning) {
  ASSERT_EQ(run().code, 0);
  std::ofstream(folder() / "run/record.jsonl", std::ios::app) << "{\"type\":\"stage\",\"id\":\"hal";
  const auto reported = run_program({program("edgeeval"), "report", (folder() / "run").string()});
  EXPECT_EQ(reported.code, 0) << reported.err;
  EXPECT_TRUE(holds(reported.out, "torn")) << reported.out;
}

TEST_F(BadInputTest, AFullDiskStopsTheStudyAndKeepsWhatIsFinished) {
  // A limit on file size plays the full disk: the record and small files still fit, the model does not.
  const auto limited = "ulimit -f 64; trap '' XFSZ; exec \"$0\" run \"$1\" --out \"$2\" --json";
  const auto ran = run_program(
      {"/bin/bash", "-c", limited, program("edgeeval"), study().string(), (folder() / "run").string()});
  EXPECT_TRUE(ran.code == 10 || ran.code == 16) << ran.err;
  EXPECT_TRUE(fs::exists(folder() / "run/record.jsonl"));
  EXPECT_FALSE(fs::exists(folder() / "run/artifacts/tiny.fp16.gguf"))
      << "no half-written artifact stands under its name";
}

TEST_F(BadInputTest, UnknownOptionsAndFormatsAreUsageErrors) {
  EXPECT_EQ(run_program({program("edgeeval"), "run"}).code, 2);
  EXPECT_EQ(run_program({program("edgeeval"), "nonsense"}).code, 2);
  ASSERT_EQ(run().code, 0);
  EXPECT_EQ(run_program({program("edgeeval"), "report", (folder() / "run").string(), "-o", "pdf:x"}).code, 2);
}

}  // namespace
}  // namespace edgeeval::testing
