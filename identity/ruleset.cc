#include "identity/ruleset.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "identity/default_ruleset.h"
#include "identity/ruleset_toml.h"

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

Survivorship Ruleset::SurvivorshipOf(std::string_view attribute) const {
  const auto found = fields.find(attribute);
  return found == fields.end() ? survivorship : found->second;
}

bool Ruleset::IsGenericMailbox(std::string_view kind, std::string_view value) const {
  if (generic_mailboxes.empty()) return false;
  const KindRule* rule = Find(kind);
  return rule != nullptr && rule->canonical == Canonical::kEmail &&
         generic_mailboxes.contains(GenericLocalPart(value));
}

std::string GenericLocalPart(std::string_view address) {
  std::string_view local = address.substr(0, std::min(address.rfind('@'), address.size()));
  if (local.size() == address.size()) return {};
  local = local.substr(0, std::min(local.find('+'), local.size()));
  std::string plain;
  for (const char c : local) {
    if (c != '.' && c != '-' && c != '_') plain += c;
  }
  // npos + 1 is 0: all digits.
  plain.erase(plain.find_last_not_of("0123456789") + 1);
  return plain;
}

const Ruleset& DefaultRuleset() {
  static const Ruleset kRuleset = [] {
    auto parsed = ParseRuleset(DefaultRulesetToml());
    SELFSAME_CHECK(parsed.ok());  // Compiled in.
    return std::move(*parsed);
  }();
  return kRuleset;
}

std::string_view DefaultRulesetToml() { return DefaultRulesetFiles()[0].text; }

}  // namespace selfsame::identity
