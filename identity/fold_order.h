// The order of claims, and which of two prevails. A part of Fold.
//
// Nothing of arrival has a say: of claims of one time, what they do, then what they say, then who
// said it decides.
#ifndef SELFSAME_IDENTITY_FOLD_ORDER_H_
#define SELFSAME_IDENTITY_FOLD_ORDER_H_

#include "identity/fold.h"

namespace selfsame::identity {

inline bool IsSet(const Claim& claim) { return claim.operation == ClaimOperation::kSet; }
inline bool IsUnset(const Claim& claim) { return claim.operation == ClaimOperation::kUnset; }

// As IsLater, whatever the two say: for attributes whose value is made of several claims, and is
// none's own.
bool IsLaterPart(const Claim& a, const Claim& b);

// True when `a` is later by its time, or by what it does: who said it does not matter.
bool IsStrictlyLater(const Claim& a, const Claim& b);

// True when both say the same, with what is derived of it.
bool SaysTheSame(const Claim& a, const Claim& b);

// True for the rules by which one set has the value.
inline bool PicksOne(Survivorship rule) { return rule <= Survivorship::kLongest; }

// True when `a` wins over `b` by a rule that picks one of the sets.
bool Wins(Survivorship rule, const Claim& a, const Claim& b);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_FOLD_ORDER_H_
