// SPDX-License-Identifier: Apache-2.0
#include "bench/same_machine.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

Target target_at(const std::string& host) {
  Target target;
  target.host = host;
  return target;
}

EnergyEntry entry_of(const std::string& domain) {
  EnergyEntry entry;
  entry.domain = domain;
  return entry;
}

TEST(IsOnThisMachine, IsTrueOfOnesOwnAddressesAlone) {
  EXPECT_EQ(is_on_this_machine(target_at("127.0.0.1")), true);
  EXPECT_EQ(is_on_this_machine(target_at("127.3.2.1")), true);
  Target socket;
  socket.unix_path = "/run/server.sock";
  EXPECT_EQ(is_on_this_machine(socket), true);
  // 192.0.2.0/24 is for documents and never anybody's (RFC 5737).
  EXPECT_EQ(is_on_this_machine(target_at("192.0.2.7")), false);
}

TEST(WhyNotSubtracted, IsEmptyWhereTheCpuOfASharedMachineWasRead) {
  MachineRecord machine;
  EXPECT_NE(why_not_subtracted(machine).find("not known"), std::string::npos);
  machine.server_here = false;
  EXPECT_NE(why_not_subtracted(machine).find("another machine"), std::string::npos);
  machine.server_here = true;
  EXPECT_NE(why_not_subtracted(machine).find("no energy"), std::string::npos);
  machine.energy.emplace();
  machine.energy->window.energy = {entry_of("gpu0"), entry_of("dram")};
  EXPECT_NE(why_not_subtracted(machine).find("does not hold the CPU"), std::string::npos);
  for (const char* domain : {"cpu", "cpu-core", "wall", "platform", "module", "soc"}) {
    machine.energy->window.energy = {entry_of("gpu0"), entry_of(domain)};
    EXPECT_EQ(why_not_subtracted(machine), "") << domain;
  }
}

}  // namespace
}  // namespace edgeeval
