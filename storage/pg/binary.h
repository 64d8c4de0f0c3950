// PostgreSQL's binary format, both directions: parameters and arrays for statements, rows for
// COPY. Pure bytes, no connection. The hot path's statements send a batch as one array a column,
// which is what makes them cheap; libpqxx 6.4 can send neither.
#ifndef SELFSAME_STORAGE_PG_BINARY_H_
#define SELFSAME_STORAGE_PG_BINARY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace selfsame::pg {

// Types the hot path uses, by their fixed oid (pg_type.dat).
enum class Oid : std::uint32_t {
  kBytea = 17,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kTimestampTz = 1184,
  kUuid = 2950,
};

// Appends values in network order. The base of the three writers below; owned by one thread.
class ByteWriter {
 public:
  void Int16(std::int16_t value);
  void Int32(std::int32_t value);
  void Int64(std::int64_t value);
  void Raw(std::string_view bytes) { bytes_.append(bytes); }
  void PatchInt32(std::size_t at, std::int32_t value);

  std::string& bytes() { return bytes_; }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// A value preceded by its length, as arrays and COPY rows hold it.
class FieldWriter : public ByteWriter {
 public:
  void Null() { Int32(-1); }
  void SmallInt(std::int16_t value);
  void Int(std::int32_t value);
  void BigInt(std::int64_t value);
  void Time(TimeUs value);
  // uuid, text and bytea alike: their binary form is their bytes.
  void Bytes(std::string_view value);
};

// A one-dimensional array of `count` elements to come, by the methods of FieldWriter.
class Array : public FieldWriter {
 public:
  Array(Oid element, std::size_t count);
  Oid element() const { return element_; }
  void Null();  // Also raises the array's null flag.

 private:
  const Oid element_;
};

// The parameters of one statement, $1 first.
class Params {
 public:
  Params& SmallInt(std::int16_t value);
  Params& Int(std::int32_t value);
  Params& BigInt(std::int64_t value);
  Params& Time(TimeUs value);
  Params& Uuid(std::string_view bytes);
  Params& Text(std::string_view text);
  Params& Add(Array array);

  int count() const { return static_cast<int>(types_.size()); }
  const std::vector<std::uint32_t>& types() const { return types_; }
  const std::vector<std::string>& values() const { return values_; }

 private:
  Params& Append(std::uint32_t type, std::string value);

  std::vector<std::uint32_t> types_;
  std::vector<std::string> values_;
};

// Microseconds between 1970-01-01, our epoch, and 2000-01-01, PostgreSQL's.
inline constexpr std::int64_t kPostgresEpochUs = 946'684'800'000'000;

}  // namespace selfsame::pg

#endif  // SELFSAME_STORAGE_PG_BINARY_H_
