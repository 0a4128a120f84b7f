// SPDX-License-Identifier: Apache-2.0
// What probing a server is made of: each path asked once at most, and facts read from what came.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/json.hpp"
#include "wire/probe_server.hpp"

namespace edgeeval {

/// Asks paths, and remembers what they answered.
class Asker {
 public:
  explicit Asker(const SmallCall& call) : call_(call) {}
  /// The answer to GET; nothing where none came. After a first request without an answer no other is made.
  [[nodiscard]] const SmallAnswer* get(const std::string& path);
  /// The answer's JSON object; nothing where it is none, says "error", or has a status other than 200.
  [[nodiscard]] const Json* json(const std::string& path);
  /// Whether anything answered.
  [[nodiscard]] bool answered() const { return answered_; }
  [[nodiscard]] Error first_problem() const;

 private:
  struct Known {
    std::optional<SmallAnswer> answer;
    std::optional<Json> json;
    bool parsed = false;
  };
  Known& ask(const std::string& path);

  const SmallCall& call_;
  std::map<std::string, Known> known_;
  std::optional<Error> problem_;
  bool answered_ = false;
};

/// Fills in the models, from the path that lists them.
void read_models(Asker& ask, ProbedServer& probed);
/// Fills in version, slots and what else the server tells of itself.
void read_facts(Asker& ask, ProbedServer& probed);

}  // namespace edgeeval
