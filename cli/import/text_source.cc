#include "cli/import/text_source.h"

#include <fmt/format.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/unistr.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "identity/canonicalize.h"

namespace selfsame::cli {
namespace {

constexpr std::size_t kRoomUnits = 64;

// ICU itself puts U+001A for some bytes, which a file may hold as it is.
void Replace(const void* /*context*/, UConverterToUnicodeArgs* arguments, const char* /*bytes*/,
             std::int32_t /*length*/, UConverterCallbackReason reason, UErrorCode* status) {
  constexpr char16_t kReplacement = u'\uFFFD';
  if (reason > UCNV_IRREGULAR) return;  // Not about a character.
  *status = U_ZERO_ERROR;
  ucnv_cbToUWriteUChars(arguments, &kReplacement, 1, 0, status);
}

Error UnknownEncoding(const std::string& encoding) {
  return {ErrorCode::kInvalidArgument, "ENCODING_UNKNOWN",
          fmt::format("no encoding is called {}; examples: utf-8, windows-1252, utf-16", encoding)};
}

// UTF-16 or UTF-32 by the byte order mark or, without one, by the zero bytes of its first letters;
// nothing for others.
const char* WideEncoding(std::string_view head) {
  if (head.starts_with(std::string_view("\xFF\xFE\0\0", 4))) return "UTF-32LE";
  if (head.starts_with(std::string_view("\0\0\xFE\xFF", 4))) return "UTF-32BE";
  if (head.starts_with("\xFF\xFE")) return "UTF-16LE";
  if (head.starts_with("\xFE\xFF")) return "UTF-16BE";
  if (head.size() < 4) return nullptr;
  if (head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0) return "UTF-16LE";
  if (head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0) return "UTF-16BE";
  return nullptr;
}

bool HasNonAscii(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
}

// The bytes at the end that may be the beginning of a character.
std::size_t OpenBytes(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if (byte < 0x80) return 0;
    if (byte < 0xC0) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

// Whether the whole file is UTF-8 with more than ASCII in it. It is read to its end: letters beyond
// ASCII may first come anywhere.
Result<bool> IsBeyondAsciiUtf8(const std::string& path) {
  SELFSAME_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  std::string open;
  bool has_more = false;
  while (true) {
    SELFSAME_ASSIGN_OR_RETURN(const std::string_view chunk, file.NextChunk());
    if (chunk.empty()) return open.empty() && has_more;
    has_more = has_more || HasNonAscii(chunk);
    open.append(chunk);
    const std::size_t whole = open.size() - OpenBytes(open);
    if (!identity::IsUtf8(std::string_view(open).substr(0, whole))) return false;
    open.erase(0, whole);
  }
}

}  // namespace

bool MayBeUtf8(std::string_view head) {
  return identity::IsUtf8(head.substr(0, head.size() - OpenBytes(head)));
}

TextSource::TextSource(InputFile input) : input_(std::move(input)) {}

TextSource::~TextSource() {
  if (converter_ != nullptr) ucnv_close(converter_);
}

Result<std::unique_ptr<TextSource>> TextSource::Open(const std::string& path,
                                                     const std::string& encoding) {
  SELFSAME_ASSIGN_OR_RETURN(InputFile input, InputFile::Open(path));
  std::unique_ptr<TextSource> source(new TextSource(std::move(input)));
  if (!encoding.empty()) SELFSAME_RETURN_IF_ERROR(source->UseEncoding(encoding));
  if (const char* wide = WideEncoding(source->input_.head())) {
    SELFSAME_RETURN_IF_ERROR(source->UseEncoding(wide));
  } else if (source->is_converted()) {
    SELFSAME_ASSIGN_OR_RETURN(const bool is_utf8, IsBeyondAsciiUtf8(path));
    if (is_utf8) ucnv_close(std::exchange(source->converter_, nullptr));
  }
  SELFSAME_RETURN_IF_ERROR(source->ReadHead());
  return source;
}

Status TextSource::UseEncoding(const std::string& encoding) {
  if (converter_ != nullptr) ucnv_close(std::exchange(converter_, nullptr));
  UErrorCode status = U_ZERO_ERROR;
  converter_ = ucnv_open(encoding.c_str(), &status);
  if (U_FAILURE(status)) {
    converter_ = nullptr;
    return UnknownEncoding(encoding);
  }
  const std::string name = ucnv_getName(converter_, &status);
  if (name == "UTF-8") ucnv_close(std::exchange(converter_, nullptr));
  if (name == "ISO-8859-1" || name == "US-ASCII") return UseEncoding("windows-1252");
  if (converter_ == nullptr) return {};
  ucnv_setToUCallBack(converter_, Replace, nullptr, nullptr, nullptr, &status);
  return U_FAILURE(status) ? Status(UnknownEncoding(encoding)) : Status();
}

Status TextSource::ReadHead() {
  SELFSAME_ASSIGN_OR_RETURN(const std::string_view text, Read());
  head_ = text;
  return {};
}

Result<std::string_view> TextSource::NextChunk() {
  if (!head_given_) {
    head_given_ = true;
    chunk_bytes_ = head_.size();
    return std::string_view(head_);
  }
  fraction_before_ = fraction_read();
  SELFSAME_ASSIGN_OR_RETURN(const std::string_view chunk, Read());
  chunk_bytes_ = chunk.size();
  return chunk;
}

Result<std::string_view> TextSource::Read() {
  return converter_ == nullptr ? input_.NextChunk() : Convert();
}

// A chunk may convert to no text at all, such as half a character: that is not the end.
Result<std::string_view> TextSource::Convert() {
  text_.clear();
  while (text_.empty() && !ended_) {
    SELFSAME_ASSIGN_OR_RETURN(const std::string_view bytes, input_.NextChunk());
    ended_ = bytes.empty();
    // Room for encodings in which a byte may give two units.
    units_.resize(open_units_ + bytes.size() * 2 + kRoomUnits);
    const char* source = bytes.data();
    char16_t* target = units_.data() + open_units_;
    UErrorCode status = U_ZERO_ERROR;
    ucnv_toUnicode(converter_, &target, units_.data() + units_.size(), &source,
                   bytes.data() + bytes.size(), nullptr, ended_ ? 1 : 0, &status);
    if (U_FAILURE(status)) {
      return Error{ErrorCode::kInternal, "FILE_UNREADABLE",
                   fmt::format("converting the file to UTF-8 failed: {}", u_errorName(status))};
    }
    const auto count = static_cast<std::size_t>(target - units_.data());
    // The second half of a pair comes with the next chunk.
    open_units_ = !ended_ && count > 0 && U16_IS_LEAD(units_[count - 1]) ? 1 : 0;
    icu::UnicodeString(units_.data(), static_cast<std::int32_t>(count - open_units_))
        .toUTF8String(text_);
    if (open_units_ > 0) units_[0] = units_[count - 1];
  }
  return std::string_view(text_);
}

double TextSource::fraction_read() const {
  if (input_.disk_bytes() == 0) return 1;
  return std::min(1.0, static_cast<double>(input_.disk_bytes_read()) /
                           static_cast<double>(input_.disk_bytes()));
}

double TextSource::fraction(std::size_t unread) const {
  if (chunk_bytes_ == 0) return fraction_read();
  const double left = static_cast<double>(unread) / static_cast<double>(chunk_bytes_);
  return fraction_read() - (fraction_read() - fraction_before_) * left;
}

}  // namespace selfsame::cli
