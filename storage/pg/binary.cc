#include "storage/pg/binary.h"

#include <utility>

#include "base/check.h"

namespace selfsame::pg {
namespace {

template <typename Int>
void AppendBigEndian(std::string& out, Int value) {
  char raw[sizeof(Int)];
  for (std::size_t i = sizeof(Int); i-- > 0; value = static_cast<Int>(value >> 8)) {
    raw[i] = static_cast<char>(value & 0xff);
  }
  out.append(raw, sizeof(Int));
}

std::uint32_t ArrayOid(Oid element) {
  switch (element) {
    case Oid::kBytea: return 1001;
    case Oid::kInt8: return 1016;
    case Oid::kInt2: return 1005;
    case Oid::kInt4: return 1007;
    case Oid::kText: return 1009;
    case Oid::kTimestampTz: return 1185;
    case Oid::kUuid: return 2951;
  }
  return 0;
}

// Offset of the null flag within an array's header: after the number of dimensions.
constexpr std::size_t kNullFlagOffset = 4;

}  // namespace

void ByteWriter::Int16(std::int16_t value) {
  AppendBigEndian(bytes_, static_cast<std::uint16_t>(value));
}
void ByteWriter::Int32(std::int32_t value) {
  AppendBigEndian(bytes_, static_cast<std::uint32_t>(value));
}
void ByteWriter::Int64(std::int64_t value) {
  AppendBigEndian(bytes_, static_cast<std::uint64_t>(value));
}
void ByteWriter::PatchInt32(std::size_t at, std::int32_t value) {
  std::string patch;
  AppendBigEndian(patch, static_cast<std::uint32_t>(value));
  bytes_.replace(at, patch.size(), patch);
}

void FieldWriter::SmallInt(std::int16_t value) {
  Int32(2);
  Int16(value);
}
void FieldWriter::Int(std::int32_t value) {
  Int32(4);
  Int32(value);
}
void FieldWriter::BigInt(std::int64_t value) {
  Int32(8);
  Int64(value);
}
void FieldWriter::Time(TimeUs value) { BigInt(value.us - kPostgresEpochUs); }
void FieldWriter::Bytes(std::string_view value) {
  Int32(static_cast<std::int32_t>(value.size()));
  Raw(value);
}

Array::Array(Oid element, std::size_t count) : element_(element) {
  bytes().reserve(20 + count * 20);
  Int32(count == 0 ? 0 : 1);  // Dimensions.
  Int32(0);                   // Null flag.
  Int32(static_cast<std::int32_t>(element));
  if (count == 0) return;
  Int32(static_cast<std::int32_t>(count));
  Int32(1);  // Lower bound.
}

void Array::Null() {
  PatchInt32(kNullFlagOffset, 1);
  FieldWriter::Null();
}

Params& Params::Append(std::uint32_t type, std::string value) {
  types_.push_back(type);
  values_.push_back(std::move(value));
  return *this;
}

Params& Params::Int(std::int32_t value) {
  ByteWriter writer;
  writer.Int32(value);
  return Append(static_cast<std::uint32_t>(Oid::kInt4), std::move(writer.bytes()));
}
Params& Params::BigInt(std::int64_t value) {
  ByteWriter writer;
  writer.Int64(value);
  return Append(static_cast<std::uint32_t>(Oid::kInt8), std::move(writer.bytes()));
}
Params& Params::Time(TimeUs value) {
  ByteWriter writer;
  writer.Int64(value.us - kPostgresEpochUs);
  return Append(static_cast<std::uint32_t>(Oid::kTimestampTz), std::move(writer.bytes()));
}
Params& Params::SmallInt(std::int16_t value) {
  ByteWriter writer;
  writer.Int16(value);
  return Append(static_cast<std::uint32_t>(Oid::kInt2), std::move(writer.bytes()));
}

Params& Params::Uuid(std::string_view bytes) {
  return Append(static_cast<std::uint32_t>(Oid::kUuid), std::string(bytes));
}

Params& Params::Text(std::string_view text) {
  return Append(static_cast<std::uint32_t>(Oid::kText), std::string(text));
}

Params& Params::Add(Array array) {
  return Append(ArrayOid(array.element()), std::move(array.bytes()));
}

}  // namespace selfsame::pg
