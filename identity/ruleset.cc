#include "identity/ruleset.h"

#include <algorithm>

namespace selfsame::identity {
namespace {

constexpr std::size_t kKindPartBytesMax = 32;

bool IsKindPart(std::string_view part) {
  if (part.empty() || part.size() > kKindPartBytesMax) return false;
  if (part[0] < 'a' || part[0] > 'z') return false;
  return std::all_of(part.begin(), part.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool IsCustomKind(std::string_view kind) {
  const std::size_t colon = kind.find(':');
  return colon != std::string_view::npos && IsKindPart(kind.substr(0, colon)) &&
         IsKindPart(kind.substr(colon + 1));
}

}  // namespace

const KindRule* Ruleset::Find(std::string_view kind) const {
  for (const KindRule& rule : kinds) {
    if (rule.kind == kind) return &rule;
  }
  return IsCustomKind(kind) ? &custom : nullptr;
}

const Ruleset& DefaultRuleset() {
  static const Ruleset kRuleset{
      .kinds =
          {
              {.kind = "customer_id", .priority = 1, .per_person_max = 1},
              {.kind = "email", .priority = 2, .per_person_max = 5, .canonical = Canonical::kEmail},
              {.kind = "phone", .priority = 3, .per_person_max = 5, .canonical = Canonical::kPhone},
              {.kind = "device_id", .priority = 4, .per_person_max = 10},
              {.kind = "anonymous_id", .priority = 5, .per_person_max = 50},
          },
      .custom = {.kind = "", .priority = 6, .per_person_max = 50},
      .component_nodes_max = 5000,
  };
  return kRuleset;
}

}  // namespace selfsame::identity
