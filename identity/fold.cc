#include "identity/fold.h"

#include <tuple>

namespace selfsame::identity {

bool Prevails(const Claim& a, const Claim& b) {
  if (a.trust_priority != b.trust_priority) return a.trust_priority < b.trust_priority;
  return std::tie(a.event_time, a.source, a.key) > std::tie(b.event_time, b.source, b.key);
}

bool FoldClaim(Attributes& attributes, const std::string& name, const Claim& claim) {
  const auto [at, inserted] = attributes.try_emplace(name, claim);
  if (inserted) return true;
  if (!Prevails(claim, at->second)) return false;
  at->second = claim;
  return true;
}

void FoldAttributes(Attributes& attributes, const Attributes& other) {
  for (const auto& [name, claim] : other) FoldClaim(attributes, name, claim);
}

}  // namespace selfsame::identity
