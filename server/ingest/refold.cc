#include "server/ingest/refold.h"

#include <set>
#include <unordered_map>
#include <utility>

#include "storage/profiles.h"
#include "storage/source_trust.h"

namespace selfsame::ingest {
namespace {

using storage::AnchoredClaim;
using ProfileOf = std::unordered_map<NodeId, ProfileId, Id128Hash>;

using Grouped = std::map<ProfileId, ClaimsByName>;

Result<Grouped> Group(pg::BulkConnection& connection, const CommitContext& context,
                      const ProfileOf& profile_of, std::vector<AnchoredClaim> claims) {
  // Claims may be of sources that are newer than the directory of this batch: of its other records,
  // or stored by another server.
  std::set<SourceId> sources;
  for (const AnchoredClaim& anchored : claims) sources.insert(anchored.claim.source);
  SELFSAME_ASSIGN_OR_RETURN(
      const storage::Trusts trusts,
      storage::FindTrusts(connection, {context.where.tenant, context.directory, context.rules},
                          sources));
  Grouped grouped;
  for (AnchoredClaim& anchored : claims) {
    identity::Claim& claim = anchored.claim;
    claim.trust_priority = trusts.at(claim.source);
    grouped[profile_of.at(anchored.anchor)][anchored.attribute].push_back(std::move(claim));
  }
  return grouped;
}

std::map<ProfileId, identity::Attributes> FoldAll(const CommitContext& context,
                                                  const Grouped& grouped) {
  std::map<ProfileId, identity::Attributes> folded;
  for (const auto& [profile, by_name] : grouped) {
    for (const auto& [name, of_name] : by_name) {
      auto field = identity::FoldField(context.rules.SurvivorshipOf(name), of_name);
      if (field) folded[profile].emplace(name, std::move(*field));
    }
  }
  return folded;
}

}  // namespace

Result<Grouped> LoadWanted(pg::BulkConnection& connection, const CommitContext& context,
                           const RefoldWanted& wanted) {
  if (wanted.empty()) return Grouped();
  std::vector<ProfileId> profiles;
  for (const auto& [profile, spans] : wanted) profiles.push_back(profile);
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::Membership> members,
                            storage::LoadMembers(connection, context.where, profiles));
  ProfileOf profile_of;
  std::vector<storage::WantedClaims> claims;
  for (const storage::Membership& member : members) {
    profile_of.emplace(member.node, member.profile_id);
    for (const auto& [attribute, span] : wanted.at(member.profile_id)) {
      claims.push_back({.anchor = member.node, .attribute = attribute, .span = span});
    }
  }
  SELFSAME_ASSIGN_OR_RETURN(std::vector<AnchoredClaim> loaded,
                            storage::LoadClaimsSince(connection, context.where, claims));
  return Group(connection, context, profile_of, std::move(loaded));
}

Result<std::map<ProfileId, identity::Attributes>> RefoldAttributes(pg::BulkConnection& connection,
                                                                   const CommitContext& context,
                                                                   const RefoldWanted& wanted) {
  SELFSAME_ASSIGN_OR_RETURN(const Grouped grouped, LoadWanted(connection, context, wanted));
  return FoldAll(context, grouped);
}

Result<std::map<ProfileId, identity::Attributes>> RefoldProfiles(pg::BulkConnection& connection,
                                                                 const CommitContext& context,
                                                                 const MembersOf& members) {
  ProfileOf profile_of;
  std::vector<NodeId> nodes;
  for (const auto& [profile, of_profile] : members) {
    for (const NodeId node : of_profile) {
      profile_of.emplace(node, profile);
      nodes.push_back(node);
    }
  }
  if (nodes.empty()) return std::map<ProfileId, identity::Attributes>();
  SELFSAME_ASSIGN_OR_RETURN(std::vector<AnchoredClaim> loaded,
                            storage::LoadClaims(connection, context.where, nodes));
  SELFSAME_ASSIGN_OR_RETURN(const Grouped grouped,
                            Group(connection, context, profile_of, std::move(loaded)));
  return FoldAll(context, grouped);
}

}  // namespace selfsame::ingest
