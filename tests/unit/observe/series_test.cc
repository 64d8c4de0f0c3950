// Series: who gets a row of its own, who has to share one, and what is said of that.
#include "server/observe/series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace selfsame::observe {
namespace {

using testing::ElementsAre;

using Three = Series<Counter, 3>;

std::vector<std::string> RowsOf(const Three& series) {
  std::vector<std::string> rows;
  series.ForEachRow([&](const Three::Values& values, const Counter& counter) {
    rows.push_back(values[0] + " " + values[1] + " " + values[2] + " " +
                   std::to_string(counter.Value()));
  });
  return rows;
}

TEST(SeriesTest, PastTheBoundAllShareOneAndEachIsCountedOnce) {
  Three series({"tenant", "source", "field"}, 2);
  for (const char* field : {"a", "b", "c", "d", "c", "d"}) {
    series.Of({"acme", "web", field}).Add();
  }
  EXPECT_THAT(RowsOf(series), ElementsAre("OTHER OTHER OTHER 4", "acme web a 1", "acme web b 1"));
  EXPECT_EQ(series.over().Value(), 2u);
}

// One client that breaks every rule there is must not take the rows of all others.
TEST(SeriesTest, ASourceThatTakesTooManyRowsSharesOnlyWithItself) {
  Three series({"tenant", "source", "field"}, SeriesBounds{.rows_max = 100, .source_rows_max = 2});
  for (int field = 0; field < 1'000; ++field) {
    series.Of({"acme", "web", "f" + std::to_string(field)}).Add();
  }
  series.Of({"acme", "ios", "f7"}).Add();
  series.Of({"other", "web", "f7"}).Add();
  EXPECT_THAT(RowsOf(series), ElementsAre("acme ios f7 1", "acme web OTHER 998", "acme web f0 1",
                                          "acme web f1 1", "other web f7 1"));
  EXPECT_EQ(series.over().Value(), 998u);
}

TEST(SeriesTest, ALongLabelIsShownAsOther) {
  Three series({"tenant", "source", "field"}, 10);
  series.Of({"acme", "web", std::string(kLabelBytesMax, 'f')}).Add();
  series.Of({"acme", "web", std::string(kLabelBytesMax + 1, 'f')}).Add();
  series.Of({"acme", "web", std::string(kLabelBytesMax + 1, 'g')}).Add();
  EXPECT_THAT(RowsOf(series), ElementsAre("acme web OTHER 2",
                                          "acme web " + std::string(kLabelBytesMax, 'f') + " 1"));
}

}  // namespace
}  // namespace selfsame::observe
