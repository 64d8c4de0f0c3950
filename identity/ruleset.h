// The rules of identity as data: kinds of identifiers, their priority, how many of each a person
// may have, the values that stand for nobody, and how large a component may grow.
#ifndef SELFSAME_IDENTITY_RULESET_H_
#define SELFSAME_IDENTITY_RULESET_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace selfsame::identity {

// How a kind's values are brought to canonical form.
enum class Canonical { kOpaque, kEmail, kPhone };

struct KindRule {
  std::string kind;
  int priority = 0;          // Lower is stronger; the strongest identifier of a record is its anchor.
  int per_person_max = 0;    // At most this many identifiers of the kind in one profile; 1 = unique.
  Canonical canonical = Canonical::kOpaque;
};

struct Ruleset {
  std::vector<KindRule> kinds;  // Built-in kinds, by priority.
  KindRule custom;              // For every "namespace:name" kind; its `kind` is empty.
  int component_nodes_max = 0;  // Larger unions are refused (COMPONENT_LIMIT).

  // The rule of a kind, or null for a kind that is neither listed nor of the form
  // "namespace:name" with parts of [a-z][a-z0-9_]{0,31}.
  const KindRule* Find(std::string_view kind) const;
};

// The ruleset that ships: customer_id (1), email (5), phone (5), device_id (10),
// anonymous_id (50), custom kinds (50); 5,000 identifiers a component.
const Ruleset& DefaultRuleset();

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_RULESET_H_
