#include "cli/import/text_source.h"

#include <gtest/gtest.h>
#include <unicode/unistr.h>

#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"

namespace selfsame::cli {
namespace {

// A name with a diaeresis, and the sign of the euro.
constexpr const char* kText = "Zo\xC3\xAB;10 \xE2\x82\xAC\n";

struct Read {
  std::string text;
  bool is_converted = false;
};

Read ReadAll(const std::string& bytes, const std::string& encoding) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/f.csv";
  std::ofstream(path, std::ios::binary) << bytes;
  auto source = TextSource::Open(path, encoding);
  EXPECT_TRUE(source.ok()) << source.error().message;
  Read read{.text = "", .is_converted = (*source)->is_converted()};
  while (true) {
    const auto chunk = (*source)->NextChunk();
    EXPECT_TRUE(chunk.ok());
    if (!chunk.ok() || chunk->empty()) break;
    read.text += *chunk;
  }
  EXPECT_EQ((*source)->fraction(0), 1.0);
  return read;
}

std::string Utf16(const std::string& utf8, bool big_endian, bool mark) {
  std::string bytes;
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8((mark ? "\xEF\xBB\xBF" : "") + utf8);
  for (int i = 0; i < text.length(); ++i) {
    const char high = static_cast<char>(text[i] >> 8), low = static_cast<char>(text[i] & 0xFF);
    bytes += big_endian ? std::string{high, low} : std::string{low, high};
  }
  return bytes;
}

TEST(TextSourceTest, Utf16IsKnownByItsBytes) {
  const std::string long_text = [] {
    std::string text = "id\n";
    for (int i = 0; i < 60'000; ++i) text += "\xF0\x9D\x84\x9E" + std::string(i % 3, 'x');
    return text;
  }();
  for (const bool big_endian : {false, true}) {
    EXPECT_EQ(ReadAll(Utf16(std::string("id;n\n") + kText, big_endian, false), "").text,
              std::string("id;n\n") + kText);
    EXPECT_EQ(ReadAll(Utf16(kText, big_endian, true), "").text,
              "\xEF\xBB\xBF" + std::string(kText));
    // Pairs of units across chunks.
    EXPECT_EQ(ReadAll(Utf16(long_text, big_endian, false), "").text, long_text);
  }
}

TEST(TextSourceTest, Latin1IsReadAsWindows1252) {
  for (const char* name : {"latin1", "ISO-8859-1", "windows-1252", "cp1252"}) {
    const Read read = ReadAll("Zo\xEB;10 \x80\n", name);
    EXPECT_EQ(read.text, kText) << name;
    EXPECT_TRUE(read.is_converted);
  }
}

TEST(TextSourceTest, AFileThatWasReEncodedSinceIsReadAsWhatItIs) {
  const Read utf8 = ReadAll(kText, "latin1");
  EXPECT_EQ(utf8.text, kText);
  EXPECT_FALSE(utf8.is_converted);
  EXPECT_EQ(ReadAll(Utf16(std::string("id;n\n") + kText, false, false), "latin1").text,
            std::string("id;n\n") + kText);
  // Letters beyond ASCII come first after the head, and one of them across two chunks.
  const std::string late = std::string(kHeadBytes - 1, 'x') + "\xC3\xAB";
  EXPECT_EQ(ReadAll(late, "latin1").text, late);
}

TEST(TextSourceTest, WhatTheEncodingDoesNotKnowIsReplaced) {
  EXPECT_EQ(ReadAll(std::string("a\xFF\xFFz\x82", 5), "Shift_JIS").text.substr(0, 4),
            "a\xEF\xBF\xBD");
}

TEST(TextSourceTest, AnUnknownEncodingIsRefused) {
  const test::TempFolder folder;
  std::ofstream(folder.path() + "/f.csv") << "a\n";
  EXPECT_EQ(TextSource::Open(folder.path() + "/f.csv", "klingon").error().reason,
            "ENCODING_UNKNOWN");
}

}  // namespace
}  // namespace selfsame::cli
