// SPDX-License-Identifier: Apache-2.0
#include "serving/net_of_client.hpp"

namespace edgeeval {
namespace {

/// `fact` less the client's joules spread over `count`. Open above stays open above.
Fact less_client(const Fact& fact, const Fact& client, double count) {
  Fact net = fact;
  const double least = client.lo.value_or(client.value) / count;
  const double most = client.hi.value_or(client.value) / count;
  net.value = fact.value - client.value / count;
  net.lo = fact.lo.value_or(fact.value) - most;
  if (fact.hi)
    net.hi = *fact.hi - least;
  else if (!fact.lo)
    net.hi = fact.value - least;
  net.grade = weaker(weaker(fact.grade, client.grade), Grade::computed);
  net.sources.insert(net.sources.end(), client.sources.begin(), client.sources.end());
  return net;
}

}  // namespace

NetOfClient net_of_client(const std::optional<Fact>& gross, const std::optional<EnergyByPhase>& by_phase,
                          const Fact& client) {
  NetOfClient net;
  if (gross) net.load = less_client(*gross, client, 1.0);
  if (!by_phase) return net;
  if (by_phase->joules_per_request && by_phase->requests > 0.0)
    net.request = less_client(*by_phase->joules_per_request, client, by_phase->requests);
  if (by_phase->reply_tokens > 0.0)
    net.reply_token = less_client(by_phase->joules_per_reply_token, client, by_phase->reply_tokens);
  return net;
}

}  // namespace edgeeval
