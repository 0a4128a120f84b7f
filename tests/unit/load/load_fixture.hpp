// SPDX-License-Identifier: Apache-2.0
// What tests of the load client share: a mock server in a thread, a sink in memory, and loads against them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/cancel.hpp"
#include "load/client.hpp"
#include "mock/script.hpp"
#include "mock/server.hpp"

namespace edgeeval::testing {

/// Keeps what it gets.
class MemorySink final : public LoadSink {
 public:
  void event(const EventRecord& event) noexcept override { events.push_back(event); }
  void request(RequestRecord&& request) override { requests.push_back(std::move(request)); }
  std::vector<EventRecord> events;
  std::vector<RequestRecord> requests;
};

/// Asks for the same words each time.
class WordSource final : public RequestSource {
 public:
  explicit WordSource(Dialect dialect) : dialect_(std::move(dialect)) {}
  std::string_view body(const Planned& planned, std::string& out) override;

 private:
  Dialect dialect_;
  std::string item_;
};

/// A mock server that runs while it lives.
class MockRun {
 public:
  explicit MockRun(mock::Script script);
  MockRun(const MockRun&) = delete;
  MockRun& operator=(const MockRun&) = delete;
  ~MockRun() { stop(); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] Target target() const;
  /// Ends it and tells what it did.
  const mock::Totals& stop();

 private:
  std::uint16_t port_ = 0;
  CancelToken stop_;
  mock::Totals totals_;
  std::unique_ptr<mock::MockServer> server_;
  std::thread thread_;
};

/// A script of quick replies of so many tokens.
[[nodiscard]] mock::Script quick_script(mock::Dialect dialect = mock::Dialect::openai_chat,
                                        std::uint32_t tokens = 8);

/// Limits that a test can wait for.
[[nodiscard]] RequestLimits short_limits();

/// What came of a load: its outcome, and all that was recorded, requests in order of index.
struct Loaded {
  LoadOutcome outcome;
  std::vector<RequestRecord> requests;
  std::vector<EventRecord> events;
  /// Events of `request` that carry tokens.
  [[nodiscard]] std::vector<EventRecord> token_events(std::uint32_t request) const;
};

/// Makes the load that `job` tells; target, dialect and stop rule must be set, schedule and source are made
/// of `scenario`. Fails the test on an error.
[[nodiscard]] Loaded make_load(LoadJob job, const std::string& scenario,
                               const CancelToken& cancel = CancelToken(), const ClientHooks& hooks = {});

/// A job of `requests` requests to `target` in the OpenAI chat dialect.
[[nodiscard]] LoadJob job_for(const Target& target, std::uint64_t requests);

}  // namespace edgeeval::testing
