// The short cuts of Fold: one claim, or another profile's field, added to what is stored.
#include <utility>

#include "identity/fold.h"
#include "identity/fold_order.h"
#include "identity/fold_values.h"

namespace selfsame::identity {
namespace {

// By the rule kLatest, of a field that its sets and unsets alone made. It names the first claim of
// the unbroken run that says what it says, among those of the sources trusted most.
Step FoldLatest(Folded& field, const Claim& claim) {
  const Claim& since = field.claim;
  if (claim.trust_priority > since.trust_priority) return Step::kUnchanged;
  if (claim.trust_priority < since.trust_priority) {
    field.claim = claim;
    return Step::kChanged;
  }
  const bool is_same = SaysTheSame(claim, since);
  if (is_same && claim.value == since.value) {
    // It confirms. Or it came late, and the run began earlier, unless something else was said
    // between.
    return IsLater(claim, since) ? Step::kUnchanged : Step::kRefold;
  }
  // Another value, earlier than the run, is none of its. A later one may have been overcome since,
  // by claims that confirmed the old value and were not written down.
  return is_same || IsLater(claim, since) ? Step::kRefold : Step::kUnchanged;
}

// Of two claims that are both candidates, by a rule that picks one.
Step FoldSimple(Survivorship rule, Folded& field, const Claim& claim) {
  if (rule == Survivorship::kLatest) return FoldLatest(field, claim);
  if (!Wins(rule, claim, field.claim)) return Step::kUnchanged;
  field.claim = claim;
  return Step::kChanged;
}

// Whether a claim is one of those that are summed up.
bool IsAddition(Survivorship rule, const Claim& claim) {
  return (rule == Survivorship::kLatest && claim.operation == ClaimOperation::kAdd) ||
         (rule == Survivorship::kSum && IsSet(claim));
}

// Whether it changes a list.
bool IsElementChange(Survivorship rule, const Claim& claim) {
  return rule == Survivorship::kLatest &&
         (claim.operation == ClaimOperation::kAppend || claim.operation == ClaimOperation::kRemove);
}

// The value of a field some of whose additions count, from what is kept of them.
std::string TotalOf(const Additions& additions) {
  ExactSum total = additions.sum;
  if (additions.base && IsSet(*additions.base)) total.Add(additions.base->value);
  return total.Value();
}

// Requires: the field keeps its additions.
Step AddOne(Folded& field, const Claim& addition) {
  Additions& additions = *field.additions;
  if (additions.base && !IsLaterPart(addition, *additions.base)) return Step::kUnchanged;
  additions.sum.Add(addition.value);
  if (IsLaterPart(addition, field.claim)) field.claim = addition;
  field.claim.value = TotalOf(additions);
  return Step::kChanged;
}

// Likewise: a claim to which all later ones are to be added.
Step SetBase(Folded& field, const Claim& base) {
  Additions& additions = *field.additions;
  if (additions.base && !Prevails(base, *additions.base)) return Step::kUnchanged;
  if (!IsLater(base, field.claim)) return Step::kRefold;  // Which of them are later?
  additions = {.base = base, .sum = {}};
  field.claim = base;
  return Step::kChanged;
}

// Requires: the field is a list that its elements' changes made.
Step ChangeElements(Folded& field, const Claim& change) {
  // Of one time, what they say decides, and the list says what all of them said.
  if (!IsStrictlyLater(change, field.claim)) return Step::kRefold;
  const ElementChange one{.elements = change.value,
                          .is_append = change.operation == ClaimOperation::kAppend};
  std::string list = ChangedList(field.HasValue() ? field.claim.value : "[]", std::span(&one, 1));
  field.claim = change;
  field.claim.value = std::move(list);
  return Step::kChanged;
}

// Both keep their additions, and what the others were added to does not decide which count.
Step JoinAdditions(Folded& field, const Folded& other) {
  const std::optional<Claim>& mine = field.additions->base;
  const std::optional<Claim>& theirs = other.additions->base;
  if (!mine && !theirs) {
    field.additions->sum.Add(other.additions->sum);
    if (IsLaterPart(other.claim, field.claim)) field.claim = other.claim;
    field.claim.value = TotalOf(*field.additions);
    return Step::kChanged;
  }
  const bool is_mine = mine && (!theirs || Prevails(*mine, *theirs));
  const Claim& base = is_mine ? *mine : *theirs;
  const Claim& latest_of_loser = is_mine ? other.claim : field.claim;
  if (!IsLater(base, latest_of_loser)) return Step::kRefold;
  if (is_mine) return Step::kUnchanged;
  field = other;
  return Step::kChanged;
}

}  // namespace

bool AreSameFields(const Folded& stored, const Folded& folded) {
  if (!AreSameValues(stored.claim.value, folded.claim.value)) return false;
  Folded same = stored;
  same.claim.value = folded.claim.value;
  return same == folded;
}

Step FoldClaim(Survivorship rule, std::optional<Folded>& field, const Claim& claim) {
  if (!field && (IsAddition(rule, claim) || IsElementChange(rule, claim))) {
    field = FoldField(rule, std::span(&claim, 1));
    return Step::kChanged;
  }
  if (field && field->additions) {
    if (IsAddition(rule, claim)) return AddOne(*field, claim);
    const bool is_base = rule == Survivorship::kLatest && (IsSet(claim) || IsUnset(claim));
    return is_base ? SetBase(*field, claim) : Step::kRefold;
  }
  if (field && field->is_list && IsElementChange(rule, claim)) return ChangeElements(*field, claim);
  const bool is_plain = IsSet(claim) || (IsUnset(claim) && rule == Survivorship::kLatest);
  if (!is_plain || !PicksOne(rule)) return Step::kRefold;
  if (!field) {
    field = Folded{.claim = claim};
    return Step::kChanged;
  }
  return field->is_composite ? Step::kRefold : FoldSimple(rule, *field, claim);
}

Step FoldJoin(Survivorship rule, std::optional<Folded>& field, const Folded& other) {
  if (!field) {
    field = other;
    return Step::kChanged;
  }
  if (field->additions && other.additions) return JoinAdditions(*field, other);
  if (field->is_composite || other.is_composite || !PicksOne(rule)) return Step::kRefold;
  // Claims of the one may lie within the run of the other.
  const bool may_interleave =
      rule == Survivorship::kLatest && field->claim.trust_priority == other.claim.trust_priority;
  return may_interleave ? Step::kRefold : FoldSimple(rule, *field, other.claim);
}

}  // namespace selfsame::identity
