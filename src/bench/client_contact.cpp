// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "bench/server_contact.hpp"
#include "bench/small_call.hpp"
#include "load/call_once.hpp"
#include "load/client.hpp"

namespace edgeeval {
namespace {

constexpr double kUsualProbe_s = 2.0;  // A start is looked at often.

class ClientContact final : public ServerContact {
 public:
  ClientContact(Target target, double probe_timeout_s)
      : target_(std::move(target)), probe_timeout_s_(probe_timeout_s) {}

  Result<SmallAnswer> call(const std::string& path, const std::string& body, double timeout_s) override {
    return small_call(target_, timeout_s)(path, body);
  }

  Result<ProbedServer> recognise(std::optional<ServerKind> wanted) override {
    return probe_server(small_call(target_, probe_timeout_s_), wanted);
  }

  Result<Answered> ask(const Question& question, const CancelToken& cancel,
                       const std::function<bool()>& alive) override {
    return ask_once(target_, question, cancel, alive);
  }

 private:
  Target target_;
  double probe_timeout_s_;
};

}  // namespace

SmallCall small_call(const Target& target, double timeout_s, const CancelToken* cancel) {
  return
      [target, timeout_s, cancel](const std::string& path, const std::string& body) -> Result<SmallAnswer> {
        auto reply = call_once(target, path, body, timeout_s, cancel);
        if (!reply) return tl::unexpected(reply.error());
        SmallAnswer answer{reply->status, std::move(reply->body), {}};
        for (auto& [name, value] : reply->headers)
          answer.headers.insert_or_assign(std::move(name), std::move(value));
        return answer;
      };
}

std::unique_ptr<ServerContact> contact_by_client(const Target& target) {
  return std::make_unique<ClientContact>(target, kUsualProbe_s);
}

MakeContact contacts_by_client(double probe_timeout_s) {
  return [probe_timeout_s](const Target& target) {
    return std::make_unique<ClientContact>(target, probe_timeout_s);
  };
}

}  // namespace edgeeval
