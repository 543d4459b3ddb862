#include <algorithm>

#include "harness/reference/bench_test.h"

namespace reference::limits_test {
namespace {

TEST(Limits, AConnectionAboveTheMostIsClosed) {
  for (bool kept : {true, false}) {
    Options options;
    options.maximum_connections = 2;
    Bench bench(Version::v3_1_1, kept ? Rules{} : Rules{Rule::ended_connections_free}, options);
    auto a = bench.connect("a");
    auto b = bench.connect("b");
    EXPECT_TRUE(bench.closed(bench.connect("c")));
    EXPECT_TRUE(bench.goes_on(a));
    bench.cut(b);
    EXPECT_EQ(bench.closed(bench.connect("d")), !kept);
  }
}

TEST(Limits, ALowerSessionExpiryIsToldAndUsed) {
  Options options;
  options.maximum_session_expiry = 2;
  Bench bench(Version::v5_0, Rules{}, options);
  auto a = bench.keep("a", 60);
  auto told = std::find_if(bench.last_connack.properties.begin(), bench.last_connack.properties.end(), [](auto& each) { return each.id == 0x11; });
  ASSERT_NE(told, bench.last_connack.properties.end());
  EXPECT_EQ(std::get<std::uint32_t>(told->value), 2u);
  bench.cut(a);
  bench.wait(std::chrono::seconds(3));
  bench.keep("a", 2);
  EXPECT_FALSE(bench.last_connack.session_present);
  EXPECT_TRUE(std::none_of(bench.last_connack.properties.begin(), bench.last_connack.properties.end(), [](auto& each) { return each.id == 0x11; }));
}

TEST(Limits, TheMountPointIsNotSeen) {
  for (bool kept : {true, false}) {
    Options options;
    options.mount_point = "inner/";
    Bench bench(Version::v3_1_1, kept ? Rules{} : Rules{Rule::mount_point_hidden}, options);
    auto a = bench.connect("a");
    bench.subscribe(a, "t");
    bench.publish(a, "t", "x");
    EXPECT_THAT(bench.messages(a), ElementsAre(kept ? "0 t x" : "0 inner/t x"));
  }
}

}  // namespace
}  // namespace reference::limits_test
