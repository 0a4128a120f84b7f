// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "table_files.hpp"
#include "tables/fields.hpp"
#include "tables/mapping.hpp"

namespace edgeeval {
namespace {

Result<PublishedStudy> read(const std::string& csv, const std::string& mapping_text = serving_mapping()) {
  const TableFolder folder;
  folder.write("serving.csv", csv);
  folder.write("mapping.yaml", mapping_text);
  const auto mapping = read_mapping(folder.file("mapping.yaml"));
  if (!mapping) return tl::unexpected(mapping.error());
  return read_tables(folder.path(), *mapping);
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void expect_error(const std::string& csv, const std::string& message, const std::string& where) {
  const auto study = read(csv);
  ASSERT_FALSE(study) << message;
  EXPECT_EQ(study.error().code, ErrorCode::invalid_table);
  EXPECT_NE(study.error().message.find(message), std::string::npos) << study.error().message;
  EXPECT_NE(study.error().where.find(where), std::string::npos) << study.error().where;
}

TEST(ReadTables, GivesRowsWithTheirPlace) {
  const auto study = read(serving_csv());
  ASSERT_TRUE(study) << study.error().message;
  ASSERT_EQ(study->serving.size(), 2U);
  const auto& row = study->serving[1];
  EXPECT_EQ(describe(row.key), "Llama-1B LoRA INT4 rag");
  EXPECT_EQ(row.place.file, "serving.csv");
  EXPECT_EQ(row.place.line, 3U);
  EXPECT_EQ(row.energy_j, 700.0);
  EXPECT_FALSE(row.tokens) << "what is not mapped is absent";
  EXPECT_EQ(study->context.boards, 1.0);
}

TEST(ReadTables, ScalesMatchesAndRenames) {
  auto mapping = with(serving_mapping(), "energy_j: energy", "energy_j: {column: energy, scale: 1000}");
  mapping = with(mapping, "task: task", "task: {column: task, pattern: \"^(r..)$\", values: {rag: qa}}");
  const auto study = read(serving_csv(), mapping);
  ASSERT_TRUE(study) << study.error().message;
  EXPECT_EQ(study->serving[0].energy_j, 1.5e6);
  EXPECT_EQ(study->serving[0].key.task, "qa");
}

TEST(ReadTables, RefusesAWrongHeaderAndSaysWhatItHas) {
  expect_error(with(serving_csv(), ",tps,", ",tokps,"), "no column \"tps\"", "serving.csv:1");
  expect_error(with(serving_csv(), "tps,energy", "power,energy"), "no column \"tps\"", "serving.csv:1");
  expect_error(with(serving_csv(), "energy,power", "power,power"), "", "serving.csv:1");
  expect_error(with(serving_csv(), "load_s", "infer_s"), "", "serving.csv:1");
}

TEST(ReadTables, RefusesTwoColumnsOfOneName) {
  expect_error("family,size,method,precision,task,samples,load_s,infer_s,tps,energy,power,tps\n"
               "Llama,1B,LoRA,FP16,rag,100,10,20,750,1500,75,1\n",
               "two columns are named \"tps\"", "serving.csv:1");
}

TEST(ReadTables, RefusesWhatIsNoNumberWithLineAndColumn) {
  for (const char* bad : {"many", "1,5", "0x10", "nan", "inf", "1e999", "1 2", "--1"}) {
    const bool comma = std::string(bad).find(',') != std::string::npos;
    const auto cell = comma ? "\"" + std::string(bad) + "\"" : std::string(bad);
    expect_error(with(serving_csv(), ",700,", "," + cell + ","), "is not a number", "serving.csv:3, column 10 (energy)");
  }
}

TEST(ReadTables, RefusesEmptyKeysAndRequiredNumbers) {
  expect_error(with(serving_csv(), "INT4", ""), "no value for \"precision\"", "serving.csv:3, column 4");
  expect_error(with(serving_csv(), ",700,", ",,"), "no value for \"energy_j\"", "serving.csv:3, column 10");
}

TEST(ReadTables, RefusesASecondRowOfOneKeyAndNamesTheFirst) {
  expect_error(with(serving_csv(), "INT4", "FP16"), "the first is serving.csv:2", "serving.csv:3");
}

TEST(ReadTables, RefusesATextThatItsPatternDoesNotMatch) {
  const auto study =
      read(serving_csv(), with(serving_mapping(), "size: size", "size: {column: size, pattern: \"^([0-9]+)M$\"}"));
  ASSERT_FALSE(study);
  EXPECT_NE(study.error().message.find("\"1B\" does not match"), std::string::npos) << study.error().message;
}

TEST(ReadTables, ReadsJsonAsTheSameRows) {
  const TableFolder folder;
  folder.write("serving.json",
               R"([{"family":"Llama","size":"1B","method":"LoRA","precision":"INT4","task":"rag","samples":100,
                   "load_s":8,"infer_s":10,"tps":1500,"energy":700,"power":70.5}])");
  folder.write("mapping.yaml", with(serving_mapping(), "serving.csv", "serving.json"));
  const auto mapping = read_mapping(folder.file("mapping.yaml"));
  ASSERT_TRUE(mapping);
  const auto study = read_tables(folder.path(), *mapping);
  ASSERT_TRUE(study) << study.error().message;
  ASSERT_EQ(study->serving.size(), 1U);
  EXPECT_EQ(study->serving[0].power_mean_w, 70.5);
}

TEST(ReadTables, RefusesJsonOfAnotherShape) {
  const TableFolder folder;
  folder.write("mapping.yaml", with(serving_mapping(), "serving.csv", "serving.json"));
  const auto mapping = read_mapping(folder.file("mapping.yaml"));
  ASSERT_TRUE(mapping);
  for (const char* text : {"{}", "[]", "[1]", "[{\"a\":1},2]", "[{"}) {
    folder.write("serving.json", text);
    EXPECT_FALSE(read_tables(folder.path(), *mapping)) << text;
  }
}

TEST(ReadTablesProperty, AMutatedTableIsReadWholeOrRefused) {
  const auto good = serving_csv();
  Random random(7);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    auto bad = good;
    for (int edits = 1 + random.below(3); edits > 0; --edits) {
      const auto at = static_cast<std::size_t>(random.below(static_cast<int>(bad.size())));
      const char byte = static_cast<char>(random.below(256));
      if (random.coin())
        bad[at] = byte;
      else if (random.coin())
        bad.erase(at, 1);
      else
        bad.insert(at, 1, byte);
    }
    const auto study = read(bad);
    refused += study ? 0 : 1;
    if (study) {
      EXPECT_LE(study->serving.size(), 3U);
      for (const auto& row : study->serving) EXPECT_TRUE(row.energy_j && row.samples) << bad;
    } else {
      EXPECT_FALSE(study.error().message.empty());
    }
  }
  EXPECT_GT(refused, 500) << "most damage to a table this small is seen";
}

TEST(ReadTables, TakesTimeLinearInATextWhateverThePattern) {
  for (const char* pattern : {"((.|x)*)", "((L+)+)$"}) {
    const auto mapping = with(serving_mapping(), "family: family",
                              "family: {column: family, pattern: \"" + std::string(pattern) + "\"}");
    const auto name = std::string(300'000, 'L') + (pattern[1] == '(' && pattern[2] == 'L' ? "x" : "");
    const auto study = read(with(serving_csv(), "Llama", name), mapping);
    if (study) continue;
    EXPECT_NE(study.error().message.find(pattern), std::string::npos);
    EXPECT_NE(study.error().message.find("family"), std::string::npos);
    EXPECT_LT(study.error().message.size(), 200U) << "long texts are shown by their beginning";
  }
}

TEST(ReadTables, RefusesNumbersThatCannotBe) {
  expect_error(with(serving_csv(), ",700,", ",-5,"), "energy_j cannot be \"-5\"", "serving.csv:3, column 10 (energy)");
  expect_error(with(serving_csv(), ",700,", ",0,"), "energy_j cannot be \"0\"", "serving.csv:3, column 10");
  expect_error(with(serving_csv(), "INT4,rag,100", "INT4,rag,0"), "samples cannot be \"0\"", "serving.csv:3, column 6");
  expect_error(with(serving_csv(), "rag,100,8", "rag,100,-8"), "load_time_s cannot be", "serving.csv:3, column 7");
  expect_error(with(serving_csv(), ",700,", ",1e300,"), "energy_j cannot be", "serving.csv:3");
  EXPECT_TRUE(read(with(serving_csv(), "rag,100,8", "rag,100,0"))) << "a load may take no time";
}

TEST(ReadTables, ChecksNumbersInTheFieldsOwnUnit) {
  const auto mapping = with(serving_mapping(), "energy_j: energy", "energy_j: {column: energy, scale: 1e10}");
  const auto study = read(serving_csv(), mapping);
  ASSERT_FALSE(study);
  EXPECT_NE(study.error().message.find("\"1500\" × 1"), std::string::npos) << study.error().message;
}

TEST(ReadTables, KeepTheStepThatEachNumberWasWrittenIn) {
  auto csv = with(serving_csv(), ",1500,75\n", ",1500.20,75\n");
  csv = with(csv, ",700,", ",70e1,");
  const auto study = read(csv, with(serving_mapping(), "energy_j: energy", "energy_j: {column: energy, scale: 3600}"));
  ASSERT_TRUE(study) << study.error().message;
  EXPECT_DOUBLE_EQ(*written_step(study->serving[0], &ServingRow::energy_j), 36.0);
  EXPECT_DOUBLE_EQ(*written_step(study->serving[1], &ServingRow::energy_j), 36000.0);
  EXPECT_DOUBLE_EQ(*written_step(study->serving[0], &ServingRow::power_mean_w), 1.0);
  EXPECT_FALSE(written_step(study->serving[0], &ServingRow::tokens)) << "it was not read";
}

TEST(ReadTables, RefusesATableWithoutRows) {
  const auto csv = serving_csv();
  expect_error(csv.substr(0, csv.find('\n') + 1), "the table has no rows", "serving.csv");
}

TEST(ReadTables, TakesNamesThatDifferInCaseAloneForOne) {
  expect_error(with(serving_csv(), "Llama,1B,LoRA,INT4", "llama,1b,LORA,fp16"), "the first is serving.csv:2", "serving.csv:3");
}

/// The JSON table `text`, read by a mapping for JSON.
Result<PublishedStudy> read_json(const std::string& text) {
  const TableFolder folder;
  folder.write("serving.json", text);
  folder.write("mapping.yaml", with(serving_mapping(), "serving.csv", "serving.json"));
  return read_tables(folder.path(), *read_mapping(folder.file("mapping.yaml")));
}

std::string json_row(const std::string& precision, const std::string& samples = "100", const std::string& more = "") {
  return R"({"family":"Llama","size":"1B","method":"LoRA","precision":")" + precision + R"(","task":"rag","samples":)" +
         samples + R"(,"load_s":8,"infer_s":10,"tps":1500,"energy":700,"power":70.50)" + more + "}";
}

void expect_json_error(const std::string& second, const std::string& message) {
  const auto study = read_json("[" + json_row("FP16") + ",\n" + second + "]");
  ASSERT_FALSE(study) << message;
  EXPECT_EQ(study.error().code, ErrorCode::invalid_table);
  EXPECT_NE(study.error().message.find(message), std::string::npos) << study.error().message;
  EXPECT_NE(study.error().where.find("serving.json:2"), std::string::npos) << study.error().where;
}

TEST(ReadTables, RefusesBrokenJsonWithFileAndLine) {
  expect_json_error("{\"family\"", "not valid JSON");
  expect_json_error(json_row("INT4", "NaN"), "not valid JSON");
  expect_json_error(json_row("INT4", "1" + std::string(400, '0')), "a number is too large");
  expect_json_error(json_row("INT4", "[1]"), "\"samples\" holds a list");
  expect_json_error(json_row("INT4", "{\"a\":1}"), "\"samples\" holds an object");
  expect_json_error(json_row("INT4", "1", ",\"extra\":1"), "unknown key \"extra\"");
  expect_json_error(json_row("INT4", "1", ",\"power\":1"), "\"power\" is given twice");
  expect_json_error("{\"family\":\"Llama\"}", "the row has no \"size\"");
  expect_json_error(json_row("INT4", "\"many\""), "is not a number");
  expect_json_error("7", "an array of objects");
}

TEST(ReadTables, GiveRowsOfJsonTheirLineAndStep) {
  const auto study = read_json("[\n" + json_row("FP16") + ",\n\n" + json_row("INT4") + "]\n");
  ASSERT_TRUE(study) << study.error().message;
  ASSERT_EQ(study->serving.size(), 2U);
  EXPECT_EQ(study->serving[0].place.line, 2U);
  EXPECT_EQ(study->serving[1].place.line, 4U);
  EXPECT_DOUBLE_EQ(*written_step(study->serving[0], &ServingRow::power_mean_w), 0.01) << "70.50";
}

}  // namespace
}  // namespace edgeeval
