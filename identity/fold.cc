#include "identity/fold.h"

#include <algorithm>
#include <utility>

#include "identity/fold_order.h"
#include "identity/fold_values.h"

namespace selfsame::identity {
namespace {

using Claims = std::vector<const Claim*>;

const Claim* Latest(const Claims& claims) {
  if (claims.empty()) return nullptr;
  return *std::max_element(claims.begin(), claims.end(),
                           [](const Claim* a, const Claim* b) { return IsLaterPart(*b, *a); });
}

const Claim* Winner(Survivorship rule, const Claims& sets) {
  if (sets.empty()) return nullptr;
  return *std::max_element(sets.begin(), sets.end(),
                           [&](const Claim* a, const Claim* b) { return Wins(rule, *b, *a); });
}

// What sets say, with what is derived of it.
using Said = std::pair<std::string_view, std::string_view>;
Said SaidBy(const Claim& set) { return {set.value, set.derived}; }

// The first claim of what most of them say; of several such values, of the one said last.
const Claim* MostFrequent(const Claims& sets) {
  struct Counted {
    int count = 0;
    const Claim* first = nullptr;
    const Claim* last = nullptr;
  };
  std::map<Said, Counted> by_value;
  for (const Claim* set : sets) {
    auto& [count, first, last] = by_value[SaidBy(*set)];
    ++count;
    if (first == nullptr || IsLater(*first, *set)) first = set;
    if (last == nullptr || IsLater(*set, *last)) last = set;
  }
  const Counted* best = nullptr;
  for (const auto& [said, counted] : by_value) {
    const bool is_better = best == nullptr || counted.count > best->count ||
                           (counted.count == best->count && IsLater(*counted.last, *best->last));
    if (is_better) best = &counted;
  }
  return best == nullptr ? nullptr : best->first;
}

// The claim that completed the union of them.
const Claim* Completing(Claims sets) {
  std::sort(sets.begin(), sets.end(),
            [](const Claim* a, const Claim* b) { return IsLater(*b, *a); });
  std::vector<std::string_view> values;
  for (const Claim* set : sets) values.push_back(set->value);
  return sets[CompletedBy(values)];
}

// Of the claims as trusted as the winner, those later than the last that says something else.
Claims RunOf(const Claim& winner, const Claims& claims) {
  Claims run;
  const Claim* other = nullptr;
  for (const Claim* claim : claims) {
    if (claim->trust_priority != winner.trust_priority) continue;
    const bool is_same = claim->operation == winner.operation && SaidBy(*claim) == SaidBy(winner);
    if (is_same) {
      run.push_back(claim);
    } else if (other == nullptr || IsLater(*claim, *other)) {
      other = claim;
    }
  }
  if (other != nullptr) std::erase_if(run, [&](const Claim* one) { return IsLater(*other, *one); });
  return run;
}

// The work of one FoldField call.
class Folder {
 public:
  Folder(Survivorship rule, std::span<const Claim> claims) : rule_(rule) {
    for (const Claim& claim : claims) by_operation_[claim.operation].push_back(&claim);
  }

  std::optional<Folded> Run() {
    is_changed_ = Has(ClaimOperation::kAdd) || HasElementChanges();
    FindBase();
    FillOnce();
    Add();
    ChangeElements();
    if (!folded_ && base_unset_ == nullptr) return std::nullopt;
    if (!folded_) folded_ = Folded{.claim = *unset_since_};
    const bool takes_more = !PicksOne(rule_);
    const bool has_others = Has(ClaimOperation::kSetOnce) || is_changed_;
    const bool has_unset = rule_ != Survivorship::kLatest && Has(ClaimOperation::kUnset);
    folded_->is_composite = takes_more || has_others || has_unset;
    folded_->is_list = rule_ == Survivorship::kLatest && HasElementChanges() &&
                       !Has(ClaimOperation::kSetOnce) && !Has(ClaimOperation::kAdd);
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
      if (base_ != nullptr) TakeLatest(sets);
      return;
    }
    unset_since_ = base_unset_ = base_ = Latest(Of(ClaimOperation::kUnset));
    if (base_unset_ != nullptr) {
      std::erase_if(sets, [&](const Claim* set) { return !IsLater(*set, *base_unset_); });
    }
    if (sets.empty()) return;
    base_ = PicksOne(rule_) ? Winner(rule_, sets) : Latest(sets);
    folded_ = Folded{.claim = *base_};
    Combine(sets);
  }

  // What is added to something goes by what that is; otherwise the value has been there since the
  // first claim of its run.
  void TakeLatest(const Claims& sets) {
    parts_ = is_changed_ ? Claims{base_} : RunOf(*base_, sets);
    const Claim* since =
        *std::min_element(parts_.begin(), parts_.end(),
                          [](const Claim* a, const Claim* b) { return IsLater(*b, *a); });
    if (IsUnset(*base_)) {
      base_unset_ = base_;
      unset_since_ = since;
      parts_.clear();
    } else {
      folded_ = Folded{.claim = *since};
    }
  }

  void Combine(const Claims& sets) {
    std::vector<std::string_view> values;
    for (const Claim* set : sets) values.push_back(set->value);
    parts_ = PicksOne(rule_) ? Claims{base_} : sets;
    if (rule_ == Survivorship::kMostFrequent) {
      folded_ = Folded{.claim = *MostFrequent(sets)};
      std::erase_if(parts_,
                    [&](const Claim* set) { return SaidBy(*set) != SaidBy(folded_->claim); });
    }
    if (rule_ == Survivorship::kUnion) {
      folded_ = Folded{.claim = *Completing(sets)};
      folded_->claim.value = UnionOf(values);
      folded_->claim.derived.clear();
    }
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
    if (!folded_ || IsLaterPart(part, folded_->claim)) folded_ = Folded{.claim = part};
    folded_->claim.value = std::move(value);
    folded_->claim.derived.clear();
  }

  void Add() {
    const Claim* latest = nullptr;
    for (const Claim* add : Of(ClaimOperation::kAdd)) {
      if (!IsAfterBase(*add)) continue;
      sum_.Add(add->value);
      parts_.push_back(add);
      if (latest == nullptr || IsLaterPart(*add, *latest)) latest = add;
    }
    if (latest == nullptr) return;
    ExactSum total = sum_;
    if (folded_) total.Add(folded_->claim.value);
    Attribute(*latest, total.Value());
  }

  bool Has(ClaimOperation operation) { return !Of(operation).empty(); }
  bool HasElementChanges() { return Has(ClaimOperation::kAppend) || Has(ClaimOperation::kRemove); }

  // Where the next addition can go by them alone.
  void KeepAdditions() {
    if (Has(ClaimOperation::kSetOnce) || HasElementChanges()) return;
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
  const Claim* base_ = nullptr;         // What set or unset it.
  const Claim* base_unset_ = nullptr;   // The unset that stands, if one does.
  const Claim* unset_since_ = nullptr;  // The first of its run.
  bool is_changed_ = false;             // Claims add, append or remove.
  ExactSum sum_;                        // Of the additions that count.
  Claims parts_;                        // What the value is made of.
  std::optional<Folded> folded_;
};

}  // namespace

std::optional<Folded> FoldField(Survivorship rule, std::span<const Claim> claims) {
  return Folder(rule, claims).Run();
}

FoldTrace TraceFold(Survivorship rule, std::span<const Claim> claims) {
  Folder folder(rule, claims);
  return folder.Trace(folder.Run());
}

}  // namespace selfsame::identity
