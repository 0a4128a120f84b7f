// SPDX-License-Identifier: Apache-2.0
#include "fuzz/cut_laws.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  edgeeval::fuzz::check_cuts(edgeeval::Framing::server_sent_events,
                             {reinterpret_cast<const char*>(data), size});
  return 0;
}
