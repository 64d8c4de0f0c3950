#include "server/ingest/profile_writer.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/uuid.h"
#include "identity/fold.h"
#include "server/ingest/quality_deltas.h"
#include "storage/outbox.h"
#include "storage/profiles.h"

namespace selfsame::ingest {
namespace {

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

class ProfileWriter {
 public:
  ProfileWriter(pg::BulkConnection& connection, const CommitContext& context, const Linked& linked)
      : connection_(connection), context_(context), linked_(linked) {}

  Result<WrittenProfiles> Run(std::span<const PreparedRecord* const> updates) {
    SELFSAME_RETURN_IF_ERROR(InsertClaims(updates));
    DraftChanged();
    DraftClaimed();
    SELFSAME_RETURN_IF_ERROR(FoldStored());
    SELFSAME_RETURN_IF_ERROR(RefoldFromClaims());
    for (const AnchoredClaim& claim : claims_) {
      CountConflict(claim);
      Fold(claim);
    }
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
                                     .value = value}});
      }
    }
    if (claims_.empty()) return {};
    return storage::InsertClaims(connection_, context_.where, claims_);
  }

  void DraftChanged() {
    for (const LinkedProfile& changed : linked_.changed) {
      Draft& draft = drafts_[changed.profile_id];
      draft.profile.profile_id = changed.profile_id;
      draft.from = changed.from;
      draft.is_refold = changed.is_refold;
      draft.is_changed = true;
      if (!changed.is_refold) continue;
      refold_nodes_.insert(refold_nodes_.end(), changed.members.begin(), changed.members.end());
    }
  }

  void DraftClaimed() {
    for (const AnchoredClaim& claim : claims_) {
      const ProfileId profile_id = linked_.profile_of.at(claim.anchor);
      const auto [at, inserted] = drafts_.try_emplace(profile_id);
      if (!inserted) continue;
      at->second.profile.profile_id = profile_id;
      at->second.from = {profile_id};
    }
  }

  // Joins the states of the profiles that each draft comes from.
  Status FoldStored() {
    std::set<ProfileId> wanted;
    for (const auto& [id, draft] : drafts_) wanted.insert(draft.from.begin(), draft.from.end());
    if (wanted.empty()) return {};
    const std::vector<ProfileId> ids(wanted.begin(), wanted.end());
    SELFSAME_ASSIGN_OR_RETURN(const std::vector<StoredProfile> stored,
                              storage::LoadProfiles(connection_, context_.where, ids));
    std::map<ProfileId, const StoredProfile*> by_id;
    for (const StoredProfile& profile : stored) {
      by_id[profile.profile_id] = &profile;
      before_[profile.profile_id] = profile.attributes;
    }
    for (auto& [id, draft] : drafts_) {
      for (const ProfileId from : draft.from) {
        const auto found = by_id.find(from);
        if (found == by_id.end()) continue;
        draft.exists = draft.exists || from == id;
        // A revision never goes back, whichever of the profiles lives on.
        draft.profile.revision = std::max(draft.profile.revision, found->second->revision);
        if (!draft.is_refold)
          identity::FoldAttributes(draft.profile.attributes, found->second->attributes);
      }
    }
    return {};
  }

  Status RefoldFromClaims() {
    if (refold_nodes_.empty()) return {};
    SELFSAME_ASSIGN_OR_RETURN(std::vector<AnchoredClaim> stored,
                              storage::LoadClaims(connection_, context_.where, refold_nodes_));
    for (AnchoredClaim& claim : stored) {
      claim.claim.trust_priority = context_.directory.TrustPriority(claim.claim.source);
      Fold(claim);
    }
    return {};
  }

  void Fold(const AnchoredClaim& claim) {
    Draft& draft = drafts_.at(linked_.profile_of.at(claim.anchor));
    if (identity::FoldClaim(draft.profile.attributes, claim.attribute, claim.claim)) {
      draft.is_changed = true;
    }
  }

  // Before it is folded: what prevails then may be the claim itself.
  void CountConflict(const AnchoredClaim& claim) {
    const auto& attributes = drafts_.at(linked_.profile_of.at(claim.anchor)).profile.attributes;
    const auto standing = attributes.find(claim.attribute);
    if (standing == attributes.end() || standing->second.source == claim.claim.source) return;
    if (standing->second.value != claim.claim.value) ++written_.conflicts[claim.attribute];
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
    if (outbox.empty()) return {};
    SELFSAME_RETURN_IF_ERROR(
        storage::UpsertProfiles(connection_, context_.where, context_.now, profiles));
    if (!linked_.gone.empty()) {
      SELFSAME_RETURN_IF_ERROR(storage::DeleteProfiles(connection_, context_.where, linked_.gone));
    }
    SELFSAME_RETURN_IF_ERROR(storage::InsertQualityDeltas(connection_, context_.where, context_.now,
                                                          quality_.Changes()));
    return storage::InsertOutbox(connection_, context_.where, context_.now, outbox);
  }

  // A profile whose row existed was read, since it is among those it comes from.
  void CountQuality(ProfileId id, const Draft& draft) {
    if (!context_.counts_quality) return;
    if (draft.exists) quality_.Take(before_.at(id));
    quality_.Give(draft.profile.attributes);
  }

  void CountGone(ProfileId id) {
    const auto was = before_.find(id);
    if (context_.counts_quality && was != before_.end()) quality_.Take(was->second);
  }

  pg::BulkConnection& connection_;
  const CommitContext& context_;
  const Linked& linked_;
  std::vector<AnchoredClaim> claims_;  // Of this batch.
  std::map<ProfileId, Draft> drafts_;
  std::vector<NodeId> refold_nodes_;
  std::map<ProfileId, identity::Attributes> before_;  // Of the profiles that were read.
  QualityDeltas quality_;
  WrittenProfiles written_;
};

}  // namespace

Result<WrittenProfiles> WriteProfiles(pg::BulkConnection& connection, const CommitContext& context,
                                      const Linked& linked,
                                      std::span<const PreparedRecord* const> updates) {
  if (linked.changed.empty() && linked.gone.empty() && updates.empty()) return WrittenProfiles{};
  return ProfileWriter(connection, context, linked).Run(updates);
}

}  // namespace selfsame::ingest
