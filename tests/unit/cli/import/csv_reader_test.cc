#include "cli/import/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace selfsame::cli {
namespace {

using testing::ElementsAre;

// Hands out `text` in chunks of a given size.
CsvReader::ChunkSource ChunksOf(std::string text, std::size_t bytes) {
  return [text = std::move(text), bytes, at = std::size_t{0},
          chunk = std::string()]() mutable -> Result<std::string_view> {
    chunk = text.substr(at, bytes);
    at += chunk.size();
    return std::string_view(chunk);
  };
}

struct Parsed {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> raws;
  std::vector<bool> malformed;
  std::string error;  // Its reason.
};

Parsed Parse(const std::string& text, std::size_t chunk_bytes = 1'000'000) {
  CsvReader reader(ChunksOf(text, chunk_bytes));
  Parsed parsed;
  CsvRow row;
  while (true) {
    const auto more = reader.Next(row);
    if (!more.ok()) parsed.error = more.error().reason;
    if (!more.ok() || !*more) return parsed;
    parsed.rows.push_back(row.fields);
    parsed.raws.push_back(row.raw);
    parsed.malformed.push_back(row.malformed);
  }
}

TEST(CsvReaderTest, TheDelimiterIsFoundInTheHeader) {
  EXPECT_EQ(GuessDelimiter("a,b\n"), ',');
  EXPECT_EQ(GuessDelimiter("\xEF\xBB\xBFname, first;b;c\n1,5;2,5;3,5,6\n"), ';');
  EXPECT_EQ(GuessDelimiter("a\tb\n"), '\t');
  EXPECT_EQ(GuessDelimiter("\"a;b;c\",d\n"), ',');
  EXPECT_EQ(GuessDelimiter("sep=|\r\na,b\n"), '|');
  EXPECT_EQ(GuessDelimiter("alone\n"), ',');
}

TEST(CsvReaderTest, SplitsRowsAndFields) {
  EXPECT_THAT(Parse("a,b\n1,2\n").rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "2")));
}

TEST(CsvReaderTest, TheLastLineNeedsNoLineBreak) {
  EXPECT_THAT(Parse("a,b\n1,").rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "")));
}

TEST(CsvReaderTest, QuotedFieldsHoldCommasQuotesAndLineBreaks) {
  const Parsed parsed = Parse("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"\"\nnext\n");
  EXPECT_THAT(parsed.rows,
              ElementsAre(ElementsAre("a,b", "say \"hi\"", "two\nlines", ""), ElementsAre("next")));
  EXPECT_THAT(parsed.malformed, ElementsAre(false, false));
  EXPECT_EQ(parsed.raws[0], "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"\"");
}

TEST(CsvReaderTest, CrLfEndsARowOnlyOutsideOfQuotes) {
  const Parsed parsed = Parse("a,b\r\n\"x\r\ny\",\"z\"\r\n");
  EXPECT_THAT(parsed.rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("x\r\ny", "z")));
  EXPECT_THAT(parsed.malformed, ElementsAre(false, false));
}

TEST(CsvReaderTest, AByteOrderMarkIsNoPartOfTheFirstField) {
  EXPECT_THAT(Parse("\xEF\xBB\xBFid,x\n").rows, ElementsAre(ElementsAre("id", "x")));
  EXPECT_THAT(Parse("\xEF\xBB\xBFid\n", 1).rows, ElementsAre(ElementsAre("id")));
}

TEST(CsvReaderTest, ChunksMayEndAnywhere) {
  const std::string text = "\"a,\"\"b\"\"\",c\r\n\"d\ne\",\"\"\r\n,\n\"\",x\n";
  const Parsed whole = Parse(text);
  ASSERT_EQ(whole.rows.size(), 4u);
  for (std::size_t bytes = 1; bytes < text.size(); ++bytes) {
    const Parsed parsed = Parse(text, bytes);
    EXPECT_EQ(parsed.rows, whole.rows) << bytes;
    EXPECT_EQ(parsed.raws, whole.raws) << bytes;
  }
}

TEST(CsvReaderTest, RowsThatGetShorterLeaveNothingBehind) {
  EXPECT_THAT(Parse("a,b,c\nd\ne,f\n").rows,
              ElementsAre(ElementsAre("a", "b", "c"), ElementsAre("d"), ElementsAre("e", "f")));
}

TEST(CsvReaderTest, EmptyLinesAreNoRows) {
  EXPECT_THAT(Parse("\n\r\na\n\n\nb\n").rows, ElementsAre(ElementsAre("a"), ElementsAre("b")));
  EXPECT_TRUE(Parse("").rows.empty());
}

TEST(CsvReaderTest, AnEmptyQuotedFieldIsARow) {
  EXPECT_THAT(Parse("\"\"\n").rows, ElementsAre(ElementsAre("")));
}

TEST(CsvReaderTest, QuotesOutOfPlaceAreNoticedAndDoNotSwallowTheNextRow) {
  const Parsed parsed = Parse("5\" pipe,x\n\"a\"b,c\nok,ok\n");
  EXPECT_THAT(parsed.rows, ElementsAre(ElementsAre("5\" pipe", "x"), ElementsAre("ab", "c"),
                                       ElementsAre("ok", "ok")));
  EXPECT_THAT(parsed.malformed, ElementsAre(true, true, false));
}

TEST(CsvReaderTest, AQuoteThatIsNeverClosedIsAnError) {
  const Parsed parsed = Parse("a\n\"b\nc\n");
  EXPECT_THAT(parsed.rows, ElementsAre(ElementsAre("a")));
  EXPECT_EQ(parsed.error, "CSV_QUOTE_OPEN");
}

TEST(CsvReaderTest, ARowWithoutEndIsRefusedBeforeMemoryRunsOut) {
  EXPECT_EQ(Parse("\"" + std::string(2 * kCsvRowBytesMax, 'x')).error, "CSV_ROW_TOO_LONG");
  std::string lines = "\"";
  for (std::size_t i = 0; i < kCsvRowBytesMax / 8; ++i) lines += "0123456789\n";
  EXPECT_EQ(Parse(lines, 4'096).error, "CSV_ROW_TOO_LONG");
}

TEST(CsvReaderTest, AnErrorOfTheSourceIsHandedOn) {
  CsvReader reader([]() -> Result<std::string_view> {
    return Error{ErrorCode::kFailedPrecondition, "FILE_UNREADABLE", "damaged"};
  });
  CsvRow row;
  EXPECT_EQ(reader.Next(row).error().reason, "FILE_UNREADABLE");
}

}  // namespace
}  // namespace selfsame::cli
