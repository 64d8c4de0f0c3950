// The text of a file as UTF-8, whatever its encoding: UTF-8, UTF-16 and UTF-32 are known by their
// bytes, others are named.
#ifndef SELFSAME_CLI_IMPORT_TEXT_SOURCE_H_
#define SELFSAME_CLI_IMPORT_TEXT_SOURCE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/import/input_file.h"

struct UConverter;

namespace selfsame::cli {

// Owned by one thread.
class TextSource {
 public:
  // `encoding` is that of a file that is neither UTF-8 nor starts as UTF-16 or UTF-32 does: a file
  // that was converted to one of these since is read as what it is. Any name that ICU knows;
  // latin1 is read as windows-1252, which has it whole, as browsers do. Empty: UTF-8.
  // Errors: as InputFile::Open; kInvalidArgument ENCODING_UNKNOWN.
  static Result<std::unique_ptr<TextSource>> Open(const std::string& path,
                                                  const std::string& encoding);
  ~TextSource();
  TextSource(const TextSource&) = delete;
  TextSource& operator=(const TextSource&) = delete;

  // The beginning of the text, at least a row of it where a row is not very long.
  std::string_view head() const { return head_; }
  // Whether it is not UTF-8 in the file. A U+FFFD in the text then stands for bytes that mean
  // nothing in the encoding.
  bool is_converted() const { return converter_ != nullptr; }

  // The next bytes of the text, valid until the next call; empty at the end. Errors: as
  // InputFile::NextChunk.
  Result<std::string_view> NextChunk();
  // How much of the file has been read, 0 to 1, where the last `unread` bytes of the chunk have not
  // been looked at yet.
  double fraction(std::size_t unread) const;

 private:
  explicit TextSource(InputFile input);
  Status UseEncoding(const std::string& encoding);
  Status ReadHead();
  Result<std::string_view> Read();
  Result<std::string_view> Convert();

  double fraction_read() const;

  InputFile input_;
  double fraction_before_ = 0;  // The chunk that was handed out last.
  std::size_t chunk_bytes_ = 0;
  UConverter* converter_ = nullptr;
  std::string head_;
  bool head_given_ = false;
  bool ended_ = false;
  std::u16string units_;
  std::size_t open_units_ = 0;  // At its beginning, left from the chunk before.
  std::string text_;
};

// Whether a text that may be cut within a character is UTF-8.
bool MayBeUtf8(std::string_view head);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_TEXT_SOURCE_H_
