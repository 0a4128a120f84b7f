// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "bench/server_contact.hpp"
#include "bench/small_call.hpp"
#include "load/call_once.hpp"
#include "load/client.hpp"

namespace edgeeval {
namespace {

constexpr double kProbeLimitS = 2.0;

class ClientContact final : public ServerContact {
 public:
  explicit ClientContact(Target target) : target_(std::move(target)) {}

  Result<SmallAnswer> call(const std::string& path, const std::string& body, double timeout_s) override {
    return small_call(target_, timeout_s)(path, body);
  }

  Result<ProbedServer> recognise(std::optional<ServerKind> wanted) override {
    return probe_server(small_call(target_, kProbeLimitS), wanted);
  }

  Result<Answered> ask(const Question& question, const CancelToken& cancel,
                       const std::function<bool()>& alive) override {
    return ask_once(target_, question, cancel, alive);
  }

 private:
  Target target_;
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
  return std::make_unique<ClientContact>(target);
}

}  // namespace edgeeval
