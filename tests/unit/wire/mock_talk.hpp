// SPDX-License-Identifier: Apache-2.0
// A mock server on a thread of its own, and small blocking requests to it.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "core/cancel.hpp"
#include "mock/server.hpp"
#include "wire/probe_server.hpp"

namespace edgeeval {

/// Runs from its making to its end.
class MockOnThread {
 public:
  explicit MockOnThread(mock::Script script);
  ~MockOnThread();
  MockOnThread(const MockOnThread&) = delete;
  MockOnThread& operator=(const MockOnThread&) = delete;
  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

 private:
  mock::MockServer server_;
  CancelToken stop_;
  std::thread thread_;
};

/// One request to 127.0.0.1 on a connection of its own; GET where the body is empty. `fault` asks the mock
/// for one.
[[nodiscard]] Result<SmallAnswer> ask_port(std::uint16_t port, const std::string& path,
                                           const std::string& body, const std::string& fault = {});
/// ask_port as probing wants it; `count` counts the requests where it is given.
[[nodiscard]] SmallCall call_to(std::uint16_t port, int* count = nullptr);

}  // namespace edgeeval
