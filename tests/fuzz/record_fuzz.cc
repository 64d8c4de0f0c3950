// Any bytes as the fields of a record: preparation never crashes, and either settles the record,
// names what is wrong with it, or makes it fit to be committed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "base/check.h"
#include "server/ingest/prepare.h"
#include "tests/support/built_in_catalog.h"

namespace {

using selfsame::ingest::IncomingRecord;
using selfsame::ingest::PreparedRecord;

// Cuts fields off the front of the input: one length byte, then so many bytes.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}
  std::uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  std::string_view Text() {
    const std::string_view text = rest_.substr(0, Byte());
    rest_.remove_prefix(std::min(text.size(), rest_.size()));
    return text;
  }

 private:
  std::string_view rest_;
};

const selfsame::schema::Catalog& TheCatalog() {
  static const selfsame::schema::Catalog catalog(selfsame::test::BuiltInVersions());
  return catalog;
}

std::string_view SchemaName(std::uint8_t choice) {
  const auto schemas = TheCatalog().schemas();
  return schemas[choice % schemas.size()].name;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const char* kKinds[] = {"customer_id", "email",  "phone",
                                 "device_id",   "crm:id", "no such kind"};
  static const std::string kNodeKey(32, 'k');
  Fields fields({reinterpret_cast<const char*>(data), size});
  IncomingRecord incoming;
  const std::uint8_t flags = fields.Byte();
  incoming.kind = (flags & 1) != 0 ? selfsame::ingest::RecordKind::kEvent
                                   : selfsame::ingest::RecordKind::kProfileUpdate;
  incoming.format = (flags & 2) != 0 ? selfsame::ingest::PayloadFormat::kJson
                                     : selfsame::ingest::PayloadFormat::kProtobuf;
  incoming.has_event_time = (flags & 4) == 0;
  incoming.event_seconds = fields.Byte() * 10'000'000LL;
  incoming.key = fields.Text();
  incoming.schema_name = SchemaName(fields.Byte());
  for (int i = flags >> 5; i > 0; --i) {
    const char* kind = kKinds[fields.Byte() % std::size(kKinds)];
    incoming.identifiers.push_back({kind, fields.Text()});
  }
  incoming.payload = fields.Text();
  const PreparedRecord record =
      selfsame::ingest::Prepare(incoming, {.node_key = kNodeKey,
                                           .source = {1},
                                           .catalog = TheCatalog(),
                                           .customs = {},
                                           .rules = selfsame::identity::DefaultRuleset(),
                                           .now = {1'700'000'000'000'000}});
  SELFSAME_CHECK(record.IsSettled() || record.IsQuarantined() || !record.mentions.empty());
  return 0;
}
