// SPDX-License-Identifier: Apache-2.0
// What must hold of every format of a load's report, whoever's words are in it.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "core/json.hpp"
#include "core/text.hpp"
#include "report/bench_tables.hpp"
#include "report/bench_words.hpp"
#include "support/sample_bench.hpp"

namespace edgeeval {
namespace {

std::string in_format(const std::string& format, const BenchReport& report) {
  auto text = bench_as(format, report, false);
  EXPECT_TRUE(text) << format;
  return text.value_or("");
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The fields of a line of CSV without line ends in its fields.
std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::size_t at(const std::string& text, const std::string& what) {
  const auto found = text.find(what);
  EXPECT_NE(found, std::string::npos) << what;
  return found;
}

TEST(BenchReport, AnUnknownFormatIsRefusedWithTheNamesThereAre) {
  const auto text = bench_as("pdf", sample_bench(), false);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::usage);
  EXPECT_NE(text.error().hint.find("console, csv, json, md, mlperf"), std::string::npos) << text.error().hint;
}

TEST(BenchReport, NoFormatForPeopleLetsAControlCharacterOrInvalidTextThrough) {
  for (const auto& format : bench_formats()) {
    if (format == "json") continue;
    const auto text = in_format(format, hostile_bench());
    for (const auto& line : lines_of(text)) EXPECT_EQ(shown(line, line.size()), line) << format;
    EXPECT_LT(text.size(), 12'000U) << format << ": endless words are cut";
  }
}

TEST(BenchReport, JsonKeepsHostileWordsAsTheyCameButValid) {
  const auto text = bench_json(hostile_bench());
  for (const char c : text) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20U || c == '\n');
  const auto json = parse_json(text, "bench");
  ASSERT_TRUE(json) << json.error().message;
  EXPECT_EQ(json->at("summary").at("failures").at(1).at("example").get<std::string>().size(), 20'000U);
  EXPECT_EQ(json->at("load").at("dialect").get<std::string>().substr(0, 5), "\x1b[2J\x07");
}

TEST(BenchReport, TheConsoleFitsAHundredColumns) {
  for (const auto& report : {sample_bench(), hostile_bench()}) {
    for (const auto& line : lines_of(bench_text(report, false))) EXPECT_LE(display_width(line), 100U) << line;
  }
}

TEST(BenchReport, TheConsoleTellsTheVerdictFirstAndTheClientLast) {
  const auto text = bench_text(sample_bench(), false);
  EXPECT_LT(at(text, "VALID"), at(text, "what the user waits for"));
  EXPECT_LT(at(text, "what the user waits for"), at(text, "what the machine delivers"));
  EXPECT_LT(at(text, "what the machine delivers"), at(text, "a reply token"));
  EXPECT_LT(at(text, "a reply token"), at(text, "CPU-s"));
  EXPECT_EQ(text.find("INVALID"), text.rfind("INVALID")) << "only the sweep's second step is";
  EXPECT_NE(text.find("kernel; bound of their error: 2.50 µs (p50), 38.0 µs (p99)"), std::string::npos)
      << text;
  EXPECT_NE(text.find("5.77 µs an event"), std::string::npos) << "0.152 s ÷ 26,334 events\n" << text;
  EXPECT_EQ(text.find('\033'), std::string::npos);
  EXPECT_NE(bench_text(sample_bench(), true).find("\033[1mVALID\033[0m"), std::string::npos);
}

TEST(BenchReport, ADashStandsForABoundThatIsNotThereAndIsExplainedOnce) {
  auto report = sample_bench();
  const std::string note = "–: no upper bound at 99 %, which takes more values (662 for p99); n = ";
  for (const auto& text : {bench_text(report, false), bench_markdown(report)}) {
    EXPECT_NE(text.find("51.20 "), std::string::npos) << text;
    EXPECT_EQ(text.find("insufficient"), std::string::npos) << text;
    EXPECT_NE(text.find(note), std::string::npos) << text;
    EXPECT_EQ(text.find(note), text.rfind(note));
  }
  EXPECT_NE(bench_text(report, false).find("21.30 [21.1, 21.5]"), std::string::npos);
  EXPECT_NE(bench_text(report, false).find("51.20 [–]"), std::string::npos);
  for (auto& figure : report.summary.figures) {
    if (!figure.distribution) continue;
    for (auto& quantile : figure.distribution->quantiles) {
      quantile.hi = quantile.value;
      quantile.upper_99 = quantile.value;
    }
  }
  EXPECT_EQ(bench_text(report, false).find("no upper bound"), std::string::npos) << "there is no dash";
}

TEST(BenchReport, APathOfAModelIsTheFilesNameAndIsSaidOnce) {
  auto report = sample_bench();
  const std::string path = "/models/tiny/smollm2-135m.gguf";
  report.header.model = path;
  report.header.server = {{"model_path", path},
                          {"model_alias", path},
                          {"build_info", "b9478"},
                          {"version", "b9478"},
                          {"is_sleeping", "false"}};
  const auto text = bench_text(report, false);
  EXPECT_NE(text.find("· model smollm2-135m.gguf\n"), std::string::npos) << text;
  EXPECT_NE(text.find("· build_info b9478 · is_sleeping false\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("/models/tiny"), std::string::npos) << text;
  EXPECT_NE(bench_json(report).find("\"model_path\": \"" + path + '"'), std::string::npos);
  report.header.model = "meta-llama/Llama-3.2-1B";
  EXPECT_NE(bench_text(report, false).find("· model meta-llama/Llama-3.2-1B\n"), std::string::npos);
}

TEST(BenchReport, RetokenisedRepliesAreToldWithWhatIsMissing) {
  auto report = sample_bench();
  const auto line = [&](Retokenising asked) {
    report.header.retokenising = std::move(asked);
    auto text = bench_markdown(report);
    const auto from = at(text, "- **retokenised** ") + 18;
    return text.substr(from, text.find('\n', from) - from);
  };
  EXPECT_EQ(line({"all", "/tokenize", 40, 40, ""}),
            "40 of 40 replies: the server's /tokenize was asked after the load");
  EXPECT_EQ(
      line({"missing", "/tokenize", 40, 39, "1 reply shows no text"}),
      "39 of 40 replies that the server does not count: the server's /tokenize was asked after the load; "
      "1 reply shows no text; figures that need the tokens of the rest are absent");
  EXPECT_EQ(line({"missing", "", 6, 0, "ollama has no route that tokenizes a text"}),
            "none of 6 replies that the server does not count: ollama has no route that tokenizes a text; "
            "figures that need the tokens of the rest are absent");
  report.header.retokenising.reset();
  EXPECT_EQ(bench_text(report, false).find("retokenised"), std::string::npos);
}

TEST(BenchReport, RatesOfASweepThatAreOfTheWholeLoadAreMarked) {
  auto report = sample_bench();
  EXPECT_TRUE(sweep_notes(report).empty());
  EXPECT_EQ(sweep_table(report).rows.at(1).at(1), "20.1") << "the steady window's";
  auto& figures = report.sweep.at(1).summary.figures;
  for (auto& figure : figures) {
    if (figure.window != "steady" || !figure.fact) continue;
    figure.fact.reset();
    figure.absent = "no steady window: it would be too short";
  }
  const auto table = sweep_table(report);
  EXPECT_EQ(table.rows.at(0).at(1), "20.1");
  EXPECT_EQ(table.rows.at(1).at(1), "19.8*");
  EXPECT_EQ(table.rows.at(1).at(2), "1267*");
  EXPECT_NE(bench_text(report, false).find("  * over the whole load"), std::string::npos);
  EXPECT_NE(bench_markdown(report).find("over the whole load"), std::string::npos);
}

TEST(BenchReport, WhyThereIsNoSteadyWindowIsTold) {
  auto report = sample_bench();
  report.summary.steady.reset();
  report.summary.steady_absent = "fewer than 50 replies, too few for MSER-5";
  EXPECT_NE(bench_text(report, false).find("none · fewer than 50 replies"), std::string::npos);
  const auto json = parse_json(bench_json(report), "bench");
  ASSERT_TRUE(json);
  EXPECT_FALSE(json->at("summary").contains("steady"));
  EXPECT_EQ(json->at("summary").at("steady_absent"), "fewer than 50 replies, too few for MSER-5");
}

TEST(BenchReport, ReasonsOfInvalidityComeWithTheirAdvice) {
  auto report = sample_bench();
  report.validity.valid = false;
  report.validity.checks.push_back({"schedule-lag", "Sent when due", CheckVerdict::failed,
                                    "p99 3.1 ms, limit 1.0 ms", "give the client a core of its own", 0.0031,
                                    0.001});
  const auto text = bench_text(report, false);
  EXPECT_LT(at(text, "INVALID"),
            at(text, "Sent when due – no: p99 3.1 ms, limit 1.0 ms → give the client a core of its own"));
  EXPECT_LT(at(text, "Sent when due"), at(text, "warning: No chunks were held back for 40 ms – no: 2 %"));
  EXPECT_NE(text.find("1 of 4 checks passed; not checked: Speed did not drift"), std::string::npos) << text;
}

TEST(BenchReport, EnergyThatMayBeNothingIsNoNegativeFigure) {
  auto report = sample_bench();
  ASSERT_TRUE(report.energy);
  auto& token = report.energy->joules_per_reply_token;
  token.value = -0.00156;
  token.lo = -0.0043;
  token.hi = 0.00119;
  report.net_of_client.reset();
  const auto text = bench_text(report, false);
  EXPECT_NE(text.find("at most 0.00119 J: it cannot be told from nothing here"), std::string::npos) << text;
  EXPECT_EQ(text.find("-0.00156"), std::string::npos);
  token.hi = -0.001;
  EXPECT_NE(bench_text(report, false).find("nothing that can be told here: its interval ends at -0.001"),
            std::string::npos);
}

TEST(BenchReport, JoulesAreThoseWithoutTheClientOrSayWhyNot) {
  auto report = sample_bench();
  // 1064 less 1.1 J; a token bears 1.1 J over 25,600. The client's part is modelled, so what is left is.
  auto text = bench_text(report, false);
  EXPECT_NE(text.find("without it          ~1063 J [1038, 1087], modelled"), std::string::npos) << text;
  EXPECT_NE(text.find("~0.0312 J [0.0289, 0.0330], modelled, net of the client's"), std::string::npos)
      << text;
  auto json = parse_json(bench_json(report), "bench");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->at("energy").at("load").at("value"), 1064.0);
  EXPECT_EQ(json->at("energy").at("load").at("grade"), "measured");
  EXPECT_DOUBLE_EQ(json->at("energy").at("load_net_of_client").at("value"), 1062.9);
  EXPECT_EQ(json->at("energy").at("load_net_of_client").at("grade"), "modelled");

  report.net_of_client.reset();
  report.not_subtracted = "the server was on another machine than the client";
  text = bench_text(report, false);
  EXPECT_NE(text.find("; not subtracted: "), std::string::npos) << text;
  EXPECT_NE(text.find("0.0312 J [0.0290, 0.0330], measured"), std::string::npos) << text;
  json = parse_json(bench_json(report), "bench");
  EXPECT_FALSE(json->at("energy").contains("load_net_of_client"));
  EXPECT_EQ(json->at("energy").at("client_not_subtracted"), report.not_subtracted);
}

TEST(BenchReport, AnUnknownStampErrorIsNoZero) {
  auto report = sample_bench();
  report.summary.stamp_error_known = false;
  EXPECT_NE(bench_text(report, false).find("kernel; the record does not tell their error"),
            std::string::npos);
  EXPECT_FALSE(parse_json(bench_json(report), "bench")->at("summary").at("stamps").contains("error_p50_s"));
  EXPECT_EQ(bench_csv(report).find("\nstamp_error"), std::string::npos);
}

TEST(BenchReport, CsvHasNineFieldsALineAndNoFormulas) {
  for (const auto& report : {sample_bench(), hostile_bench()}) {
    const auto lines = lines_of(bench_csv(report));
    ASSERT_GT(lines.size(), 10U);
    EXPECT_EQ(lines[0], "metric,window,statistic,value,lo,hi,unit,grade,note");
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const auto fields = fields_of(lines[i]);
      ASSERT_EQ(fields.size(), 9U) << lines[i];
      for (const std::size_t text : {0U, 1U, 2U, 6U, 7U, 8U}) {
        if (fields[text].empty()) continue;
        EXPECT_EQ(std::string("=+-@").find(fields[text].front()), std::string::npos) << lines[i];
      }
    }
  }
}

TEST(BenchReport, CsvRowsAreTheFigures) {
  const auto lines = lines_of(bench_csv(sample_bench()));
  const auto has = [&](const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  };
  EXPECT_TRUE(has("ttft_service,whole,p50,0.0211,0.020889,0.021311,s,computed,kernel stamps"));
  EXPECT_TRUE(has("ttft_service,whole,p99,0.0508,,,s,computed,kernel stamps; insufficient"));
  EXPECT_TRUE(has("ttft_service,whole,p99_stamp_error,3.8e-05,,,s,computed,kernel stamps"));
  EXPECT_TRUE(has("tpot,whole,undefined,1,,,1,computed,"));
  EXPECT_TRUE(has("density,steady,value,,,,tok/s/GB,,the engine's resident memory is not known"));
  EXPECT_TRUE(has("client_energy,whole,value,1.1,0.6,1.6,J,modelled,watts a busy core"));
  EXPECT_TRUE(has("failures.stalled,whole,count,1,,,1,computed,no byte for 10 s after 12 events"));
}

TEST(BenchReport, MarkdownLetsNoMarkupThrough) {
  const auto text = bench_markdown(hostile_bench());
  EXPECT_EQ(text.find("<script"), std::string::npos);
  for (const auto& line : lines_of(text)) {
    if (!line.starts_with("| error_in_200")) continue;
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i)
      bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1U : 0U;
    EXPECT_EQ(bars, 4U) << line;
  }
}

TEST(BenchReport, JsonKeepsEveryFigure) {
  const auto json = parse_json(bench_json(sample_bench()), "bench");
  ASSERT_TRUE(json) << json.error().message;
  EXPECT_EQ(json->at("format"), "edgeeval-bench");
  EXPECT_EQ(json->at("validity").at("valid"), true);
  EXPECT_EQ(json->at("summary").at("requests").at("failed"), 1);
  const auto& ttft = json->at("summary").at("metrics").at(0);
  EXPECT_EQ(ttft.at("unit"), "s");
  EXPECT_EQ(ttft.at("distribution").at("quantiles").at(3).at("sufficient"), false);
  EXPECT_EQ(json->at("energy").at("reply_token").at("grade"), "measured");
  EXPECT_EQ(json->at("sweep").at(1).at("meets_objectives"), false);
  EXPECT_EQ(json->at("load").at("started_ns"), 1'000'000'000);
}

TEST(BenchReport, TheMlperfSummaryIsNoOfficialResultAndSaysSo) {
  const auto text = bench_mlperf(sample_bench());
  EXPECT_NE(text.find("not an official MLPerf result"), std::string::npos);
  const auto has = [&](const std::string& name, const std::string& value) {
    for (const auto& line : lines_of(text)) {
      if (line.starts_with(name) && line.ends_with(": " + value)) return true;
    }
    return false;
  };
  EXPECT_TRUE(has("Scenario", "Server"));
  EXPECT_TRUE(has("Result is", "VALID"));
  EXPECT_TRUE(has("  Performance constraints satisfied", "Yes"));
  EXPECT_TRUE(has("  Min duration satisfied", "not asked for"));
  EXPECT_TRUE(has("  Early stopping satisfied", "NO")) << "400 requests are too few for p99";
  EXPECT_TRUE(has("50.00 percentile first token latency (ns)", "21300000"));
  EXPECT_TRUE(has("99.90 percentile latency (ns)", "12500000000"));
  EXPECT_TRUE(has("schedule_rng_seed", "3"));
  const auto hostile = bench_mlperf(hostile_bench());
  EXPECT_NE(hostile.find("closed:4 (not one of LoadGen's)"), std::string::npos);
  EXPECT_NE(hostile.find(": INVALID\n"), std::string::npos);
}

BenchReport starts_alone() {
  auto report = sample_bench();
  BenchReport alone;
  alone.cold_start = report.cold_start;
  alone.files = {{"record", "runs/bench-2"}};
  alone.warnings = {"no model file is known"};
  return alone;
}

TEST(BenchColdStart, StandsBeforeTheLoad) {
  for (const std::string format : {"console", "md", "csv"}) {
    const auto text = bench_as(format, sample_bench(), false).value();
    const auto start = text.find(format == "csv" ? "cold_start.ready" : "Spawn to ready");
    const auto load = text.find(format == "csv" ? "\nvalid," : "VALID");
    ASSERT_NE(start, std::string::npos) << text;
    ASSERT_NE(load, std::string::npos) << text;
    EXPECT_LT(start, load) << text;
  }
}

TEST(BenchColdStart, SaysWhyAStartFailed) {
  const auto text = bench_text(starts_alone(), false);
  EXPECT_NE(text.find("4 of 5 succeeded"), std::string::npos) << text;
  EXPECT_NE(text.find("start 3         failed (engine_failed): the command ended 0.02 s after"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("no such layer"), std::string::npos) << text;
  EXPECT_NE(text.find("measured: 95 % by Student's t on the logarithms"), std::string::npos) << text;
  EXPECT_NE(text.find("no model file is known"), std::string::npos) << text;
  const auto json = parse_json(bench_json(starts_alone()), "bench").value();
  const auto& failure = json.at("cold_start").at("failures").at(0);
  EXPECT_EQ(failure.at("start"), 3);
  EXPECT_EQ(failure.at("code"), "engine_failed");
  EXPECT_EQ(failure.at("log_tail").at(0), "no such layer");
  const auto& ready = json.at("cold_start").at("figures").at(0);
  EXPECT_EQ(ready.at("id"), "ready");
  EXPECT_EQ(ready.at("geometric_mean").at("lo"), 1.74);
  EXPECT_FALSE(ready.at("mean").contains("lo"));
}

TEST(BenchColdStart, AloneSaysNothingOfALoad) {
  for (const std::string format : {"console", "md", "csv"}) {
    const auto text = bench_as(format, starts_alone(), false).value();
    EXPECT_EQ(text.find("VALID"), std::string::npos) << text;
    EXPECT_EQ(text.find("\nvalid"), std::string::npos) << text;
    EXPECT_EQ(text.find("requests"), std::string::npos) << text;
  }
}

TEST(BenchColdStart, TellsAFewOfManyFailuresOneByOne) {
  auto report = starts_alone();
  auto& section = *report.cold_start;
  section.starts = section.failed = 1000;
  section.failures.assign(1000, section.failures.front());
  const auto text = bench_text(report, false);
  EXPECT_LT(text.size(), 4000U);
  EXPECT_NE(text.find("and 992 more: cold-start.json"), std::string::npos) << text;
}

}  // namespace
}  // namespace edgeeval
