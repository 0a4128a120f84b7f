// SPDX-License-Identifier: Apache-2.0
// A server of chat completions that works on one request at a time: more in flight wait, and nothing gets
// faster.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <thread>

namespace edgeeval::testing {

/// On 127.0.0.1, at a port that the kernel picks. It refuses connections until listen().
class OneAtATimeServer {
 public:
  /// Every reply takes `service` of its time.
  explicit OneAtATimeServer(std::chrono::milliseconds service);
  OneAtATimeServer(const OneAtATimeServer&) = delete;
  OneAtATimeServer& operator=(const OneAtATimeServer&) = delete;
  ~OneAtATimeServer();
  void listen();
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void serve();
  void accept_one();
  /// Reads what there is; false where the peer has gone.
  bool read_from(int descriptor, std::string& text) const;
  [[nodiscard]] std::string answer(const std::string& request) const;

  std::chrono::milliseconds service_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::map<int, std::string> open_;  ///< What each connection has sent and was not answered yet.
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace edgeeval::testing
