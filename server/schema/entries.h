// Catalog entries: what a schema says of each of its fields, for people. Also the gate: a field
// that nobody owns or that has no purpose is not let in.
#ifndef SELFSAME_SERVER_SCHEMA_ENTRIES_H_
#define SELFSAME_SERVER_SCHEMA_ENTRIES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "selfsame/options/v1/options.pb.h"
#include "server/schema/finding.h"

namespace google::protobuf {
class Descriptor;
}

namespace selfsame::schema {

// One field, with what it has from its message or from the field that holds the message.
struct Entry {
  std::string path;       // Within the message: "items.sku".
  std::string full_name;  // "shop.v1.Item.sku".
  std::string type;       // "string", "repeated int32", "shop.v1.Money".
  std::string owner;
  std::string purpose;
  options::v1::DataClass data_class = options::v1::DATA_CLASS_UNSPECIFIED;
  options::v1::LegalBasis legal_basis = options::v1::LEGAL_BASIS_UNSPECIFIED;
  std::uint32_t retention_days = 0;
  options::v1::Format format = options::v1::FORMAT_UNSPECIFIED;
  bool is_required = false;
  bool is_recommended = false;
  bool is_deprecated = false;
  bool is_leaf = true;  // False: a message whose fields have entries of their own.
  std::vector<std::string> consumers;
  // Of a message: the entries of its fields, by the index of each field; empty where it lies in
  // itself.
  std::vector<std::uint16_t> inner;
};

// More fields than any schema has that people could look through, counting those of a message
// wherever it lies; and the longest path of one.
inline constexpr std::size_t kEntriesMax = 10'000;
inline constexpr std::size_t kEntryPathBytesMax = 1'000;

struct Entries {
  std::vector<Entry> all;
  bool is_complete = true;               // False: cut at one of the two bounds.
  std::vector<std::uint16_t> top_level;  // By the index of each field of the schema's message.
};

// In the order of the message, each message's fields after the field that holds it. A message
// within itself is not entered again.
Entries EntriesOf(const google::protobuf::Descriptor& message);

// CATALOG_ENTRY_REQUIRED for each leaf without owner, purpose, class or retention, naming all that
// is missing; at most kFindingsMax.
std::vector<Finding> CheckEntries(const std::vector<Entry>& entries);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_ENTRIES_H_
