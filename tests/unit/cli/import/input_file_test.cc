#include "cli/import/input_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"

namespace selfsame::cli {
namespace {

// Writes `text` through one of libarchive's filters.
void WriteCompressed(const std::string& path, const std::string& text,
                     int (*add_filter)(archive*)) {
  archive* out = archive_write_new();
  add_filter(out);
  archive_write_set_format_raw(out);
  ASSERT_EQ(archive_write_open_filename(out, path.c_str()), ARCHIVE_OK);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_write_header(out, entry);
  archive_write_data(out, text.data(), text.size());
  archive_entry_free(entry);
  archive_write_free(out);
}

std::string ReadAll(InputFile& file) {
  std::string text;
  while (true) {
    const auto chunk = file.NextChunk();
    EXPECT_TRUE(chunk.ok());
    if (!chunk.ok() || chunk->empty()) return text;
    text += *chunk;
  }
}

// Longer than the head and than a chunk, and not just one letter.
std::string LongText() {
  std::string text = "id,name\n";
  for (int i = 0; text.size() < 600'000; ++i) text += std::to_string(i * 7919) + ",x\n";
  return text;
}

TEST(InputFileTest, AFileAndItsCompressedCopiesReadTheSame) {
  const test::TempFolder folder;
  const std::string text = LongText();
  std::ofstream(folder.path() + "/f.csv") << text;
  WriteCompressed(folder.path() + "/f.csv.gz", text, archive_write_add_filter_gzip);
  WriteCompressed(folder.path() + "/f.csv.xz", text, archive_write_add_filter_xz);
  for (const char* name : {"/f.csv", "/f.csv.gz", "/f.csv.xz"}) {
    auto file = InputFile::Open(folder.path() + name);
    ASSERT_TRUE(file.ok()) << name;
    EXPECT_EQ(file->head(), text.substr(0, kHeadBytes)) << name;
    EXPECT_EQ(ReadAll(*file), text) << name;
    EXPECT_EQ(file->disk_bytes_read(), file->disk_bytes()) << name;
    EXPECT_EQ(PlainName(folder.path() + name), "f.csv");
  }
}

TEST(InputFileTest, ShortAndEmptyFilesAreFiles) {
  const test::TempFolder folder;
  for (const std::string text : {"", "a,b\n1,2\n"}) {
    std::ofstream(folder.path() + "/f.csv") << text;
    auto file = InputFile::Open(folder.path() + "/f.csv");
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(file->head(), text);
    EXPECT_EQ(ReadAll(*file), text);
  }
}

TEST(InputFileTest, AMissingFileIsNotFound) {
  const test::TempFolder folder;
  EXPECT_EQ(InputFile::Open(folder.path() + "/none.csv").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(InputFile::Open(folder.path()).error().code, ErrorCode::kFailedPrecondition);
}

TEST(InputFileTest, ADamagedFileIsAnErrorNotAnEnd) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/f.csv.xz";
  WriteCompressed(path, LongText(), archive_write_add_filter_xz);
  std::string bytes;
  {
    std::ifstream in(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  std::ofstream(path, std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  auto file = InputFile::Open(path);
  bool failed = !file.ok();
  while (!failed) {
    const auto chunk = file->NextChunk();
    failed = !chunk.ok();
    ASSERT_TRUE(failed || !chunk->empty()) << "the truncated file was read to an end";
  }
}

TEST(InputFileTest, PlainNameTakesOffOneCompressionSuffix) {
  EXPECT_EQ(PlainName("/data/orders.csv"), "orders.csv");
  EXPECT_EQ(PlainName("orders.csv.zst"), "orders.csv");
  EXPECT_EQ(PlainName("orders.csv.gz.xz"), "orders.csv.gz");
  EXPECT_EQ(PlainName(".gz"), ".gz");
}

}  // namespace
}  // namespace selfsame::cli
