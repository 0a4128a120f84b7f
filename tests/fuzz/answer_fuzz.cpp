// SPDX-License-Identifier: Apache-2.0
// Whole answers, server metrics, probing: text of others that is read off the hot path.
#include "fuzz/check.hpp"
#include "wire/json_text.hpp"
#include "wire/piece.hpp"
#include "wire/probe_server.hpp"
#include "wire/server_metrics.hpp"
#include "wire/words.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgeeval;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const int status : {200, 404, 500, 503}) {
    const auto read = read_failure({status, size % 2 == 0 ? "application/json" : "", bytes, {}});
    fuzz::check(read.failure != FailureClass::none, "what is no stream is a failure");
    fuzz::check(!read.message.empty() && read.message.size() <= kMostWords, "it has words, and few");
  }
  const auto metrics = read_server_metrics(bytes);
  for (const auto* numbers : {&metrics.counters, &metrics.gauges}) {
    for (const auto& [name, value] : *numbers) {
      fuzz::check(value == value, "a counter or gauge is a number");
      fuzz::check(name.size() <= size, "a name comes from the text");
    }
  }
  for (const auto& [name, histogram] : metrics.histograms) {
    fuzz::check(name.size() <= size, "a name comes from the text");
    for (const auto& [bound, count] : histogram.buckets)
      fuzz::check(bound == bound && count == count, "a bucket is two numbers");
  }
  for (const auto& request : read_server_requests(bytes))
    fuzz::check(request.first_token_s.value_or(0.0) >= 0.0, "no time lies before the arrival");
  const std::string body(bytes);
  const SmallCall call = [&](const std::string&, const std::string&) -> Result<SmallAnswer> {
    return SmallAnswer{200, body, {}};
  };
  static_cast<void>(probe_server(call));
  std::string out;
  Asking asking;
  asking.text = bytes;
  write_body(dialects_of(ServerKind::vllm).front(), asking, out);
  std::string_view rest = out;
  while (!rest.empty()) {
    std::size_t wrong = 0;
    const auto length = utf8_length(rest, wrong);
    fuzz::check(length > 0, "a body is UTF-8");
    rest.remove_prefix(length);
  }
  return 0;
}
