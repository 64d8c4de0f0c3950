#include "identity/fold_order.h"

#include <tuple>

#include "identity/fold_values.h"

namespace selfsame::identity {
namespace {

// Of claims of one time, an unset comes first and is overcome by what is set with it; what is
// added, appended and removed comes after what sets the value it changes.
int RankOf(ClaimOperation operation) {
  switch (operation) {
    case ClaimOperation::kUnset: return 0;
    case ClaimOperation::kSet: return 1;
    case ClaimOperation::kSetOnce: return 2;
    case ClaimOperation::kAdd: return 3;
    case ClaimOperation::kAppend: return 4;
    case ClaimOperation::kRemove: return 5;
  }
  return 0;
}

int CompareTimes(const Claim& a, const Claim& b) {
  const std::tuple mine(a.event_time, RankOf(a.operation));
  const std::tuple theirs(b.event_time, RankOf(b.operation));
  return mine == theirs ? 0 : (mine < theirs ? -1 : 1);
}

int CompareSaid(const Claim& a, const Claim& b) {
  const int order = CompareValues(a.value, b.value);
  return order != 0 ? order : a.derived.compare(b.derived);
}

bool HasGreaterName(const Claim& a, const Claim& b) {
  return std::tie(a.source, a.key) > std::tie(b.source, b.key);
}

// True when `a` is the earlier one. Of two of one time the greater value prevails, as by every
// rule; of two that say the same, the one that comes first in their order.
bool IsEarlier(const Claim& a, const Claim& b) {
  if (const int order = CompareTimes(a, b); order != 0) return order < 0;
  if (const int order = CompareSaid(a, b); order != 0) return order > 0;
  return HasGreaterName(b, a);
}

}  // namespace

bool IsLater(const Claim& a, const Claim& b) {
  if (const int order = CompareTimes(a, b); order != 0) return order > 0;
  if (const int order = CompareSaid(a, b); order != 0) return order > 0;
  return HasGreaterName(a, b);
}

bool IsLaterPart(const Claim& a, const Claim& b) {
  const int order = CompareTimes(a, b);
  return order != 0 ? order > 0 : HasGreaterName(a, b);
}

bool IsStrictlyLater(const Claim& a, const Claim& b) { return CompareTimes(a, b) > 0; }

bool Prevails(const Claim& a, const Claim& b) {
  if (a.trust_priority != b.trust_priority) return a.trust_priority < b.trust_priority;
  return IsLater(a, b);
}

bool SaysTheSame(const Claim& a, const Claim& b) {
  return a.operation == b.operation && a.derived == b.derived && AreSameValues(a.value, b.value);
}

bool Wins(Survivorship rule, const Claim& a, const Claim& b) {
  switch (rule) {
    case Survivorship::kLatest: return Prevails(a, b);
    case Survivorship::kEarliest: return IsEarlier(a, b);
    case Survivorship::kMin:
    case Survivorship::kMax: {
      const int order = CompareValues(a.value, b.value);
      if (order != 0) return (order < 0) == (rule == Survivorship::kMin);
      return IsEarlier(a, b);
    }
    case Survivorship::kLongest: {
      const std::size_t length = LengthOf(a.value);
      const std::size_t other = LengthOf(b.value);
      return length == other ? IsLater(a, b) : length > other;
    }
    case Survivorship::kMostFrequent:
    case Survivorship::kUnion:
    case Survivorship::kSum: return IsLater(a, b);
  }
  return false;
}

}  // namespace selfsame::identity
