// Values derived of others.
#include <nlohmann/json.hpp>
#include <utility>

#include "identity/fold.h"

namespace selfsame::identity {
namespace {

// Empty where nothing is derived.
nlohmann::json ObjectOf(const Claim& claim) {
  return nlohmann::json::parse(claim.derived, nullptr, /*allow_exceptions=*/false);
}

}  // namespace

std::optional<std::string> DerivedValue(const Claim& claim, const std::string& name) {
  const auto values = ObjectOf(claim);
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->dump());
}

std::map<std::string, Claim> DerivedOf(const Attributes& attributes) {
  std::map<std::string, Claim> derived;
  for (const auto& [name, folded] : attributes) {
    if (!folded.HasValue() || folded.claim.derived.empty()) continue;
    const auto values = ObjectOf(folded.claim);
    for (const auto& [of, value] : values.items()) {
      const auto own = attributes.find(of);
      if (own != attributes.end() && own->second.HasValue()) continue;
      Claim claim = folded.claim;
      claim.value = value.dump();
      claim.derived.clear();
      derived.emplace(of, std::move(claim));
    }
  }
  return derived;
}

}  // namespace selfsame::identity
