#include "server/edge/explain.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "base/seal.h"
#include "base/uuid.h"
#include "identity/explain.h"
#include "server/edge/pool_call.h"
#include "server/edge/profile_encode.h"
#include "server/edge/profile_ref.h"
#include "server/schema/derived.h"
#include "server/schema/payload.h"
#include "storage/graph_reader.h"
#include "storage/source_trust.h"

namespace selfsame::edge {
namespace {

using identity::v1::ExplainProfileRequest;
using identity::v1::ExplainProfileResponse;
using storage::GraphNode;
using storage::StoredEdge;

constexpr int kEdgesMax = 20'000;
constexpr int kRefusedMax = 1'000;
// Of one attribute: all are judged, and so many are shown.
constexpr int kClaimsMax = 100'000;
constexpr std::size_t kClaimsShownMax = 1'000;

using Nodes = std::map<NodeId, GraphNode>;

Error TooLarge() {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "PROFILE_TOO_LARGE",
          .message = "the profile has more evidence than can be explained at once"};
}

Error NotFound() {
  return {.code = ErrorCode::kNotFound,
          .reason = "PROFILE_NOT_FOUND",
          .message = "no profile has this identifier or id"};
}

Status EncodeIdentifier(const GraphNode& node, const Caller& caller,
                        ingest::v1::Identifier* reply) {
  SELFSAME_ASSIGN_OR_RETURN(std::string value, Unseal(caller.tenant->seal_key.reveal(),
                                                      node.node.id.view(), node.value_sealed));
  reply->set_kind(node.node.kind);
  reply->set_value(std::move(value));
  return {};
}

// The stored values are the contract's, but for the one that is negative.
identity::v1::Evidence::Strength EncodeStrength(identity::Strength strength) {
  return strength == identity::Strength::kOneCustomer
             ? identity::v1::Evidence::STRENGTH_ONE_CUSTOMER
             : static_cast<identity::v1::Evidence::Strength>(strength);
}

Status EncodeEvidence(const StoredEdge& stored, const Nodes& nodes, const Caller& caller,
                      identity::v1::Evidence* reply) {
  SELFSAME_RETURN_IF_ERROR(EncodeIdentifier(nodes.at(stored.edge.a), caller, reply->mutable_a()));
  SELFSAME_RETURN_IF_ERROR(EncodeIdentifier(nodes.at(stored.edge.b), caller, reply->mutable_b()));
  reply->set_strength(EncodeStrength(stored.edge.strength));
  EncodeTime(stored.edge.first_evidence, reply->mutable_first_evidence());
  reply->set_record_id(FormatUuid(stored.edge.record_id));
  if (stored.refusal != identity::Refusal::kNone) {
    reply->set_refusal(std::string(identity::RefusalName(stored.refusal)));
  }
  return {};
}

// What is known around one profile.
struct Surroundings {
  NodeId node;
  std::vector<NodeId> members;
  Nodes nodes;                       // Members and their neighbours by refused evidence.
  std::vector<StoredEdge> standing;  // Between members.
  std::vector<StoredEdge> refused;   // At most kRefusedMax.
};

// What limits and cannot-links refused, then what has left the graph: a member that many share has
// very much of that.
std::vector<StoredEdge> ReadRefused(pqxx::work& tx, const storage::TenantShard& where,
                                    const std::vector<NodeId>& members) {
  using identity::Refusal;
  constexpr std::pair<Refusal, Refusal> kRanges[] = {
      {Refusal::kUniqueConflict, Refusal::kCannotLink},
      {Refusal::kSharedIdentifier, Refusal::kTooManyRefused}};
  std::set<std::tuple<NodeId, NodeId, identity::Strength>> seen;
  std::vector<StoredEdge> refused;
  for (const auto& [least, most] : kRanges) {
    // Each may come twice.
    for (const StoredEdge& stored :
         storage::ReadRefusedEdges(tx, where, members, least, most, 2 * kRefusedMax)) {
      const auto& edge = stored.edge;
      if (refused.size() == static_cast<std::size_t>(kRefusedMax)) return refused;
      if (seen.insert({edge.a, edge.b, edge.strength}).second) refused.push_back(stored);
    }
  }
  return refused;
}

Result<Surroundings> ReadSurroundings(pqxx::work& tx, const storage::TenantShard& where,
                                      const storage::ProfileKey& key) {
  Surroundings around;
  SELFSAME_ASSIGN_OR_RETURN(around.node, storage::FindNode(tx, where, key));
  around.members = storage::FindMembers(tx, where, around.node);
  around.standing = storage::ReadStandingEdges(tx, where, around.members, kEdgesMax);
  if (around.standing.size() == static_cast<std::size_t>(kEdgesMax)) return TooLarge();
  around.refused = ReadRefused(tx, where, around.members);
  std::set<NodeId> ends(around.members.begin(), around.members.end());
  for (const StoredEdge& stored : around.refused) ends.insert({stored.edge.a, stored.edge.b});
  for (GraphNode& node :
       storage::ReadNodes(tx, where, std::vector<NodeId>(ends.begin(), ends.end()))) {
    const NodeId id = node.node.id;
    around.nodes.emplace(id, std::move(node));
  }
  // Of identifiers that were removed nothing is left to be shown.
  if (!around.nodes.contains(around.node)) return NotFound();
  const auto is_loose = [&](const StoredEdge& stored) {
    return !around.nodes.contains(stored.edge.a) || !around.nodes.contains(stored.edge.b);
  };
  std::erase_if(around.standing, is_loose);
  std::erase_if(around.refused, is_loose);
  return around;
}

// The evidence that made one person of the members: all of it, or the path between two of them.
// What is stored was resolved by the rules of its time, so what holds is not resolved again.
Result<std::vector<StoredEdge>> Joining(const Surroundings& around, const Caller& caller,
                                        const ExplainProfileRequest& request) {
  std::vector<identity::Edge> edges;
  for (const StoredEdge& stored : around.standing) {
    edges.push_back(stored.SeenBy(caller.tenant->rules->activation));
  }
  std::vector<std::size_t> indices;
  if (request.has_from() || request.has_to()) {
    SELFSAME_ASSIGN_OR_RETURN(const NodeId from, NodeOf(request.from(), caller, "from"));
    SELFSAME_ASSIGN_OR_RETURN(const NodeId to, NodeOf(request.to(), caller, "to"));
    const auto is_member = [&](NodeId node) {
      return std::find(around.members.begin(), around.members.end(), node) != around.members.end();
    };
    if (!is_member(from) || !is_member(to)) {
      return InvalidField("from", "NOT_ONE_PROFILE", "the two are not of this profile");
    }
    indices = identity::PathBetween(edges, from, to);
  } else {
    indices = identity::JoiningEdges(edges);
  }
  std::vector<StoredEdge> joining;
  for (const std::size_t i : indices) joining.push_back(around.standing[i]);
  return joining;
}

Error Unreadable() {
  return {.code = ErrorCode::kInternal,
          .reason = "PAYLOAD_UNREADABLE",
          .message = "a stored value cannot be read"};
}

Status EncodeClaim(const identity::Claim& claim, identity::Verdict verdict, const Caller& caller,
                   identity::v1::ClaimVerdict* reply) {
  if (!schema::ParseJson(claim.value, reply->mutable_value())) return Unreadable();
  const storage::Source* source = caller.directory->FindSource(claim.source);
  reply->set_operation(static_cast<ingest::v1::AttributeOperation>(claim.operation));
  reply->set_source(source == nullptr ? "" : source->name);
  EncodeTime(claim.event_time, reply->mutable_event_time());
  reply->set_record_id(FormatUuid(claim.record_id));
  reply->set_trust_priority(claim.trust_priority);
  reply->set_verdict(std::string(identity::VerdictName(verdict)));
  return {};
}

// The winner first, then what the value is made of with it, then the others; newest first.
std::vector<std::size_t> OrderOf(const std::vector<identity::Claim>& claims,
                                 const std::vector<identity::Verdict>& verdicts) {
  std::vector<std::size_t> order(claims.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto group = [&](std::size_t i) {
    return std::min(verdicts[i], identity::Verdict::kLessTrusted);  // The first of those that lost.
  };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (group(a) != group(b)) return group(a) < group(b);
    return identity::IsLater(claims[a], claims[b]);
  });
  return order;
}

Result<std::vector<identity::Claim>> ReadClaimsOf(pg::Session& session, const Caller& caller,
                                                  const storage::ProfileKey& key,
                                                  const std::string& attribute) {
  using Claims = std::vector<identity::Claim>;
  const storage::TenantShard where = WhereOf(caller);
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Claims> {
    SELFSAME_ASSIGN_OR_RETURN(const NodeId node, storage::FindNode(tx, where, key));
    auto named = storage::ReadClaims(tx, where, storage::FindMembers(tx, where, node), attribute,
                                     kClaimsMax + 1);
    if (named.size() > static_cast<std::size_t>(kClaimsMax)) return TooLarge();
    storage::SetTrust(tx, {where.tenant, *caller.directory, *caller.tenant->rules}, named);
    Claims claims;
    for (storage::NamedClaim& one : named) claims.push_back(std::move(one.claim));
    return claims;
  });
}

// An attribute, with all that is claimed of it.
struct Explained {
  identity::Survivorship rule = identity::Survivorship::kLatest;
  std::vector<identity::Claim> claims;
  std::vector<identity::Verdict> verdicts;
  std::string value;  // JSON text; empty: it has none.
};

Result<Explained> ExplainOne(pg::Session& session, const Caller& caller,
                             const storage::ProfileKey& key, const std::string& attribute) {
  Explained one{.rule = caller.tenant->rules->SurvivorshipOf(attribute)};
  SELFSAME_ASSIGN_OR_RETURN(one.claims, ReadClaimsOf(session, caller, key, attribute));
  one.verdicts = identity::JudgeClaims(one.rule, one.claims);
  const auto folded = identity::FoldField(one.rule, one.claims);
  if (folded && folded->HasValue()) {
    one.value = folded->claim.value;
    return one;
  }
  // It may be derived of another, by whose claims it stands and falls.
  const std::string of(schema::DerivedOf(attribute));
  if (of.empty()) return one;
  Explained other{.rule = caller.tenant->rules->SurvivorshipOf(of)};
  SELFSAME_ASSIGN_OR_RETURN(other.claims, ReadClaimsOf(session, caller, key, of));
  const auto source = identity::FoldField(other.rule, other.claims);
  if (!source || !source->HasValue()) return one;
  const auto value = identity::DerivedValue(source->claim, attribute);
  if (!value) return one;
  other.value = *value;
  other.verdicts = identity::JudgeClaims(other.rule, other.claims);
  for (identity::Claim& claim : other.claims) {
    claim.value = identity::DerivedValue(claim, attribute).value_or("null");
  }
  return other;
}

}  // namespace

Status ExplainProfile(pg::Session& session, const Caller& caller,
                      const ExplainProfileRequest& request, ExplainProfileResponse* response) {
  SELFSAME_ASSIGN_OR_RETURN(const storage::ProfileKey key, KeyOf(request.profile(), caller));
  const storage::TenantShard where = WhereOf(caller);
  SELFSAME_ASSIGN_OR_RETURN(
      const Surroundings around,
      session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Surroundings> {
        return ReadSurroundings(tx, where, key);
      }));
  response->set_profile_id(FormatUuid(around.nodes.at(around.node).profile_id));
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<StoredEdge> joining,
                            Joining(around, caller, request));
  for (const StoredEdge& edge : joining) {
    SELFSAME_RETURN_IF_ERROR(EncodeEvidence(edge, around.nodes, caller, response->add_joined_by()));
  }
  for (const StoredEdge& edge : around.refused) {
    SELFSAME_RETURN_IF_ERROR(EncodeEvidence(edge, around.nodes, caller, response->add_refused()));
  }
  return {};
}

Status ExplainAttribute(pg::Session& session, const Caller& caller,
                        const identity::v1::ExplainAttributeRequest& request,
                        identity::v1::ExplainAttributeResponse* response) {
  SELFSAME_ASSIGN_OR_RETURN(const storage::ProfileKey key, KeyOf(request.profile(), caller));
  if (request.attribute().empty()) {
    return InvalidField("attribute", "ATTRIBUTE_REQUIRED", "name an attribute");
  }
  SELFSAME_ASSIGN_OR_RETURN(const Explained one,
                            ExplainOne(session, caller, key, request.attribute()));
  response->set_rule(std::string(identity::SurvivorshipName(one.rule)));
  if (!one.value.empty() && !schema::ParseJson(one.value, response->mutable_value())) {
    return Unreadable();
  }
  std::vector<std::size_t> shown = OrderOf(one.claims, one.verdicts);
  shown.resize(std::min(shown.size(), kClaimsShownMax));
  for (const std::size_t i : shown) {
    SELFSAME_RETURN_IF_ERROR(
        EncodeClaim(one.claims[i], one.verdicts[i], caller, response->add_claims()));
  }
  response->set_claims_not_shown(static_cast<std::uint32_t>(one.claims.size() - shown.size()));
  return {};
}

}  // namespace selfsame::edge
