// JSON texts as RFC 8259 has them, and nothing else: no comments, no trailing commas, no bare
// names. What the values mean to a schema is json_payload.h's.
#ifndef SELFSAME_SERVER_SCHEMA_JSON_TEXT_H_
#define SELFSAME_SERVER_SCHEMA_JSON_TEXT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace selfsame::schema {

struct JsonMember;

// One value. Refers to the text it was read from.
struct JsonValue {
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool truth = false;               // Of kBool.
  std::string string;               // Of kString, without escapes.
  std::vector<JsonValue> items;     // Of kArray.
  std::vector<JsonMember> members;  // Of kObject, as written: names may repeat.
  std::string_view text;            // As written; of a kNumber all there is.

  bool Is(Kind other) const { return kind == other; }
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// The one value of a text. Nothing when the text is not JSON, is not UTF-8, or nests deeper than
// `depth_max`. Numbers may be of any size: whether one fits is decided where it goes. Work and
// memory are linear in the text. Thread-safe.
std::optional<JsonValue> ParseJsonText(std::string_view text, int depth_max);

// Whether a text is a number as JSON writes one.
bool IsJsonNumber(std::string_view text);

// How deep the brackets of a JSON text nest, outside of its strings. Takes any text.
int NestingOf(std::string_view json);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_JSON_TEXT_H_
