// SPDX-License-Identifier: Apache-2.0
// Cold starts of the mock server as a program: what their tests share.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "bench/cold_start.hpp"
#include "bench/server_contact.hpp"
#include "support/run_program.hpp"

namespace edgeeval::testing {

/// A job of one start with short replies, through the load generator's own sockets.
class ColdStartFixture : public ::testing::Test {
 protected:
  ColdStartFixture() {
    job_.folder = folder_.path() / "logs";
    job_.repeats = 1;
    job_.rest_s = 0.0;
    job_.timeout_s = 60.0;
    job_.max_tokens = 4;
    job_.unclear_s = 0.3;
    mark_ = folder_.path() / "sent.jsonl";
  }

  /// The mock's command line with a script: replies of 4 tokens, 20 ms to the first, 2 ms between them.
  std::string mock(const std::string& dialect, const std::string& script,
                   const std::string& port = "{port}") {
    const auto file = folder_.path() / "script.yaml";
    std::ofstream(file) << "dialect: " << dialect << "\nttft: 20ms\nitl: 2ms\ntokens: 4\n" << script;
    return std::string(EDGEEVAL_BIN_DIR) + "/edgeeval mock-server --script '" + file.string() + "' --port " +
           port + " --log " + mark_.string();
  }

  /// The port that the one mock server of this test listens on, by its command line.
  std::uint16_t port_of_mock() const {
    const auto servers = processes_with(mark_.string());
    EXPECT_EQ(servers.size(), 1U);
    if (servers.empty()) return 0;
    std::ifstream stream("/proc/" + std::to_string(servers.front()) + "/cmdline");
    std::string word;
    while (std::getline(stream, word, '\0') && word != "--port") {
    }
    std::getline(stream, word, '\0');
    return static_cast<std::uint16_t>(std::stoi(word));
  }

  ColdStartReport run(const ColdStartHooks& hooks = {}) {
    auto report = run_cold_starts(job_, contact_by_client, nullptr, cancel_, hooks);
    EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().message);
    EXPECT_TRUE(processes_with(folder_.path().string()).empty());
    return report ? std::move(*report) : ColdStartReport();
  }
  ColdStartRepeat run_one() {
    auto report = run();
    EXPECT_EQ(report.repeats.size(), 1U);
    return report.repeats.empty() ? ColdStartRepeat() : std::move(report.repeats.front());
  }

  TempFolder folder_;
  std::filesystem::path mark_;  ///< Named by the server's command line alone, so that it can be found.
  ColdStartJob job_;
  CancelToken cancel_;
};

}  // namespace edgeeval::testing
