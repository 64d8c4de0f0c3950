// Fold: what a profile says, from what its sources claimed. Pure and order-independent (INV-5): the
// states form a join-semilattice, so claims may come one by one, in bulk or twice.
#ifndef SELFSAME_IDENTITY_FOLD_H_
#define SELFSAME_IDENTITY_FOLD_H_

#include <map>
#include <string>

#include "base/ids.h"
#include "base/time.h"

namespace selfsame::identity {

// What one source says of one attribute as of one time.
struct Claim {
  int trust_priority = 0;  // Of the source; lower wins.
  TimeUs event_time;       // Clamped to five minutes after receipt.
  SourceId source;
  std::string key;         // Of the record, unique within the source.
  RecordId record_id;
  std::string value;       // JSON text.

  bool operator==(const Claim&) const = default;
};

// True when `a` prevails over `b`: the more trusted source, then the later event time, then the
// greater (source, key). A total order over claims of different records.
bool Prevails(const Claim& a, const Claim& b);

// The winning claim of each attribute, by name.
using Attributes = std::map<std::string, Claim>;

// Adds one claim; returns whether the winner of the attribute changed.
bool FoldClaim(Attributes& attributes, const std::string& name, const Claim& claim);

// Adds all winners of another state; the same as folding both sets of claims together.
void FoldAttributes(Attributes& attributes, const Attributes& other);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_FOLD_H_
