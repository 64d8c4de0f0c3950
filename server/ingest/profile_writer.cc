#include "server/ingest/profile_writer.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "base/uuid.h"
#include "identity/fold.h"
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
  bool exists = false;  // Has a row.
};

// Whether a reader, or the next fold, can tell the two apart. The time of an unchanged value is not
// worth a row: whatever may overcome the value is compared with the claims themselves. What is
// added to is compared with nothing but itself.
bool IsSameField(const Folded& a, const Folded& b) {
  if (a.additions || b.additions) return a == b;
  return a.claim.value == b.claim.value && a.HasValue() == b.HasValue() &&
         a.is_composite == b.is_composite && a.claim.trust_priority == b.claim.trust_priority;
}

class ProfileWriter {
 public:
  ProfileWriter(pg::BulkConnection& connection, const CommitContext& context, const Linked& linked)
      : connection_(connection), context_(context), linked_(linked) {}

  Result<Written> Run(std::span<const PreparedRecord* const> updates) {
    SELFSAME_RETURN_IF_ERROR(InsertClaims(updates));
    DraftChanged();
    DraftUpdated(updates);
    SELFSAME_RETURN_IF_ERROR(LoadStored());
    CheckRevisions(updates);
    if (!written_.stale.empty() || !written_.later.empty()) return std::move(written_);
    JoinStored();
    for (const AnchoredClaim& claim : claims_) {
      CountConflict(claim);
      Fold(claim);
    }
    SELFSAME_RETURN_IF_ERROR(RefoldWantedFields());
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
                                     .schema = update->schema}});
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
    for (const auto& [anchor, attribute] : places) wanted.push_back({anchor, attribute, {}});
    SELFSAME_ASSIGN_OR_RETURN(const std::vector<AnchoredClaim> before,
                              storage::LoadNewestClaims(connection_, context_.where, wanted));
    quality_.Say(claims_, before);
    return {};
  }

  void DraftChanged() {
    for (const LinkedProfile& changed : linked_.changed) {
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
      if (!inserted) continue;
      at->second.profile.profile_id = profile_id;
      at->second.from = {profile_id};
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

  // Of the updates that want a revision, one a profile goes first. What it leaves behind is what
  // the next one has to want, which the next batch sees.
  void CheckRevisions(std::span<const PreparedRecord* const> updates) {
    std::map<ProfileId, std::vector<const PreparedRecord*>> conditional;
    for (const PreparedRecord* update : updates) {
      if (update->if_revision) {
        conditional[linked_.profile_of.at(update->anchor())].push_back(update);
      }
    }
    for (const auto& [profile, wanting] : conditional) {
      const auto revision = drafts_.at(profile).profile.revision;
      const auto first = std::find_if(
          wanting.begin(), wanting.end(),
          [&](const PreparedRecord* update) { return *update->if_revision == revision; });
      auto& others = first == wanting.end() ? written_.stale : written_.later;
      std::remove_copy(wanting.begin(), wanting.end(), std::back_inserter(others),
                       first == wanting.end() ? nullptr : *first);
    }
  }

  // Joins the states of the profiles that each draft comes from.
  void JoinStored() {
    for (auto& [id, draft] : drafts_) {
      if (draft.is_refold) continue;
      for (const ProfileId from : draft.from) {
        const auto found = stored_.find(from);
        if (found == stored_.end()) continue;
        for (const auto& [name, other] : found->second.attributes) {
          // What made a composite one may be older than what it comes from.
          const auto since = [&](const Folded& mine) {
            return other.is_composite ? kAllClaims
                                      : std::min(mine.claim.event_time, other.claim.event_time);
          };
          Take(draft, name, since, [&](identity::Survivorship rule, std::optional<Folded>& field) {
            return identity::FoldJoin(rule, field, other);
          });
        }
      }
    }
  }

  void Fold(const AnchoredClaim& claim) {
    Draft& draft = drafts_.at(linked_.profile_of.at(claim.anchor));
    if (draft.is_refold) return;  // It is among the claims that will be loaded.
    const auto since = [&](const Folded& mine) {
      return std::min(mine.claim.event_time, claim.claim.event_time);
    };
    const bool is_changed = Take(draft, claim.attribute, since,
                                 [&](identity::Survivorship rule, std::optional<Folded>& field) {
                                   return identity::FoldClaim(rule, field, claim.claim);
                                 });
    draft.is_changed = draft.is_changed || is_changed;
  }

  // Applies a step to one field of a draft; true when that changed it. Where it takes all claims,
  // or those since a time, the field is left for later, and so is what comes after it.
  template <typename Since, typename Apply>
  bool Take(Draft& draft, const std::string& name, Since since, Apply apply) {
    const identity::Survivorship rule = context_.rules.SurvivorshipOf(name);
    Attributes& attributes = draft.profile.attributes;
    const auto found = attributes.find(name);
    std::optional<Folded> field;
    if (found != attributes.end()) field = found->second;
    const identity::Step step = apply(rule, field);
    if (step == identity::Step::kRefold || IsLeftForLater(draft, name)) {
      const bool is_simple =
          rule == identity::Survivorship::kLatest && field && !field->is_composite;
      const TimeUs from = is_simple ? since(*field) : kAllClaims;
      const auto [at, is_new] = refold_[draft.profile.profile_id].try_emplace(name, from);
      if (!is_new) at->second = std::min(at->second, from);
    }
    if (step != identity::Step::kChanged) return false;
    attributes[name] = std::move(*field);
    return true;
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
      if (field != wanted->second.end()) field->second = kAllClaims;
    }
    SELFSAME_ASSIGN_OR_RETURN(auto folded, RefoldAttributes(connection_, context_, refold_));
    for (const auto& [profile, fields] : refold_) {
      Draft& draft = drafts_.at(profile);
      for (const auto& [name, since] : fields) {
        const auto now = folded[profile].find(name);
        const auto before = draft.profile.attributes.find(name);
        if (now == folded[profile].end()) continue;
        if (before != draft.profile.attributes.end() && IsSameField(before->second, now->second)) {
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
      return x.first == y.first && IsSameField(x.second, y.second);
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
  std::map<ProfileId, StoredProfile> stored_;
  RefoldWanted refold_;       // Fields whose claims have to be looked at.
  MembersOf refold_members_;  // Profiles folded from scratch.
  QualityDeltas quality_;
  Written written_;
};

}  // namespace

Result<Written> WriteProfiles(pg::BulkConnection& connection, const CommitContext& context,
                              const Linked& linked,
                              std::span<const PreparedRecord* const> updates) {
  if (linked.changed.empty() && linked.gone.empty() && updates.empty()) return Written{};
  return ProfileWriter(connection, context, linked).Run(updates);
}

}  // namespace selfsame::ingest
