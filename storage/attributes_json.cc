#include "storage/attributes_json.h"

#include <nlohmann/json.hpp>

#include "base/uuid.h"

namespace selfsame::storage {
namespace {

using nlohmann::json;

constexpr int kCompositeList = 2;

Error Malformed() {
  return {.code = ErrorCode::kInternal,
          .reason = "PROFILE_MALFORMED",
          .message = "stored attributes and provenance do not belong together"};
}

bool HasInt(const json& entry, const char* name) {
  return entry.contains(name) && entry[name].is_number_integer();
}

bool HasText(const json& entry, const char* name) {
  return entry.contains(name) && entry[name].is_string();
}

int IntOr(const json& entry, const char* name, int absent) {
  return HasInt(entry, name) ? entry[name].get<int>() : absent;
}

// Everything of a claim but its value. Operation and schema are absent where they are the usual:
// the row stays small.
json ClaimJson(const identity::Claim& claim) {
  json entry = {{"p", claim.trust_priority},
                {"t", claim.event_time.us},
                {"s", claim.source.value},
                {"k", claim.key},
                {"r", FormatUuid(claim.record_id)}};
  if (claim.operation != identity::ClaimOperation::kSet)
    entry["o"] = static_cast<int>(claim.operation);
  if (claim.schema.value != 0) entry["v"] = claim.schema.value;
  if (!claim.derived.empty()) entry["d"] = json::parse(claim.derived);
  return entry;
}

Result<identity::Claim> ParseClaim(const json& entry) {
  if (!entry.is_object() || !HasInt(entry, "p") || !HasInt(entry, "t") || !HasInt(entry, "s") ||
      !HasText(entry, "k") || !HasText(entry, "r")) {
    return Malformed();
  }
  const auto record_id = ParseUuid(entry["r"].get_ref<const std::string&>());
  if (!record_id) return Malformed();
  return identity::Claim{.trust_priority = entry["p"].get<int>(),
                         .event_time = TimeUs{entry["t"].get<std::int64_t>()},
                         .source = SourceId{entry["s"].get<std::int32_t>()},
                         .key = entry["k"].get<std::string>(),
                         .record_id = RecordId{*record_id},
                         .value = "null",
                         .operation = static_cast<identity::ClaimOperation>(IntOr(entry, "o", 1)),
                         .schema = SchemaId{IntOr(entry, "v", 0)},
                         .derived = entry.contains("d") ? entry["d"].dump() : ""};
}

json AdditionsJson(const identity::Additions& additions) {
  json entry = {{"n", additions.sum.Exact()}};
  if (additions.base) {
    entry["b"] = ClaimJson(*additions.base);
    entry["b"]["x"] = additions.base->value;
  }
  return entry;
}

Result<identity::Additions> ParseAdditions(const json& entry) {
  if (!entry.is_object() || !HasText(entry, "n")) return Malformed();
  const auto sum = identity::ExactSum::FromExact(entry["n"].get_ref<const std::string&>());
  if (!sum) return Malformed();
  identity::Additions additions{.base = std::nullopt, .sum = *sum};
  if (!entry.contains("b")) return additions;
  SELFSAME_ASSIGN_OR_RETURN(additions.base, ParseClaim(entry["b"]));
  if (!HasText(entry["b"], "x")) return Malformed();
  additions.base->value = entry["b"]["x"].get<std::string>();
  return additions;
}

// Everything of a folded attribute but its value.
Result<identity::Folded> ParseProvenance(const json& entry) {
  SELFSAME_ASSIGN_OR_RETURN(identity::Claim claim, ParseClaim(entry));
  const int composite = IntOr(entry, "c", 0);
  identity::Folded folded{.claim = std::move(claim),
                          .is_composite = composite != 0,
                          .is_list = composite == kCompositeList,
                          .additions = {}};
  if (entry.contains("a")) {
    SELFSAME_ASSIGN_OR_RETURN(folded.additions, ParseAdditions(entry["a"]));
  }
  return folded;
}

}  // namespace

std::string AttributesJson(const identity::Attributes& attributes) {
  json object = json::object();
  for (const auto& [name, folded] : attributes) {
    if (folded.HasValue()) object[name] = json::parse(folded.claim.value);
  }
  for (const auto& [name, derived] : identity::DerivedOf(attributes)) {
    object[name] = json::parse(derived.value);
  }
  return object.dump();
}

std::string ProvenanceJson(const identity::Attributes& attributes) {
  json object = json::object();
  for (const auto& [name, folded] : attributes) {
    json& entry = object[name];
    entry = ClaimJson(folded.claim);
    if (folded.is_composite) entry["c"] = folded.is_list ? kCompositeList : 1;
    if (folded.additions) entry["a"] = AdditionsJson(*folded.additions);
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
  if (with_value + identity::DerivedOf(parsed).size() != values.size()) return Malformed();
  return parsed;
}

}  // namespace selfsame::storage
