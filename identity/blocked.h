// Values that sources send when they mean "nobody": never identifiers. Which they are is the
// ruleset's to say; docs/IDENTIFIERS.md has those of the one that ships.
#ifndef SELFSAME_IDENTITY_BLOCKED_H_
#define SELFSAME_IDENTITY_BLOCKED_H_

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"

namespace selfsame::identity {

// What no pattern can say.
enum class BlockedShape {
  kOneCharacterRepeated,  // "1111111111": eight or more, of a letter four; dashes, plus signs
                          // aside.
  kSameWordTwice,         // "asdf@asdf.com": the same word on both sides of an address.
};

struct BlockedRule {
  std::vector<std::string> kinds;     // Empty: every kind.
  std::vector<std::string> values;    // Compared without case.
  std::vector<std::string> patterns;  // RE2, of the whole value in lower case.
  std::vector<BlockedShape> shapes;

  bool operator==(const BlockedRule&) const = default;
};

// Rules ready to be asked. Immutable and thread-safe.
class BlockedValues {
 public:
  BlockedValues();
  ~BlockedValues();
  BlockedValues(const BlockedValues&) = delete;
  BlockedValues& operator=(const BlockedValues&) = delete;

  // Errors: kInvalidArgument PATTERN_MALFORMED, which names the pattern.
  static Result<std::shared_ptr<const BlockedValues>> Compile(std::vector<BlockedRule> rules);

  // True for a value that stands for nobody when it is given as an identifier of this kind: by its
  // normal form (NormalizeText), without case, as it is and within its quotes, brackets and
  // "Optional(...)". The empty one always.
  // Requires: UTF-8.
  bool Blocks(std::string_view kind, std::string_view value) const;

  const std::vector<BlockedRule>& rules() const { return rules_; }

 private:
  struct Compiled;

  bool BlocksBare(std::string_view kind, const std::string& bare) const;

  std::vector<BlockedRule> rules_;
  std::vector<std::unique_ptr<const Compiled>> compiled_;  // Of each rule.
};

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_BLOCKED_H_
