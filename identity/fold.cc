#include "identity/fold.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "identity/fold_values.h"

namespace selfsame::identity {
namespace {

using Claims = std::vector<const Claim*>;

bool IsSet(const Claim& claim) { return claim.operation == ClaimOperation::kSet; }
bool IsUnset(const Claim& claim) { return claim.operation == ClaimOperation::kUnset; }

const Claim* Latest(const Claims& claims) {
  if (claims.empty()) return nullptr;
  return *std::max_element(claims.begin(), claims.end(),
                           [](const Claim* a, const Claim* b) { return IsLater(*b, *a); });
}

// True when `a` is the earlier one; of two of one time, the greater (source, key).
bool IsEarlier(const Claim& a, const Claim& b) {
  return a.event_time == b.event_time ? IsLater(a, b) : a.event_time < b.event_time;
}

// True when `a` wins over `b` by a rule that picks one of the sets.
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

bool PicksOne(Survivorship rule) { return rule <= Survivorship::kLongest; }

const Claim* Winner(Survivorship rule, const Claims& sets) {
  if (sets.empty()) return nullptr;
  return *std::max_element(sets.begin(), sets.end(),
                           [&](const Claim* a, const Claim* b) { return Wins(rule, *b, *a); });
}

// The latest claim of the value that most of them have; of several such values, the latest.
const Claim* MostFrequent(const Claims& sets) {
  std::map<std::string_view, std::pair<int, const Claim*>> by_value;
  for (const Claim* set : sets) {
    auto& [count, latest] = by_value[set->value];
    ++count;
    if (latest == nullptr || IsLater(*set, *latest)) latest = set;
  }
  const std::pair<int, const Claim*>* best = nullptr;
  for (const auto& [value, counted] : by_value) {
    const bool is_better =
        best == nullptr || counted.first > best->first ||
        (counted.first == best->first && IsLater(*counted.second, *best->second));
    if (is_better) best = &counted;
  }
  return best == nullptr ? nullptr : best->second;
}

// The work of one FoldField call.
class Folder {
 public:
  Folder(Survivorship rule, std::span<const Claim> claims) : rule_(rule) {
    for (const Claim& claim : claims) by_operation_[claim.operation].push_back(&claim);
  }

  std::optional<Folded> Run() {
    FindBase();
    FillOnce();
    Add();
    ChangeElements();
    if (!folded_ && base_unset_ == nullptr) return std::nullopt;
    if (!folded_) folded_ = Folded{.claim = *base_unset_};
    const bool takes_more = !PicksOne(rule_);
    const bool has_others =
        !Of(ClaimOperation::kSetOnce).empty() || !Of(ClaimOperation::kAdd).empty() ||
        !Of(ClaimOperation::kAppend).empty() || !Of(ClaimOperation::kRemove).empty();
    const bool has_unset = rule_ != Survivorship::kLatest && !Of(ClaimOperation::kUnset).empty();
    folded_->is_composite = takes_more || has_others || has_unset;
    KeepAdditions();
    return std::move(folded_);
  }

  // After Run, once.
  FoldTrace Trace(std::optional<Folded> folded) {
    return {.folded = std::move(folded),
            .parts = std::move(parts_),
            .base = base_,
            .unset = base_unset_};
  }

 private:
  const Claims& Of(ClaimOperation operation) { return by_operation_[operation]; }

  // What sets or unsets the attribute, before anything is added to it.
  void FindBase() {
    Claims sets = Of(ClaimOperation::kSet);
    if (rule_ == Survivorship::kLatest) {
      const Claims& unsets = Of(ClaimOperation::kUnset);
      sets.insert(sets.end(), unsets.begin(), unsets.end());
      base_ = Winner(rule_, sets);
      if (base_ != nullptr && IsUnset(*base_)) base_unset_ = base_;
      if (base_ == nullptr || IsUnset(*base_)) return;
      folded_ = Folded{.claim = *base_};
      parts_ = {base_};
      return;
    }
    base_unset_ = base_ = Latest(Of(ClaimOperation::kUnset));
    if (base_unset_ != nullptr) {
      std::erase_if(sets, [&](const Claim* set) { return !IsLater(*set, *base_unset_); });
    }
    if (sets.empty()) return;
    base_ = PicksOne(rule_) ? Winner(rule_, sets) : Latest(sets);
    folded_ = Folded{.claim = *base_};
    Combine(sets);
  }

  void Combine(const Claims& sets) {
    std::vector<std::string_view> values;
    for (const Claim* set : sets) values.push_back(set->value);
    parts_ = PicksOne(rule_) ? Claims{base_} : sets;
    if (rule_ == Survivorship::kMostFrequent) {
      folded_ = Folded{.claim = *MostFrequent(sets)};
      std::erase_if(parts_, [&](const Claim* set) { return set->value != folded_->claim.value; });
    }
    if (rule_ == Survivorship::kUnion) folded_->claim.value = UnionOf(values);
    if (rule_ == Survivorship::kSum) folded_->claim.value = SumOf(values);
  }

  void FillOnce() {
    if (folded_) return;
    Claims once = Of(ClaimOperation::kSetOnce);
    if (base_unset_ != nullptr) {
      std::erase_if(once, [&](const Claim* one) { return !IsLater(*one, *base_unset_); });
    }
    if (once.empty()) return;
    const Claim* first = Winner(Survivorship::kEarliest, once);
    folded_ = Folded{.claim = *first};
    parts_ = {first};
  }

  bool IsAfterBase(const Claim& claim) const { return base_ == nullptr || IsLater(claim, *base_); }

  // The value now comes from this claim as well.
  void Attribute(const Claim& part, std::string value) {
    if (!folded_ || IsLater(part, folded_->claim)) folded_ = Folded{.claim = part};
    folded_->claim.value = std::move(value);
  }

  void Add() {
    const Claim* latest = nullptr;
    for (const Claim* add : Of(ClaimOperation::kAdd)) {
      if (!IsAfterBase(*add)) continue;
      sum_.Add(add->value);
      parts_.push_back(add);
      if (latest == nullptr || IsLater(*add, *latest)) latest = add;
    }
    if (latest == nullptr) return;
    ExactSum total = sum_;
    if (folded_) total.Add(folded_->claim.value);
    Attribute(*latest, total.Value());
  }

  bool Has(ClaimOperation operation) { return !Of(operation).empty(); }

  // Where the next addition can go by them alone.
  void KeepAdditions() {
    if (Has(ClaimOperation::kSetOnce) || Has(ClaimOperation::kAppend) ||
        Has(ClaimOperation::kRemove)) {
      return;
    }
    const bool has_adds = Has(ClaimOperation::kAdd);
    if (rule_ == Survivorship::kLatest && has_adds) {
      folded_->additions = Additions{.base = std::nullopt, .sum = sum_};
      if (base_ != nullptr) folded_->additions->base = *base_;
    }
    if (rule_ == Survivorship::kSum && !has_adds && !Has(ClaimOperation::kUnset)) {
      folded_->additions.emplace();
      for (const Claim* set : Of(ClaimOperation::kSet)) folded_->additions->sum.Add(set->value);
    }
  }

  void ChangeElements() {
    std::vector<ElementChange> changes;
    const Claim* latest = nullptr;
    for (const ClaimOperation operation : {ClaimOperation::kAppend, ClaimOperation::kRemove}) {
      for (const Claim* change : Of(operation)) {
        if (!IsAfterBase(*change)) continue;
        changes.push_back({change->value, operation == ClaimOperation::kAppend, change});
        parts_.push_back(change);
        if (latest == nullptr || IsLater(*change, *latest)) latest = change;
      }
    }
    if (latest == nullptr) return;
    std::sort(changes.begin(), changes.end(), [](const ElementChange& a, const ElementChange& b) {
      return IsLater(*b.claim, *a.claim);
    });
    const std::string base = folded_ ? folded_->claim.value : "[]";
    Attribute(*latest, ChangedList(base, changes));
  }

  const Survivorship rule_;
  std::map<ClaimOperation, Claims> by_operation_;
  const Claim* base_ = nullptr;        // What set or unset it.
  const Claim* base_unset_ = nullptr;  // The unset that stands, if one does.
  ExactSum sum_;                       // Of the additions that count.
  Claims parts_;                       // What the value is made of.
  std::optional<Folded> folded_;
};

bool IsSame(const Folded& a, const Claim& b) {
  return a.claim.operation == b.operation && a.claim.value == b.value;
}

// Of two claims that are both candidates, by a rule that picks one.
Step FoldSimple(Survivorship rule, Folded& field, const Claim& claim) {
  if (!Wins(rule, claim, field.claim)) return Step::kUnchanged;
  if (rule != Survivorship::kLatest) {
    field.claim = claim;
    return Step::kChanged;
  }
  // The winner may have been confirmed since, by claims that were not written down.
  if (!IsSame(field, claim)) return Step::kRefold;
  if (field.claim.trust_priority == claim.trust_priority) return Step::kUnchanged;
  field.claim = claim;
  return Step::kChanged;
}

// Whether a claim is one of those that are summed up.
bool IsAddition(Survivorship rule, const Claim& claim) {
  return (rule == Survivorship::kLatest && claim.operation == ClaimOperation::kAdd) ||
         (rule == Survivorship::kSum && IsSet(claim));
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
  if (additions.base && !IsLater(addition, *additions.base)) return Step::kUnchanged;
  additions.sum.Add(addition.value);
  if (IsLater(addition, field.claim)) field.claim = addition;
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

// Both keep their additions, and what the others were added to does not decide which count.
Step JoinAdditions(Folded& field, const Folded& other) {
  const std::optional<Claim>& mine = field.additions->base;
  const std::optional<Claim>& theirs = other.additions->base;
  if (!mine && !theirs) {
    field.additions->sum.Add(other.additions->sum);
    if (IsLater(other.claim, field.claim)) field.claim = other.claim;
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

bool IsLater(const Claim& a, const Claim& b) {
  return std::tie(a.event_time, a.source, a.key) > std::tie(b.event_time, b.source, b.key);
}

bool Prevails(const Claim& a, const Claim& b) {
  if (a.trust_priority != b.trust_priority) return a.trust_priority < b.trust_priority;
  return IsLater(a, b);
}

std::optional<Folded> FoldField(Survivorship rule, std::span<const Claim> claims) {
  return Folder(rule, claims).Run();
}

FoldTrace TraceFold(Survivorship rule, std::span<const Claim> claims) {
  Folder folder(rule, claims);
  return folder.Trace(folder.Run());
}

Step FoldClaim(Survivorship rule, std::optional<Folded>& field, const Claim& claim) {
  if (IsAddition(rule, claim) && !field) {
    field = FoldField(rule, std::span(&claim, 1));
    return Step::kChanged;
  }
  if (field && field->additions) {
    if (IsAddition(rule, claim)) return AddOne(*field, claim);
    const bool is_base = rule == Survivorship::kLatest && (IsSet(claim) || IsUnset(claim));
    return is_base ? SetBase(*field, claim) : Step::kRefold;
  }
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
  const bool may_be_stale = rule == Survivorship::kLatest && !IsSame(*field, other.claim);
  return may_be_stale ? Step::kRefold : FoldSimple(rule, *field, other.claim);
}

}  // namespace selfsame::identity
