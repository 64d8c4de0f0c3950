#include "storage/pg/codec.h"

#include <sodium.h>

namespace selfsame::pg {
namespace {

// Moves past `c`, or fails.
void Expect(std::string_view& text, char c) {
  if (!text.starts_with(c)) throw pqxx::conversion_error("not an array of text");
  text.remove_prefix(1);
}

std::string TakeQuoted(std::string_view& text) {
  std::string value;
  Expect(text, '"');
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\\') text.remove_prefix(1);
    if (text.empty()) break;
    value.push_back(text.front());
    text.remove_prefix(1);
  }
  Expect(text, '"');
  return value;
}

std::string TakeBare(std::string_view& text) {
  const std::string value(text.substr(0, text.find_first_of(",}")));
  if (value.empty() || value == "NULL" || value.starts_with('{')) {
    throw pqxx::conversion_error("not a flat array of text without nulls");
  }
  text.remove_prefix(value.size());
  return value;
}

}  // namespace

std::string EncodeTime(TimeUs time) { return FormatRfc3339(time); }

// The session's time zone is UTC, so every time ends in "+00".
TimeUs DecodeTime(std::string_view text) {
  static constexpr std::string_view kUtc = "+00";
  if (!text.ends_with(kUtc)) throw pqxx::conversion_error("not a time in UTC");
  text.remove_suffix(kUtc.size());
  const auto time = ParseRfc3339(text);
  if (!time) throw pqxx::conversion_error("not a time");
  return *time;
}

std::string EncodeBytea(std::string_view bytes) {
  std::string hex(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  hex.pop_back();
  return "\\x" + hex;
}

std::string DecodeBytea(std::string_view text) {
  if (!text.starts_with("\\x")) throw pqxx::conversion_error("not a bytea in hex");
  text.remove_prefix(2);
  std::string bytes(text.size() / 2, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                     text.size(), nullptr, &size, &end) != 0 ||
      end != text.data() + text.size()) {
    throw pqxx::conversion_error("not a bytea in hex");
  }
  return bytes;
}

std::string EncodeTextArray(const std::vector<std::string>& values) {
  std::string array = "{";
  for (const std::string& value : values) {
    array += array.size() == 1 ? "\"" : ",\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') array.push_back('\\');
      array.push_back(c);
    }
    array.push_back('"');
  }
  return array + "}";
}

std::vector<std::string> DecodeTextArray(std::string_view text) {
  std::vector<std::string> values;
  Expect(text, '{');
  while (!text.starts_with('}')) {
    if (!values.empty()) Expect(text, ',');
    values.push_back(text.starts_with('"') ? TakeQuoted(text) : TakeBare(text));
  }
  Expect(text, '}');
  if (!text.empty()) throw pqxx::conversion_error("not an array of text");
  return values;
}

}  // namespace selfsame::pg
