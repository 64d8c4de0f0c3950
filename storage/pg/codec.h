// How our types travel through libpqxx, as text. The one place for conversions: with these, ids,
// times, arrays and bytes are parameters of Exec (storage/pg/session.h) and targets of
// field.as<T>() like any built-in type. The bulk path has its own, binary: storage/pg/binary.h.
//
//   IntId            int
//   Id128            uuid
//   TimeUs           timestamptz; written as RFC 3339, read as ISO in UTC, both exact to the
//                    microsecond and readable in a trace. Years 0001 to 9999.
//   Bytea            bytea, as hex
//   vector<string>   text[] of one dimension without nulls
//   string_view      text, parameters only
//
// What does not convert throws, within libpqxx's own convention; Session::InTransaction stops it.
#ifndef SELFSAME_STORAGE_PG_CODEC_H_
#define SELFSAME_STORAGE_PG_CODEC_H_

#include <pqxx/except>
#include <pqxx/strconv>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "base/uuid.h"

namespace selfsame::pg {

// The bytes of a bytea. A type of its own, so that text never becomes bytea by mistake.
struct Bytea {
  std::string bytes;
};

std::string EncodeTime(TimeUs time);
TimeUs DecodeTime(std::string_view text);
std::string EncodeBytea(std::string_view bytes);
std::string DecodeBytea(std::string_view text);
std::string EncodeTextArray(const std::vector<std::string>& values);
std::vector<std::string> DecodeTextArray(std::string_view text);

// What every specialization below shares: no value of ours stands for NULL. Optional columns are
// read with field.is_null() and written as nullptr.
template <typename T>
struct NeverNull {
  static constexpr const char* name() noexcept { return "selfsame value"; }
  static constexpr bool has_null() noexcept { return false; }
  static bool is_null(const T&) { return false; }
  [[noreturn]] static T null() { throw pqxx::conversion_error("unexpected null"); }
};

}  // namespace selfsame::pg

namespace pqxx {

template <typename Tag, typename Int>
struct string_traits<selfsame::IntId<Tag, Int>>
    : selfsame::pg::NeverNull<selfsame::IntId<Tag, Int>> {
  static void from_string(const char text[], selfsame::IntId<Tag, Int>& id) {
    string_traits<Int>::from_string(text, id.value);
  }
  static std::string to_string(selfsame::IntId<Tag, Int> id) {
    return string_traits<Int>::to_string(id.value);
  }
};

template <typename Tag>
struct string_traits<selfsame::Id128<Tag>> : selfsame::pg::NeverNull<selfsame::Id128<Tag>> {
  static void from_string(const char text[], selfsame::Id128<Tag>& id) {
    const auto bytes = selfsame::ParseUuid(text);
    if (!bytes) throw conversion_error("not a uuid");
    id.bytes = *bytes;
  }
  static std::string to_string(const selfsame::Id128<Tag>& id) { return selfsame::FormatUuid(id); }
};

template <>
struct string_traits<selfsame::TimeUs> : selfsame::pg::NeverNull<selfsame::TimeUs> {
  static void from_string(const char text[], selfsame::TimeUs& time) {
    time = selfsame::pg::DecodeTime(text);
  }
  static std::string to_string(selfsame::TimeUs time) { return selfsame::pg::EncodeTime(time); }
};

template <>
struct string_traits<selfsame::pg::Bytea> : selfsame::pg::NeverNull<selfsame::pg::Bytea> {
  static void from_string(const char text[], selfsame::pg::Bytea& value) {
    value.bytes = selfsame::pg::DecodeBytea(text);
  }
  static std::string to_string(const selfsame::pg::Bytea& value) {
    return selfsame::pg::EncodeBytea(value.bytes);
  }
};

template <>
struct string_traits<std::vector<std::string>> : selfsame::pg::NeverNull<std::vector<std::string>> {
  static void from_string(const char text[], std::vector<std::string>& values) {
    values = selfsame::pg::DecodeTextArray(text);
  }
  static std::string to_string(const std::vector<std::string>& values) {
    return selfsame::pg::EncodeTextArray(values);
  }
};

template <>
struct string_traits<std::string_view> : selfsame::pg::NeverNull<std::string_view> {
  static std::string to_string(std::string_view text) { return std::string(text); }
};

}  // namespace pqxx

#endif  // SELFSAME_STORAGE_PG_CODEC_H_
