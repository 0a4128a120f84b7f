// SPDX-License-Identifier: Apache-2.0
#include "probe/sysfs.hpp"

#include <gtest/gtest.h>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

TEST(Sysfs, ReadsNumbersAndNothingThatOnlyBeginsLikeOne) {
  const FakeRoot root;
  root.put("sys/a", "42\n");
  root.put("sys/b", "42 kHz\n");
  root.put("sys/c", "18446744073709551615\n");
  root.put("sys/d", "nan\n");
  const Sysfs sysfs(root.path());
  EXPECT_EQ(sysfs.integer("sys/a").value(), 42);
  EXPECT_FALSE(sysfs.integer("sys/b").has_value());
  EXPECT_EQ(sysfs.counter("sys/c").value(), ~std::uint64_t{0});
  EXPECT_FALSE(sysfs.integer("sys/c").has_value()) << "does not fit";
  EXPECT_FALSE(sysfs.decimal("sys/d").has_value());
}

TEST(Sysfs, TakesPathsWithAndWithoutItsRoot) {
  const FakeRoot root;
  root.put("sys/a", "x \n");
  const Sysfs sysfs(root.path());
  EXPECT_EQ(sysfs.text("/sys/a").value(), "x");
  EXPECT_EQ(sysfs.text(root.path() / "sys/a").value(), "x");
  EXPECT_TRUE(sysfs.exists("sys/a"));
  EXPECT_EQ(sysfs.list("sys"), std::vector<std::filesystem::path>{root.path() / "sys/a"});
  EXPECT_TRUE(sysfs.list("nowhere").empty());
}

TEST(Sysfs, SaysWhyASensorDoesNotAnswer) {
  const FakeRoot root;
  root.put("sys/a", "1");
  const auto sysfs = failing(root, {{"sys/a", EACCES}});
  EXPECT_EQ(sysfs.integer("sys/a").error().message, "permission denied");
  EXPECT_EQ(read_failure(ENODATA, "x").message, "no data: the sensor is switched off");
  EXPECT_EQ(Sysfs(root.path()).integer("sys/gone").error().message, "the sensor is gone");
  EXPECT_EQ(Sysfs(root.path()).integer("sys/gone").error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace edgeeval
