#include "storage/attributes_json.h"

#include <nlohmann/json.hpp>

#include "base/uuid.h"

namespace selfsame::storage {
namespace {

using nlohmann::json;

Error Malformed() {
  return {.code = ErrorCode::kInternal,
          .reason = "PROFILE_MALFORMED",
          .message = "stored attributes and provenance do not belong together"};
}

// Everything of a folded attribute but its value.
Result<identity::Folded> ParseProvenance(const json& entry) {
  const auto has_int = [&](const char* name) {
    return entry.contains(name) && entry[name].is_number_integer();
  };
  const auto has_text = [&](const char* name) {
    return entry.contains(name) && entry[name].is_string();
  };
  if (!entry.is_object() || !has_int("p") || !has_int("t") || !has_int("s") || !has_text("k") ||
      !has_text("r")) {
    return Malformed();
  }
  const auto record_id = ParseUuid(entry["r"].get_ref<const std::string&>());
  if (!record_id) return Malformed();
  const auto int_or = [&](const char* name, int absent) {
    return has_int(name) ? entry[name].get<int>() : absent;
  };
  return identity::Folded{
      .claim = {.trust_priority = entry["p"].get<int>(),
                .event_time = TimeUs{entry["t"].get<std::int64_t>()},
                .source = SourceId{entry["s"].get<std::int32_t>()},
                .key = entry["k"].get<std::string>(),
                .record_id = RecordId{*record_id},
                .value = "null",
                .operation = static_cast<identity::ClaimOperation>(int_or("o", 1)),
                .schema = SchemaId{int_or("v", 0)}},
      .is_composite = int_or("c", 0) == 1};
}

}  // namespace

std::string AttributesJson(const identity::Attributes& attributes) {
  json object = json::object();
  for (const auto& [name, folded] : attributes) {
    if (folded.HasValue()) object[name] = json::parse(folded.claim.value);
  }
  return object.dump();
}

std::string ProvenanceJson(const identity::Attributes& attributes) {
  json object = json::object();
  for (const auto& [name, folded] : attributes) {
    const identity::Claim& claim = folded.claim;
    json& entry = object[name];
    entry = {{"p", claim.trust_priority},
             {"t", claim.event_time.us},
             {"s", claim.source.value},
             {"k", claim.key},
             {"r", FormatUuid(claim.record_id)}};
    // Absent where they are the usual: the row stays small.
    if (claim.operation != identity::ClaimOperation::kSet)
      entry["o"] = static_cast<int>(claim.operation);
    if (claim.schema.value != 0) entry["v"] = claim.schema.value;
    if (folded.is_composite) entry["c"] = 1;
  }
  return object.dump();
}

Result<identity::Attributes> ParseAttributes(std::string_view attributes,
                                             std::string_view provenance) {
  const json values = json::parse(attributes, nullptr, /*allow_exceptions=*/false);
  const json sources = json::parse(provenance, nullptr, /*allow_exceptions=*/false);
  if (!values.is_object() || !sources.is_object()) return Malformed();
  identity::Attributes parsed;
  std::size_t with_value = 0;
  for (const auto& [name, source] : sources.items()) {
    SELFSAME_ASSIGN_OR_RETURN(identity::Folded folded, ParseProvenance(source));
    if (folded.HasValue()) {
      if (!values.contains(name)) return Malformed();
      folded.claim.value = values[name].dump();
      ++with_value;
    }
    parsed.emplace(name, std::move(folded));
  }
  if (with_value != values.size()) return Malformed();
  return parsed;
}

}  // namespace selfsame::storage
