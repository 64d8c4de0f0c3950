#include "server/ingest/name_hash.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "identity/node_id.h"
#include "server/normalize/text.h"

namespace selfsame::ingest {
namespace {

// The text of the first top-level field with this format that is claimed; else empty.
std::string TextOf(options::v1::Format format, const schema::Entries& entries,
                   std::span<const schema::AttributeValue> attributes) {
  for (const std::uint16_t index : entries.top_level) {
    const schema::Entry& entry = entries.all[index];
    if (entry.format != format) continue;
    const auto claimed = std::find_if(attributes.begin(), attributes.end(),
                                      [&](const auto& one) { return one.first == entry.path; });
    if (claimed == attributes.end()) continue;
    const auto value = nlohmann::json::parse(claimed->second, nullptr, false);
    if (value.is_string()) return value.get<std::string>();
  }
  return {};
}

}  // namespace

NodeId NameHash(std::string_view node_key, const schema::Schema& schema,
                std::span<const schema::AttributeValue> attributes) {
  const schema::Entries& entries = schema.compiled->entries();
  std::string name = TextOf(options::v1::FORMAT_FULL_NAME, entries, attributes);
  if (name.empty()) {
    name = TextOf(options::v1::FORMAT_GIVEN_NAME, entries, attributes) + ' ' +
           TextOf(options::v1::FORMAT_FAMILY_NAME, entries, attributes);
  }
  if (!normalize::IsUsableText(name)) return {};
  const std::string key = normalize::MatchKey(name);
  return key.empty() ? NodeId{} : identity::NodeIdOf(node_key, "~name", key);
}

}  // namespace selfsame::ingest
