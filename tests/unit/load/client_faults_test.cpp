// SPDX-License-Identifier: Apache-2.0
// Every fault that the mock server knows ends in the class of failure, or the success, that it should.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <ostream>

#include "mock/fault.hpp"
#include "unit/load/load_fixture.hpp"

namespace edgeeval {

// How GoogleTest shows a class.
void PrintTo(FailureClass failure, std::ostream* out) { *out << to_string(failure); }

namespace {

using testing::job_for;
using testing::make_load;
using testing::MockRun;
using testing::quick_script;
using testing::short_limits;

constexpr auto kGood = FailureClass::none;

/// What a reply of 8 tokens becomes under a fault.
struct Expected {
  std::string_view fault;
  FailureClass failure = kGood;
  std::size_t token_events = 8;
  std::optional<std::int64_t> completion_tokens = 8;
  int status = 200;
};

const std::vector<Expected>& table() {
  static const std::vector<Expected> rows{
      {"unauthorized", FailureClass::unauthorized, 0, std::nullopt, 401},
      {"not-found", FailureClass::not_found, 0, std::nullopt, 404},
      {"rate-limited", FailureClass::rate_limited, 0, std::nullopt, 429},
      {"overloaded", FailureClass::overloaded, 0, std::nullopt, 503},
      {"loading", FailureClass::loading, 0, std::nullopt, 503},
      {"server-error", FailureClass::server_error, 0, std::nullopt, 500},
      {"bad-request", FailureClass::bad_request, 0, std::nullopt, 400},
      {"redirect", FailureClass::redirected, 0, std::nullopt, 307},
      {"html", FailureClass::not_a_stream, 0, std::nullopt},
      {"error-200", FailureClass::error_in_200, 0, std::nullopt},
      {"wrong-type", FailureClass::not_a_stream, 0, std::nullopt},
      {"hang", FailureClass::first_byte_timeout, 0, std::nullopt, 0},
      {"close-unanswered", FailureClass::closed_unanswered, 0, std::nullopt, 0},
      {"reset-unanswered", FailureClass::reset_unanswered, 0, std::nullopt, 0},
      {"head-only", FailureClass::stalled, 0, std::nullopt},
      {"bad-status", FailureClass::not_http, 0, std::nullopt, 0},
      {"huge-head", FailureClass::not_http, 0, std::nullopt, 0},
      {"interim"},
      {"close-delimited"},
      {"short-length", FailureClass::truncated, 0, std::nullopt},
      {"error-event", FailureClass::error_event, 4, std::nullopt},
      {"reset-midway", FailureClass::reset_midway, 4, std::nullopt},
      {"close-midway", FailureClass::truncated, 4, std::nullopt},
      {"truncated-chunk", FailureClass::truncated, 4, std::nullopt},
      {"bad-chunk-size", FailureClass::bad_chunk, 4, std::nullopt},
      {"stall"},
      {"silence", FailureClass::stalled, 4, std::nullopt},
      {"giant-line", FailureClass::too_large, 4, std::nullopt},
      {"invalid-utf8", FailureClass::bad_text, 4, std::nullopt},
      {"deep-json", FailureClass::too_deep, 4, std::nullopt},
      {"bad-json", FailureClass::bad_json, 4, std::nullopt},
      {"truncated-json", FailureClass::bad_json, 4, std::nullopt},
      {"null-byte", FailureClass::bad_text, 4, std::nullopt},
      {"drip"},
      {"drip-head"},
      {"split-random"},
      {"split-utf8"},
      {"split-crlf"},
      {"split-bytes"},
      {"merged-writes"},
      {"all-at-once"},
      {"close-after"},
      {"chunk-extension"},
      {"bundles", kGood, 2},
      {"role-early"},
      {"no-role"},
      {"empty-chunks"},
      {"reasoning"},
      {"tool-call"},
      {"comments"},
      {"usage-none", kGood, 8, std::nullopt},
      {"usage-every"},
      {"usage-finish"},
      {"usage-wrong", kGood, 8, 11},
      {"no-done"},
      {"done-unterminated"},
      {"after-done", kGood, 8},
      {"no-finish"},
      {"no-tokens", FailureClass::no_tokens, 0, 0},
      {"one-token", kGood, 1, 1},
      {"crlf-lines"},
      {"cr-lines"},
      {"no-space"},
      {"multi-line"},
      {"byte-order-mark"},
  };
  return rows;
}

class ClientFaults : public ::testing::TestWithParam<std::string> {};

TEST_P(ClientFaults, EndAsTheyShould) {
  const auto row =
      std::find_if(table().begin(), table().end(), [](const auto& r) { return r.fault == GetParam(); });
  ASSERT_NE(row, table().end()) << "a fault of the mock's without a row here";
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 1);
  job.target.headers = {"X-Mock-Fault: " + GetParam()};
  job.limits = short_limits();
  const auto loaded = make_load(job, "single");
  ASSERT_EQ(loaded.requests.size(), 1U);
  const auto& request = loaded.requests[0];
  EXPECT_EQ(request.failure, row->failure) << request.error;
  EXPECT_EQ(request.error.empty(), row->failure == kGood) << request.error;
  EXPECT_EQ(request.status, row->status);
  EXPECT_EQ(loaded.token_events(0).size(), row->token_events);
  EXPECT_EQ(request.completion_tokens, row->completion_tokens);
  EXPECT_EQ(request.attempts, 1);
  EXPECT_EQ(loaded.outcome.failed, row->failure == kGood ? 0U : 1U);
}

std::string case_name(const ::testing::TestParamInfo<std::string>& tested) {
  std::string name = tested.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Mock, ClientFaults, ::testing::ValuesIn(mock::fault_names()), case_name);

TEST(ClientFaultTable, HasNoRowThatTheMockDoesNotKnow) {
  for (const auto& row : table()) EXPECT_NE(mock::find_fault(row.fault), nullptr) << row.fault;
}

TEST(ClientFaultTable, TellsWhenToComeAgain) {
  const MockRun server(quick_script());
  auto job = job_for(server.target(), 1);
  job.target.headers = {"X-Mock-Fault: rate-limited"};
  const auto loaded = make_load(job, "single");
  ASSERT_EQ(loaded.requests.size(), 1U);
  EXPECT_EQ(loaded.requests[0].retry_after_ms, 1000);
}

}  // namespace
}  // namespace edgeeval
