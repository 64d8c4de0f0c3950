// Rulesets as text: what operators write and the database stores. The one that ships,
// identity/default_ruleset.toml, shows every key.
#ifndef SELFSAME_IDENTITY_RULESET_TOML_H_
#define SELFSAME_IDENTITY_RULESET_TOML_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/ruleset.h"

namespace selfsame::identity {

// A ruleset from its text. Keys that are not known are errors, since they are misspelt rules.
// Errors: kInvalidArgument RULESET_MALFORMED (not TOML, with the line) or RULESET_INVALID, with a
// violation for everything that is wrong with it. Thread-safe.
Result<Ruleset> ParseRuleset(std::string_view toml);

// What is different in `after`, a line each, for people: "kinds.email.limit: 5 -> 3". Empty when
// both rule alike, however they are written.
std::vector<std::string> DiffRulesets(const Ruleset& before, const Ruleset& after);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_RULESET_TOML_H_
