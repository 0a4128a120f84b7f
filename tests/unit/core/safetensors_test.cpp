// SPDX-License-Identifier: Apache-2.0
#include "core/safetensors.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "core/files.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

using testing::TempFolder;

/// A file with the given header text and data.
void write_raw(const std::filesystem::path& path, const std::string& header, const std::string& data) {
  const std::uint64_t size = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &size, 8);
  std::ofstream(path, std::ios::binary) << bytes << header << data;
}

TEST(Safetensors, ReadsBackWhatItWrote) {
  const TempFolder temp;
  const auto path = temp.path() / "a.safetensors";
  ASSERT_TRUE(write_safetensors(path, {{"x", {2, 3}, {1, 2, 3, 4, 5, 6}}, {"y", {1}, {-0.5F}}}));
  const auto file = SafetensorsFile::open(path);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->tensors().at("x").shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(file->read("x").value(), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(file->read("y").value(), std::vector<float>{-0.5F});
}

TEST(Safetensors, WidensHalfAndBfloat) {
  const TempFolder temp;
  const auto path = temp.path() / "h";
  // 1.5 and the smallest subnormal in F16; -2 in BF16.
  write_raw(
      path,
      R"({"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]}})",
      std::string("\x00\x3E\x01\x00\x00\xC0", 6));
  const auto file = SafetensorsFile::open(path);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->read("h").value(), (std::vector<float>{1.5F, 5.960464477539063e-08F}));
  EXPECT_EQ(file->read("b").value(), std::vector<float>{-2.0F});
}

TEST(Safetensors, DamageIsBadModel) {
  const TempFolder temp;
  const auto path = temp.path() / "d";
  const std::pair<const char*, const char*> cases[] = {
      {"not json", ""},
      {R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "1234"},      // truncated
      {R"({"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", "12345678"},  // shape and size disagree
      {R"({"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "1234"},
      {R"({"x":{"dtype":"F32","data_offsets":[0,4]}})", "1234"}};
  for (const auto& [header, data] : cases) {
    write_raw(path, header, data);
    const auto file = SafetensorsFile::open(path);
    ASSERT_FALSE(file) << header;
    EXPECT_EQ(file.error().code, ErrorCode::bad_model) << header;
  }
  EXPECT_EQ(SafetensorsFile::open(temp.path() / "missing").error().code, ErrorCode::bad_model);
}

TEST(Safetensors, DataThatTwoTensorsShareAreDamage) {
  const TempFolder temp;
  const auto path = temp.path() / "o";
  const auto header = [](const std::string& span) {
    return R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":)" +
           span + "}}";
  };
  write_raw(path, header("[8,12]"), "123456789012");
  EXPECT_TRUE(SafetensorsFile::open(path));
  write_raw(path, header("[4,8]"), "123456789012");
  const auto file = SafetensorsFile::open(path);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::bad_model);
  EXPECT_NE(file.error().message.find("tensor y"), std::string::npos) << file.error().message;
}

TEST(Safetensors, AnUnknownTypeOrNameIsSaid) {
  const TempFolder temp;
  const auto path = temp.path() / "t";
  write_raw(path, R"({"x":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}})", "12345678");
  const auto file = SafetensorsFile::open(path);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->read("x").error().code, ErrorCode::unsupported);
  EXPECT_EQ(file->read("y").error().code, ErrorCode::bad_model);
}

}  // namespace
}  // namespace edgeeval
