#include "server/ingest/profile_writer.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "base/uuid.h"
#include "identity/fold.h"
#include "server/ingest/profile_limits.h"
#include "server/ingest/quality_deltas.h"
#include "server/ingest/refold.h"
#include "storage/outbox.h"
#include "storage/profiles.h"

namespace selfsame::ingest {
namespace {

using identity::Attributes;
using identity::Folded;
using storage::AnchoredClaim;
using storage::StoredProfile;

// A profile as it will be.
struct Draft {
  StoredProfile profile;
  std::vector<ProfileId> from;
  bool is_refold = false;
  bool is_changed = false;
  bool exists = false;                         // Has a row.
  bool is_in_turn = false;                     // Its updates are folded one after the other.
  std::vector<const PreparedRecord*> updates;  // In the order of their arrival.
};

// Times that reach from one to the other, which may be the earlier.
storage::TimeSpan SpanOf(TimeUs one, TimeUs other) {
  return {.since = std::min(one, other), .until = std::max(one, other)};
}

class ProfileWriter {
 public:
  ProfileWriter(pg::BulkConnection& connection, const CommitContext& context, const Linked& linked)
      : connection_(connection), context_(context), linked_(linked) {}

  Result<Written> Run(std::span<const PreparedRecord* const> updates,
                      std::span<const PreparedRecord* const> accepted) {
    SELFSAME_RETURN_IF_ERROR(InsertClaims(updates));
    DraftChanged();
    DraftUpdated(updates);
    SELFSAME_RETURN_IF_ERROR(LoadStored());
    CheckRevisions(accepted);
    if (written_.IsToRunAgain()) return std::move(written_);
    JoinStored();
    SELFSAME_RETURN_IF_ERROR(FoldThoseInTurn());
    for (const AnchoredClaim& claim : claims_) {
      CountConflict(claim);
      Fold(claim);
    }
    SELFSAME_RETURN_IF_ERROR(RefoldWantedFields());
    SELFSAME_RETURN_IF_ERROR(FindFull());
    if (written_.IsToRunAgain()) return std::move(written_);
    SELFSAME_RETURN_IF_ERROR(RefoldWholeProfiles());
    SELFSAME_RETURN_IF_ERROR(Write());
    return std::move(written_);
  }

 private:
  Status InsertClaims(std::span<const PreparedRecord* const> updates) {
    for (const PreparedRecord* update : updates) {
      for (const auto& [name, value] : update->attributes) {
        claims_.push_back({.anchor = update->anchor(),
                           .attribute = name,
                           .claim = {.trust_priority = update->trust_priority,
                                     .event_time = update->claim_time,
                                     .source = update->source,
                                     .key = std::string(update->key),
                                     .record_id = update->record_id,
                                     .value = value,
                                     .operation = update->OperationOn(name),
                                     .schema = update->schema,
                                     .derived = std::string(update->DerivedOf(name))}});
      }
    }
    if (claims_.empty()) return {};
    if (context_.counts_quality) SELFSAME_RETURN_IF_ERROR(CountSaid());
    return storage::InsertClaims(connection_, context_.where, claims_);
  }

  // Before they are inserted: what they are newer than is what is there.
  Status CountSaid() {
    std::set<std::pair<NodeId, std::string>> places;
    for (const AnchoredClaim& claim : claims_) places.emplace(claim.anchor, claim.attribute);
    std::vector<storage::WantedClaims> wanted;
    for (const auto& [anchor, attribute] : places) wanted.push_back({anchor, attribute});
    SELFSAME_ASSIGN_OR_RETURN(const std::vector<AnchoredClaim> before,
                              storage::LoadNewestClaims(connection_, context_.where, wanted));
    quality_.Say(claims_, before);
    return {};
  }

  void DraftChanged() {
    for (const LinkedProfile& changed : linked_.changed) {
      changed_.insert(changed.profile_id);
      Draft& draft = drafts_[changed.profile_id];
      draft.profile.profile_id = changed.profile_id;
      draft.from = changed.from;
      draft.is_refold = changed.is_refold;
      draft.is_changed = !changed.is_same;
      if (changed.is_refold) refold_members_[changed.profile_id] = changed.members;
    }
  }

  void DraftUpdated(std::span<const PreparedRecord* const> updates) {
    for (const PreparedRecord* update : updates) {
      const ProfileId profile_id = linked_.profile_of.at(update->anchor());
      const auto [at, inserted] = drafts_.try_emplace(profile_id);
      at->second.updates.push_back(update);
      if (!inserted) continue;
      at->second.profile.profile_id = profile_id;
      at->second.from = {profile_id};
    }
    for (auto& [id, draft] : drafts_) {
      std::sort(draft.updates.begin(), draft.updates.end(),
                [](const auto* a, const auto* b) { return a->turn < b->turn; });
    }
  }

  Status LoadStored() {
    std::set<ProfileId> wanted;
    for (const auto& [id, draft] : drafts_) wanted.insert(draft.from.begin(), draft.from.end());
    wanted.insert(linked_.gone.begin(), linked_.gone.end());  // What they said is counted no more.
    if (wanted.empty()) return {};
    const std::vector<ProfileId> ids(wanted.begin(), wanted.end());
    SELFSAME_ASSIGN_OR_RETURN(std::vector<StoredProfile> stored,
                              storage::LoadProfiles(connection_, context_.where, ids));
    for (StoredProfile& profile : stored) {
      const ProfileId id = profile.profile_id;
      stored_.emplace(id, std::move(profile));
    }
    for (auto& [id, draft] : drafts_) {
      for (const ProfileId from : draft.from) {
        const auto found = stored_.find(from);
        if (found == stored_.end()) continue;
        draft.exists = draft.exists || from == id;
        // A revision never goes back, whichever of the profiles lives on.
        draft.profile.revision = std::max(draft.profile.revision, found->second.revision);
      }
    }
    return {};
  }

  // An update that wants a revision sees what those that arrived before it leave behind. Where they
  // are updates of the same profile, they are folded in turn; where the batch changed who is in the
  // profile, a batch of its own tells.
  void CheckRevisions(std::span<const PreparedRecord* const> accepted) {
    for (auto& [id, draft] : drafts_) {
      const auto first = std::find_if(
          draft.updates.begin(), draft.updates.end(),
          [](const PreparedRecord* update) { return update->if_revision.has_value(); });
      if (first == draft.updates.end()) continue;
      if (changed_.contains(id) && TakeApart(linked_, id, **first, accepted, &written_.later))
        continue;
      if (draft.updates.size() > 1) {
        draft.is_in_turn = true;
      } else if (*(*first)->if_revision != draft.profile.revision) {
        written_.stale.push_back(*first);
      }
    }
  }

  Status FoldThoseInTurn() {
    std::vector<ProfileId> in_turn;
    for (const auto& [id, draft] : drafts_) {
      if (draft.is_in_turn) in_turn.push_back(id);
    }
    return FoldInTurns(in_turn);
  }

  // Folds the updates of these profiles one after the other upon what is stored of them.
  Status FoldInTurns(const std::vector<ProfileId>& profiles) {
    if (profiles.empty()) return {};
    std::map<RecordId, TurnUpdate> by_record;
    RefoldWanted wanted;
    for (const AnchoredClaim& claim : claims_) {
      by_record[claim.claim.record_id].claims[claim.attribute] = claim.claim;
      wanted[linked_.profile_of.at(claim.anchor)][claim.attribute] = {};
    }
    const std::set<ProfileId> asked(profiles.begin(), profiles.end());
    std::erase_if(wanted, [&](const auto& one) { return !asked.contains(one.first); });
    SELFSAME_ASSIGN_OR_RETURN(auto said, LoadWanted(connection_, context_, wanted));
    for (const ProfileId id : profiles) {
      for (auto& [name, claims] : said[id]) {
        std::erase_if(claims, [&](const identity::Claim& claim) {
          return by_record.contains(claim.record_id);
        });
      }
      Draft& draft = drafts_.at(id);
      std::vector<TurnUpdate> updates;
      for (const PreparedRecord* update : draft.updates) {
        TurnUpdate& one = updates.emplace_back(std::move(by_record[update->record_id]));
        one.record = update;
      }
      InTurn done = FoldInTurn(context_.rules, std::move(draft.profile.attributes),
                               draft.profile.revision, std::move(said[id]), updates);
      // Of which the last is counted when it is written.
      draft.is_changed = done.revision > draft.profile.revision;
      if (draft.is_changed) draft.profile.revision = done.revision - 1;
      draft.profile.attributes = std::move(done.attributes);
      written_.stale.insert(written_.stale.end(), done.stale.begin(), done.stale.end());
      std::move(done.full.begin(), done.full.end(), std::back_inserter(written_.full));
    }
    return {};
  }

  // Profiles that have become larger than they may be are folded again in turn, which tells by
  // which updates. What a merge makes of two is theirs.
  Status FindFull() {
    std::vector<ProfileId> full;
    for (auto& [id, draft] : drafts_) {
      const bool is_known = !draft.is_in_turn && !draft.is_refold && draft.from.size() <= 1;
      if (!is_known || !draft.is_changed || draft.updates.empty()) continue;
      std::set<std::string> changed;
      for (const PreparedRecord* update : draft.updates) {
        for (const auto& [name, value] : update->attributes) changed.insert(name);
      }
      const auto stored = draft.from.empty() ? stored_.end() : stored_.find(draft.from.front());
      Attributes before;
      if (stored != stored_.end()) before = stored->second.attributes;
      if (!FindExcess(before, draft.profile.attributes, changed)) continue;
      draft.profile.attributes = std::move(before);
      full.push_back(id);
    }
    return FoldInTurns(full);
  }

  // Joins the states of the profiles that each draft comes from.
  void JoinStored() {
    for (auto& [id, draft] : drafts_) {
      if (draft.is_refold) continue;
      for (const ProfileId from : draft.from) {
        const auto found = stored_.find(from);
        if (found == stored_.end()) continue;
        for (const auto& [name, other] : found->second.attributes) {
          const auto span = [&](const Folded& mine) {
            // What made a composite one may be older than what it comes from.
            if (other.is_composite) return storage::TimeSpan{};
            return storage::TimeSpan{.since =
                                         std::min(mine.claim.event_time, other.claim.event_time)};
          };
          Take(draft, name, span, [&](identity::Survivorship rule, std::optional<Folded>& field) {
            return identity::FoldJoin(rule, field, other);
          });
        }
      }
    }
  }

  void Fold(const AnchoredClaim& claim) {
    Draft& draft = drafts_.at(linked_.profile_of.at(claim.anchor));
    if (draft.is_refold) return;  // It is among the claims that will be loaded.
    if (draft.is_in_turn) return;
    const auto span = [&](const Folded& mine) {
      storage::TimeSpan span = SpanOf(mine.claim.event_time, claim.claim.event_time);
      if (claim.claim.event_time >= mine.claim.event_time) span.until = storage::TimeSpan{}.until;
      return span;
    };
    const bool is_changed = Take(draft, claim.attribute, span,
                                 [&](identity::Survivorship rule, std::optional<Folded>& field) {
                                   return identity::FoldClaim(rule, field, claim.claim);
                                 });
    draft.is_changed = draft.is_changed || is_changed;
  }

  // Applies a step to one field of a draft; true when that changed it. Where it takes all claims,
  // or those of some times, the field is left for later, and so is what comes after it.
  template <typename Span, typename Apply>
  bool Take(Draft& draft, const std::string& name, Span span_of, Apply apply) {
    const identity::Survivorship rule = context_.rules.SurvivorshipOf(name);
    Attributes& attributes = draft.profile.attributes;
    const auto found = attributes.find(name);
    std::optional<Folded> field;
    if (found != attributes.end()) field = found->second;
    const identity::Step step = apply(rule, field);
    if (step == identity::Step::kRefold || IsLeftForLater(draft, name)) {
      const bool is_simple =
          rule == identity::Survivorship::kLatest && field && !field->is_composite;
      const storage::TimeSpan span = is_simple ? span_of(*field) : storage::TimeSpan{};
      const auto [at, is_new] = refold_[draft.profile.profile_id].try_emplace(name, span);
      if (!is_new) at->second = Both(at->second, span);
    }
    if (step != identity::Step::kChanged) return false;
    attributes[name] = std::move(*field);
    return true;
  }

  static storage::TimeSpan Both(const storage::TimeSpan& a, const storage::TimeSpan& b) {
    return {.since = std::min(a.since, b.since), .until = std::max(a.until, b.until)};
  }

  bool IsLeftForLater(const Draft& draft, const std::string& name) const {
    const auto found = refold_.find(draft.profile.profile_id);
    return found != refold_.end() && found->second.contains(name);
  }

  Status RefoldWantedFields() {
    // A claim that is not a plain set takes all of them, whatever asked first.
    for (const AnchoredClaim& claim : claims_) {
      const auto wanted = refold_.find(linked_.profile_of.at(claim.anchor));
      if (wanted == refold_.end() || IsPlain(claim.claim)) continue;
      const auto field = wanted->second.find(claim.attribute);
      if (field != wanted->second.end()) field->second = {};
    }
    SELFSAME_ASSIGN_OR_RETURN(auto folded, RefoldAttributes(connection_, context_, refold_));
    for (const auto& [profile, fields] : refold_) {
      Draft& draft = drafts_.at(profile);
      for (const auto& [name, span] : fields) {
        const auto now = folded[profile].find(name);
        const auto before = draft.profile.attributes.find(name);
        if (now == folded[profile].end()) continue;
        if (before != draft.profile.attributes.end() &&
            identity::AreSameFields(before->second, now->second)) {
          continue;
        }
        draft.profile.attributes[name] = now->second;
        draft.is_changed = true;
      }
    }
    return {};
  }

  static bool IsPlain(const identity::Claim& claim) {
    return claim.operation == identity::ClaimOperation::kSet ||
           claim.operation == identity::ClaimOperation::kUnset;
  }

  Status RefoldWholeProfiles() {
    SELFSAME_ASSIGN_OR_RETURN(auto folded, RefoldProfiles(connection_, context_, refold_members_));
    for (const auto& [profile, members] : refold_members_) {
      Draft& draft = drafts_.at(profile);
      draft.profile.attributes = std::move(folded[profile]);
      if (draft.is_changed) continue;
      const auto before = stored_.find(profile);
      draft.is_changed =
          before == stored_.end() || !IsSame(before->second.attributes, draft.profile.attributes);
    }
    return {};
  }

  static bool IsSame(const Attributes& a, const Attributes& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
      return x.first == y.first && identity::AreSameFields(x.second, y.second);
    });
  }

  // Before it is folded: what prevails then may be the claim itself.
  void CountConflict(const AnchoredClaim& claim) {
    if (claim.claim.operation != identity::ClaimOperation::kSet) return;
    const auto& attributes = drafts_.at(linked_.profile_of.at(claim.anchor)).profile.attributes;
    const auto standing = attributes.find(claim.attribute);
    if (standing == attributes.end() || standing->second.claim.source == claim.claim.source) return;
    if (standing->second.claim.value != claim.claim.value) ++written_.conflicts[claim.attribute];
  }

  Status Write() {
    std::vector<StoredProfile> profiles;
    std::vector<storage::NewOutboxRow> outbox;
    for (auto& [id, draft] : drafts_) {
      if (!draft.is_changed) continue;
      if (!draft.exists) ++written_.created;
      CountQuality(id, draft);
      draft.profile.created_at = UuidV7Time(id.view());
      ++draft.profile.revision;
      outbox.push_back(
          {.profile_id = id,
           .change = draft.exists ? storage::Change::kUpdated : storage::Change::kCreated,
           .revision = draft.profile.revision});
      profiles.push_back(std::move(draft.profile));
    }
    for (const ProfileId gone : linked_.gone) {
      CountGone(gone);
      outbox.push_back({.profile_id = gone, .change = storage::Change::kGone});
    }
    if (context_.counts_quality) quality_.CountSizes(linked_.sizes);
    SELFSAME_RETURN_IF_ERROR(storage::InsertQualityDeltas(connection_, context_.where, context_.now,
                                                          quality_.Changes()));
    if (outbox.empty()) return {};
    SELFSAME_RETURN_IF_ERROR(
        storage::UpsertProfiles(connection_, context_.where, context_.now, profiles));
    if (!linked_.gone.empty()) {
      SELFSAME_RETURN_IF_ERROR(storage::DeleteProfiles(connection_, context_.where, linked_.gone));
    }
    return storage::InsertOutbox(connection_, context_.where, context_.now, outbox);
  }

  // A profile whose row existed was read, since it is among those it comes from.
  void CountQuality(ProfileId id, const Draft& draft) {
    if (!context_.counts_quality) return;
    if (draft.exists) quality_.Take(stored_.at(id).attributes);
    quality_.Give(draft.profile.attributes);
  }

  void CountGone(ProfileId id) {
    const auto was = stored_.find(id);
    if (context_.counts_quality && was != stored_.end()) quality_.Take(was->second.attributes);
  }

  pg::BulkConnection& connection_;
  const CommitContext& context_;
  const Linked& linked_;
  std::vector<AnchoredClaim> claims_;  // Of this batch.
  std::map<ProfileId, Draft> drafts_;
  std::set<ProfileId> changed_;  // Have other members than before.
  std::map<ProfileId, StoredProfile> stored_;
  RefoldWanted refold_;       // Fields whose claims have to be looked at.
  MembersOf refold_members_;  // Profiles folded from scratch.
  QualityDeltas quality_;
  Written written_;
};

}  // namespace

Result<Written> WriteProfiles(pg::BulkConnection& connection, const CommitContext& context,
                              const Linked& linked, std::span<const PreparedRecord* const> updates,
                              std::span<const PreparedRecord* const> accepted) {
  if (linked.changed.empty() && linked.gone.empty() && updates.empty()) return Written{};
  return ProfileWriter(connection, context, linked).Run(updates, accepted);
}

}  // namespace selfsame::ingest
