// The rules of identity as data: kinds of identifiers, their priority, how many of each a person
// may have, when an identifier counts as shared, the values that stand for nobody, how large a
// component may grow, and how claims become values. How they are written is
// identity/ruleset_toml.h.
#ifndef SELFSAME_IDENTITY_RULESET_H_
#define SELFSAME_IDENTITY_RULESET_H_

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "identity/blocked.h"

namespace selfsame::identity {

// The kind that sources may give to one customer at most (identity/resolve.h, kOneCustomer).
inline constexpr std::string_view kAnonymousId = "anonymous_id";

// How a kind's values are brought to canonical form.
enum class Canonical { kOpaque, kEmail, kPhone };

struct KindRule {
  std::string kind;
  int priority = 0;        // Lower is stronger; the strongest identifier of a record is its anchor.
  int per_person_max = 0;  // At most this many identifiers of the kind in one profile.
  // Zero: ever. Otherwise at most per_person_max whose first evidence lies within any such span.
  std::chrono::microseconds window{0};
  // Linked with more identifiers of unique kinds than this, it is shared; zero: never.
  int shared_above = 0;
  // Seen with more different names of people than this, it is shared; zero: never.
  int names_above = 0;
  Canonical canonical = Canonical::kOpaque;

  // Of which a person has one, whenever.
  bool IsUnique() const { return per_person_max == 1 && window.count() == 0; }
  // More identifiers of unique kinds than this make it shared; zero: no number does.
  int SharedAbove(bool is_of_one_customer) const { return is_of_one_customer ? 1 : shared_above; }
  bool operator==(const KindRule&) const = default;
};

// How the claims of an attribute become its value.
enum class Survivorship {
  kLatest,  // The most trusted source, then the latest event time.
  kEarliest,
  kMin,
  kMax,
  kLongest,
  kMostFrequent,  // Ties: the latest.
  kUnion,         // All values, each once.
  kSum,
};

struct Ruleset {
  int version = 0;  // As stored; 0: the one that ships.
  // Since which it is in force, without another in between; 0: since ever, or it is not in force.
  int activation = 0;
  std::string name;
  std::vector<KindRule> kinds;  // By priority.
  KindRule custom;              // For every "namespace:name" kind; its `kind` is empty.
  int component_nodes_max = 0;  // Larger unions are refused (COMPONENT_LIMIT).
  std::shared_ptr<const BlockedValues> blocked = std::make_shared<const BlockedValues>();
  // Local parts of addresses that many people write from, as GenericLocalPart writes them.
  std::set<std::string, std::less<>> generic_mailboxes;
  Survivorship survivorship = Survivorship::kLatest;
  std::map<std::string, Survivorship, std::less<>> fields;  // By attribute, where it differs.
  std::map<std::string, int, std::less<>> source_trust;     // By source, where it differs.

  // The rule of a kind, or null for a kind that is neither listed nor of the form
  // "namespace:name" with parts of [a-z][a-z0-9_]{0,31}.
  const KindRule* Find(std::string_view kind) const;
  Survivorship SurvivorshipOf(std::string_view attribute) const;
  // True for an address that many people write from: an identifier that links nobody. Requires: the
  // canonical value.
  bool IsGenericMailbox(std::string_view kind, std::string_view value) const;
  // True for a value that links nobody: it stands for nobody, or is a generic mailbox.
  bool LinksNobody(std::string_view kind, std::string_view value) const {
    return blocked->Blocks(kind, value) || IsGenericMailbox(kind, value);
  }
};

// The local part of an address without full stops, hyphens, underscores, a "+" tag and digits at
// its end; what is left of "call-center2+eu@x.io" is "callcenter". Empty for what is no address.
std::string GenericLocalPart(std::string_view address);

// "latest", "most_frequent" ... as rulesets and replies name it.
std::string_view SurvivorshipName(Survivorship survivorship);

// The ruleset that ships (identity/default_ruleset.toml).
const Ruleset& DefaultRuleset();

// Its text.
std::string_view DefaultRulesetToml();

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_RULESET_H_
