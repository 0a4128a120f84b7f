// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "workload/schedule.hpp"

namespace edgeeval {
namespace {

using Kind = Scenario::Kind;

Scenario good(std::string_view text) {
  const auto read = parse_scenario(text);
  EXPECT_TRUE(read.has_value()) << text << ": " << (read ? "" : read.error().message);
  return read.value_or(Scenario{});
}

std::string problem(std::string_view text) {
  const auto read = parse_scenario(text);
  EXPECT_FALSE(read.has_value()) << text;
  if (read) return {};
  EXPECT_EQ(read.error().code, ErrorCode::usage) << text;
  EXPECT_NE(read.error().hint.find("closed:N"), std::string::npos) << "the hint shows what is allowed";
  return read.error().message;
}

TEST(Scenario, ReadsEveryKind) {
  EXPECT_EQ(good("single").kind, Kind::single);
  EXPECT_EQ(good("offline").kind, Kind::offline);
  EXPECT_EQ(good("closed:16").kind, Kind::closed);
  EXPECT_EQ(good("closed:16").concurrency, 16);
  const auto open = good("open:poisson@2.5");
  EXPECT_EQ(open.kind, Kind::open);
  EXPECT_EQ(open.law, ArrivalLaw::poisson);
  EXPECT_EQ(open.rate, 2.5);
  EXPECT_EQ(good("open:const@1e3").law, ArrivalLaw::constant);
  EXPECT_EQ(good("open:const@1e3").rate, 1000.0);
  EXPECT_EQ(good("open:gamma:0.25@4").gamma_shape, 0.25);
  EXPECT_EQ(good("open:gamma@4").gamma_shape, 1.0);
  const auto ramp = good("ramp:0-12.5");
  EXPECT_EQ(ramp.kind, Kind::ramp);
  EXPECT_EQ(ramp.rate, 0.0);
  EXPECT_EQ(ramp.rate_to, 12.5);
  EXPECT_EQ(good("ramp:1e-2-5").rate, 0.01);
  EXPECT_EQ(good("trace:a/b.csv").trace, "a/b.csv");
  EXPECT_EQ(good("trace:a/b.csv").speed, 1.0);
  EXPECT_EQ(good("trace:a:b.csv*0.5").trace, "a:b.csv");
  EXPECT_EQ(good("trace:a:b.csv*0.5").speed, 0.5);
  EXPECT_EQ(good("trace:part*.csv").trace, "part*.csv");
  EXPECT_TRUE(good("sweep").steps_closed);
  EXPECT_EQ(good("sweep:closed:1,2,8").steps, (std::vector<double>{1, 2, 8}));
  EXPECT_FALSE(good("sweep:open:0.5,2").steps_closed);
  EXPECT_EQ(good("sweep:open:0.5,2").steps, (std::vector<double>{0.5, 2}));
  EXPECT_FALSE(good("find-peak").steps_closed);
  EXPECT_TRUE(good("find-peak:closed").steps_closed);
}

TEST(Scenario, IsWrittenInOneNormalForm) {
  const std::vector<std::pair<std::string, std::string>> forms{
      {"single", "single"},
      {"offline", "offline"},
      {"closed:4", "closed:4"},
      {"open:constant@10.0", "open:const@10"},
      {"open:poisson@0.1", "open:poisson@0.1"},
      {"open:gamma@3", "open:gamma:1@3"},
      {"open:gamma:0.50@3", "open:gamma:0.5@3"},
      {"ramp:01-20.50", "ramp:1-20.5"},
      {"trace:x.csv*1", "trace:x.csv"},
      {"trace:x.csv*2.0", "trace:x.csv*2"},
      {"trace:x*3*1", "trace:x*3*1"},
      {"sweep:closed", "sweep"},
      {"sweep:open", "sweep:open"},
      {"sweep:closed:1,2", "sweep:closed:1,2"},
      {"find-peak:open", "find-peak"},
      {"find-peak:closed", "find-peak:closed"},
  };
  for (const auto& [text, normal] : forms) {
    EXPECT_EQ(good(text).text(), normal);
    EXPECT_EQ(good(normal).text(), normal) << "the normal form is its own";
  }
}

TEST(Scenario, SaysWhatIsWrong) {
  EXPECT_EQ(problem("closde:4"), "scenario \"closde:4\": \"closde\" is none; did you mean closed?");
  EXPECT_EQ(problem("poisson@5"), "scenario \"poisson@5\": \"poisson@5\" is none");
  EXPECT_EQ(problem("poisson:5"),
            "scenario \"poisson:5\": \"poisson\" is none; did you mean open:poisson@RATE?");
  EXPECT_EQ(problem(""), "scenario \"\": it has no name");
  EXPECT_EQ(problem("single:1"), "scenario \"single:1\": nothing can follow its name");
  EXPECT_EQ(problem("closed"),
            "scenario \"closed\": the number of requests in flight is missing, as in closed:4");
  for (const auto* text :
       {"closed:0", "closed:1.5", "closed:-1", "closed:x", "closed:", "closed:65536", "closed:nan"})
    EXPECT_NE(problem(text).find("a whole one from 1 to 65535"), std::string::npos) << text;
  EXPECT_EQ(problem("open:5"), "scenario \"open:5\": the law is missing, as in open:poisson@5");
  EXPECT_EQ(problem("open:poisson"), "scenario \"open:poisson\": the rate is missing, as in open:poisson@5");
  EXPECT_EQ(problem("open:poison@5"),
            "scenario \"open:poison@5\": \"poison\" is no law of arrivals; did you mean poisson?");
  EXPECT_EQ(problem("open:const:2@5"), "scenario \"open:const:2@5\": only gamma takes a shape");
  EXPECT_NE(problem("open:gamma:0@5").find("the shape \"0\""), std::string::npos);
  EXPECT_EQ(problem("open:poisson@x"), "scenario \"open:poisson@x\": rate \"x\" is not a number");
  for (const auto* text : {"open:poisson@0", "open:poisson@-1", "open:poisson@1e7"})
    EXPECT_NE(problem(text).find("is not between 1e-6 and 1e6 requests a second"), std::string::npos) << text;
  EXPECT_NE(problem("ramp:5").find("ramp:FROM-TO"), std::string::npos);
  EXPECT_NE(problem("ramp:5-0").find("the rate at its end, 0 is not between"), std::string::npos);
  EXPECT_NE(problem("trace").find("the file is missing"), std::string::npos);
  EXPECT_NE(problem("trace:*2").find("the file is missing"), std::string::npos);
  EXPECT_NE(problem("trace:f*0").find("the speed is not between"), std::string::npos);
  EXPECT_NE(problem("sweep:both:1").find("closed or open"), std::string::npos);
  EXPECT_NE(problem("sweep:closed:1,,2").find("\"\" is not a number of requests in flight"),
            std::string::npos);
  EXPECT_NE(problem("sweep:open:1,2,1").find("the step 1 is there twice"), std::string::npos);
  EXPECT_NE(problem("find-peak:both").find("only closed or open"), std::string::npos);
}

TEST(Scenario, ErrorsAreSafeForATerminal) {
  EXPECT_EQ(problem("\x1b[31m"), "scenario \"\xEF\xBF\xBD[31m\": \"\xEF\xBF\xBD[31m\" is none");
}

TEST(Scenario, LimitsASweepsSteps) {
  std::string text = "sweep:closed:1";
  for (int step = 2; step <= 100; ++step) text += "," + std::to_string(step);
  EXPECT_EQ(good(text).steps.size(), 100U);
  EXPECT_NE(problem(text + ",101").find("more than 100 steps"), std::string::npos);
}

}  // namespace
}  // namespace edgeeval
