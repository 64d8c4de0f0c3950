#include "storage/attributes_json.h"

#include <nlohmann/json.hpp>

#include "base/uuid.h"

namespace selfsame::storage {
namespace {

using nlohmann::json;

Error Malformed() {
  return {.code = ErrorCode::kInternal, .reason = "PROFILE_MALFORMED",
          .message = "stored attributes and provenance do not belong together"};
}

// Everything of a claim but its value.
Result<identity::Claim> ParseProvenance(const json& entry) {
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
  return identity::Claim{.trust_priority = entry["p"].get<int>(),
                         .event_time = TimeUs{entry["t"].get<std::int64_t>()},
                         .source = SourceId{entry["s"].get<std::int32_t>()},
                         .key = entry["k"].get<std::string>(),
                         .record_id = RecordId{*record_id},
                         .value = {}};
}

}  // namespace

std::string AttributesJson(const identity::Attributes& attributes) {
  json object = json::object();
  for (const auto& [name, claim] : attributes) object[name] = json::parse(claim.value);
  return object.dump();
}

std::string ProvenanceJson(const identity::Attributes& attributes) {
  json object = json::object();
  for (const auto& [name, claim] : attributes) {
    object[name] = {{"p", claim.trust_priority},
                    {"t", claim.event_time.us},
                    {"s", claim.source.value},
                    {"k", claim.key},
                    {"r", FormatUuid(claim.record_id)}};
  }
  return object.dump();
}

Result<identity::Attributes> ParseAttributes(std::string_view attributes,
                                             std::string_view provenance) {
  const json values = json::parse(attributes, nullptr, /*allow_exceptions=*/false);
  const json sources = json::parse(provenance, nullptr, /*allow_exceptions=*/false);
  if (!values.is_object() || !sources.is_object() || values.size() != sources.size()) {
    return Malformed();
  }
  identity::Attributes parsed;
  for (const auto& [name, value] : values.items()) {
    if (!sources.contains(name)) return Malformed();
    SELFSAME_ASSIGN_OR_RETURN(identity::Claim claim, ParseProvenance(sources[name]));
    claim.value = value.dump();
    parsed.emplace(name, std::move(claim));
  }
  return parsed;
}

}  // namespace selfsame::storage
