// Fold: what a profile says, from what its sources claimed. Pure and order-independent (INV-5): the
// value of an attribute is a function of the set of its claims.
//
// FoldField is that function. FoldClaim and FoldJoin are short cuts for what is nearly always said:
// they either agree with it or say that all has to be folded again.
#ifndef SELFSAME_IDENTITY_FOLD_H_
#define SELFSAME_IDENTITY_FOLD_H_

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "identity/fold_values.h"
#include "identity/ruleset.h"

namespace selfsame::identity {

// What a claim does to its attribute; values are stored in claims.operation.
enum class ClaimOperation : std::int16_t {
  kSet = 1,
  kSetOnce = 2,  // Fills an attribute that nothing sets.
  kUnset = 3,    // Empties it as of its time; a later claim fills it again.
  kAdd = 4,      // To the number that holds at its time.
  kAppend = 5,   // Elements to the list that holds at its time, each once.
  kRemove = 6,   // Elements from it.
};

// What one source says of one attribute as of one time.
struct Claim {
  int trust_priority = 0;  // Of the source; lower wins.
  TimeUs event_time;       // Clamped to five minutes after receipt.
  SourceId source;
  std::string key;  // Of the record, unique within the source.
  RecordId record_id;
  std::string value;  // JSON text; of an unset "null".
  ClaimOperation operation = ClaimOperation::kSet;
  SchemaId schema;
  // A JSON object of values derived of this one, such as a phone number's extension; empty: none.
  // They come and go with the claim.
  std::string derived = {};

  bool operator==(const Claim&) const = default;
};

// True when `a` is the later one: by event time; of one time, an unset is before a set, and both
// are before what is added, appended and removed; then the greater value (CompareValues) is the
// later one, then the source created later, then the greater key. A total order over claims of
// different records.
bool IsLater(const Claim& a, const Claim& b);

// True when `a` prevails over `b` by the rule kLatest: the more trusted source, then the later one.
bool Prevails(const Claim& a, const Claim& b);

// What was added to an attribute, kept with it so that the next addition takes no look at those
// before: there may be hundreds of thousands.
struct Additions {
  std::optional<Claim> base;  // The set or unset that they are added to, where there is one.
  ExactSum sum;               // Of those that count: by kLatest, the ones later than the base.

  bool operator==(const Additions&) const = default;
};

// An attribute as folded.
struct Folded {
  // The claim the value comes from, with that value. By kLatest it is the one since which the value
  // has been what it is: of the claims by the most trusted sources, the first of the unbroken run
  // that says so. By kMostFrequent it is the first that says so, by kUnion the one that completed
  // the list, and of what is added, appended or removed, the latest part. So that what confirms a
  // value changes nothing, whatever the order of arrival (docs/adr/0006). An unset is folded as
  // well, and has no value: it stands against what is older.
  Claim claim;
  // Claims other than sets and unsets, or a rule that takes more than one of them, have a part in
  // it: the claim alone does not say how the next one changes it.
  bool is_composite = false;
  // Nothing but sets, unsets, and elements appended and removed by kLatest made it: what comes
  // later than all of them needs none of them.
  bool is_list = false;
  // Where nothing but sets, unsets and additions by kLatest made it, or nothing but sets by kSum.
  std::optional<Additions> additions;

  bool HasValue() const { return claim.operation != ClaimOperation::kUnset; }
  bool operator==(const Folded&) const = default;
};

// Folds all claims of one attribute; nothing where none of them makes it be anything.
//   kLatest         the set or unset that prevails;
//   the others      the sets later than every unset, by the rule;
//   sets once       the earliest one, where no set holds, and no later unset;
//   additions       later than what set or unset it, summed to 9 digits after the point;
//   elements        of lists: as the latest that set the list, appended or removed them says.
std::optional<Folded> FoldField(Survivorship rule, std::span<const Claim> claims);

// How FoldField came to its value, for those who ask why. Points into the claims.
struct FoldTrace {
  std::optional<Folded> folded;     // As FoldField has it.
  std::vector<const Claim*> parts;  // Folding these alone gives the value; none where it is unset.
  const Claim* base = nullptr;      // What set or unset it: whatever is added has to be later.
  const Claim* unset = nullptr;     // The unset that stands against what is older.
};
FoldTrace TraceFold(Survivorship rule, std::span<const Claim> claims);

enum class Step {
  kUnchanged,  // The field is what it was; the newer claim need not be written down. An addition
               // of nothing is kChanged: what is added to has to be exact.
  kChanged,
  kRefold,  // The claims have to be folded again. By kLatest, of an attribute that is not
            // composite, those from the time of the field's claim on, or of the new one where that
            // is earlier, are enough; where it is, those until the time of the field's.
};

// Adds one claim to a field, which is left as it was on kRefold.
Step FoldClaim(Survivorship rule, std::optional<Folded>& field, const Claim& claim);

// Adds another profile's field, likewise.
Step FoldJoin(Survivorship rule, std::optional<Folded>& field, const Folded& other);

// Whether a stored field is what claims fold to, provenance included: the next claim is compared
// with the one that it names. The database writes some numbers its own way.
bool AreSameFields(const Folded& stored, const Folded& folded);

// The attributes of a profile, by name.
using Attributes = std::map<std::string, Folded>;

// The values derived of those that the profile has, by name: each with all of the claim it came
// from but the value. What is claimed under such a name itself comes first.
std::map<std::string, Claim> DerivedOf(const Attributes& attributes);

// The value of this name that is derived of a claim's, as JSON text.
std::optional<std::string> DerivedValue(const Claim& claim, const std::string& name);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_FOLD_H_
