#include "server/observe/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace selfsame::observe {
namespace {

using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr const char* kTime = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z";

// A temporary file that takes what a logger writes.
class Captured {
 public:
  Captured() : file_(std::tmpfile(), &std::fclose) {}
  std::FILE* file() const { return file_.get(); }

  std::vector<std::string> Lines() const {
    std::rewind(file());
    std::string text;
    char part[4096];
    for (std::size_t got; (got = std::fread(part, 1, sizeof(part), file())) > 0;) {
      text.append(part, got);
    }
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

nlohmann::json ParseOne(const Captured& captured) {
  const auto lines = captured.Lines();
  if (lines.size() != 1) return nullptr;
  return nlohmann::json::parse(lines[0], nullptr, /*allow_exceptions=*/false);
}

// Without its time, which is 25 characters and checked elsewhere.
std::string TextOf(const std::string& message, std::initializer_list<LogField> fields) {
  const Captured captured;
  Logger({.sink = captured.file()}).Info(message, fields);
  const auto lines = captured.Lines();
  return lines.size() == 1 && lines[0].size() > 25 ? lines[0].substr(25) : "not one line";
}

TEST(LogTest, TextIsReadable) {
  const Captured captured;
  Logger({.sink = captured.file()})
      .Warn("batch committed", {{"request_id", "r-1"}, {"rows", 512}, {"seconds", 0.25}});
  ASSERT_THAT(captured.Lines(), SizeIs(1));
  EXPECT_THAT(captured.Lines()[0],
              MatchesRegex(std::string(kTime) + " warn  batch committed "
                                                "request_id=r-1 rows=512 seconds=0\\.25"));
}

TEST(LogTest, TextQuotesWhatCouldBeMisread) {
  EXPECT_EQ(TextOf("m", {{"a", "two words"}, {"b", ""}, {"c", "x=y"}, {"d", "q\"q"}}),
            R"(info  m a="two words" b="" c="x=y" d="q\"q")");
  EXPECT_EQ(TextOf("m", {{"a", "back\\slash"}, {"b", "line\nbreak"}}),
            R"(info  m a="back\\slash" b="line\nbreak")");
}

TEST(LogTest, NoTextMakesASecondLine) {
  const Captured captured;
  const Logger text({.sink = captured.file()});
  const Logger json({.format = LogFormat::kJson, .sink = captured.file()});
  for (const Logger* log : {&text, &json}) {
    log->Info("first\n2026-01-02T03:04:05.123Z error forged", {{"key", "a\r\nb"}});
  }
  EXPECT_THAT(captured.Lines(), SizeIs(2));
}

TEST(LogTest, JsonHoldsTimeLevelMessageAndFieldsWithTheirTypes) {
  const Captured captured;
  Logger({.format = LogFormat::kJson, .sink = captured.file()})
      .Error("it broke", {{"request_id", "r-1"},
                          {"small", std::int64_t{-5}},
                          {"large", std::numeric_limits<std::uint64_t>::max()},
                          {"ratio", 0.5}});
  const nlohmann::json entry = ParseOne(captured);
  ASSERT_TRUE(entry.is_object());
  EXPECT_EQ(entry.size(), 7u);
  EXPECT_EQ(entry["level"], "error");
  EXPECT_EQ(entry["message"], "it broke");
  EXPECT_EQ(entry["request_id"], "r-1");
  EXPECT_EQ(entry["small"], -5);
  EXPECT_EQ(entry["large"], std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(entry["ratio"], 0.5);
  EXPECT_THAT(entry["time"].get<std::string>(), MatchesRegex(kTime));
}

TEST(LogTest, JsonEscapesEveryByte) {
  std::string nasty = "quote\" back\\ slash/ percent%v {brace} ";
  for (char c = 1; c < 32; ++c) nasty += c;
  nasty += '\0';
  nasty += "ü漢";
  const Captured captured;
  Logger({.format = LogFormat::kJson, .sink = captured.file()})
      .Info(nasty, {{"value", std::string_view(nasty)}, {"k\"ey", 1}});
  const nlohmann::json entry = ParseOne(captured);
  ASSERT_TRUE(entry.is_object());
  EXPECT_EQ(entry["message"], nasty);
  EXPECT_EQ(entry["value"], nasty);
  EXPECT_EQ(entry["k\"ey"], 1);
}

TEST(LogTest, JsonStaysValidForBrokenUtf8AndUnspeakableNumbers) {
  const Captured captured;
  Logger({.format = LogFormat::kJson, .sink = captured.file()})
      .Info("bad \xff\xfe text", {{"nan", std::nan("")},
                                  {"inf", std::numeric_limits<double>::infinity()},
                                  {"cut", "\xe6\xbc"}});
  const nlohmann::json entry = ParseOne(captured);
  ASSERT_TRUE(entry.is_object());
  EXPECT_TRUE(entry["nan"].is_null());
  EXPECT_TRUE(entry["inf"].is_null());
  EXPECT_EQ(entry["message"], "bad \uFFFD\uFFFD text");
}

TEST(LogTest, LevelsBelowTheChosenOneAreDropped) {
  const Captured captured;
  const Logger log({.level = LogLevel::kWarn, .sink = captured.file()});
  log.Debug("no");
  log.Info("no");
  EXPECT_THAT(captured.Lines(), IsEmpty());
  log.Warn("yes");
  log.Error("yes");
  EXPECT_THAT(captured.Lines(), SizeIs(2));
}

TEST(LogTest, DebugShowsAll) {
  const Captured captured;
  const Logger log({.level = LogLevel::kDebug, .sink = captured.file()});
  log.Debug("yes");
  EXPECT_THAT(captured.Lines(), SizeIs(1));
}

TEST(LogTest, LinesOfManyThreadsStayWhole) {
  constexpr int kThreads = 4;
  constexpr int kEach = 250;
  const Captured captured;
  const Logger log({.format = LogFormat::kJson, .sink = captured.file()});
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&log] {
        for (int i = 0; i < kEach; ++i) log.Info("entry", {{"text", std::string(200, 'x')}});
      });
    }
  }
  const auto lines = captured.Lines();
  ASSERT_THAT(lines, SizeIs(kThreads * kEach));
  for (const std::string& line : lines) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

TEST(LogTest, WordsOfTheConfigAreUnderstood) {
  EXPECT_EQ(ParseLogFormat("text"), LogFormat::kText);
  EXPECT_EQ(ParseLogFormat("json"), LogFormat::kJson);
  EXPECT_EQ(ParseLogFormat("JSON"), std::nullopt);
  EXPECT_EQ(ParseLogLevel("debug"), LogLevel::kDebug);
  EXPECT_EQ(ParseLogLevel("info"), LogLevel::kInfo);
  EXPECT_EQ(ParseLogLevel("warn"), LogLevel::kWarn);
  EXPECT_EQ(ParseLogLevel("error"), LogLevel::kError);
  EXPECT_EQ(ParseLogLevel(""), std::nullopt);
}

}  // namespace
}  // namespace selfsame::observe
