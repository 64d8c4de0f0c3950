#include "server/edge/explain.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/seal.h"
#include "base/uuid.h"
#include "identity/explain.h"
#include "server/edge/pool_call.h"
#include "server/edge/profile_encode.h"
#include "server/edge/profile_ref.h"
#include "server/schema/payload.h"
#include "storage/graph_reader.h"

namespace selfsame::edge {
namespace {

using identity::v1::ExplainProfileRequest;
using identity::v1::ExplainProfileResponse;
using storage::GraphNode;
using storage::StoredEdge;

constexpr int kEdgesMax = 20'000;
constexpr int kRefusedMax = 1'000;
constexpr int kClaimsMax = 1'000;

using Nodes = std::map<NodeId, GraphNode>;

Error TooLarge() {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "PROFILE_TOO_LARGE",
          .message = "the profile has more evidence than can be explained at once"};
}

Status EncodeIdentifier(const GraphNode& node, const Caller& caller,
                        ingest::v1::Identifier* reply) {
  SELFSAME_ASSIGN_OR_RETURN(std::string value, Unseal(caller.tenant->seal_key.reveal(),
                                                      node.node.id.view(), node.value_sealed));
  reply->set_kind(node.node.kind);
  reply->set_value(std::move(value));
  return {};
}

Status EncodeEvidence(const StoredEdge& stored, const Nodes& nodes, const Caller& caller,
                      identity::v1::Evidence* reply) {
  SELFSAME_RETURN_IF_ERROR(EncodeIdentifier(nodes.at(stored.edge.a), caller, reply->mutable_a()));
  SELFSAME_RETURN_IF_ERROR(EncodeIdentifier(nodes.at(stored.edge.b), caller, reply->mutable_b()));
  // The stored values are the contract's.
  reply->set_strength(static_cast<identity::v1::Evidence::Strength>(stored.edge.strength));
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
  Nodes nodes;                    // Members and their neighbours.
  std::vector<StoredEdge> inner;  // In the graph, between members.
  std::vector<StoredEdge> refused;
};

Result<Surroundings> ReadSurroundings(pqxx::work& tx, const storage::TenantShard& where,
                                      const storage::ProfileKey& key) {
  Surroundings around;
  SELFSAME_ASSIGN_OR_RETURN(around.node, storage::FindNode(tx, where, key));
  around.members = storage::FindMembers(tx, where, around.node);
  const std::set<NodeId> members(around.members.begin(), around.members.end());
  const auto edges = storage::ReadEdges(tx, where, around.members, kEdgesMax);
  if (edges.size() == static_cast<std::size_t>(kEdgesMax)) return TooLarge();
  std::set<std::tuple<NodeId, NodeId, identity::Strength>> seen;
  std::set<NodeId> ends = members;
  for (const StoredEdge& stored : edges) {
    const auto& edge = stored.edge;
    if (!seen.insert({edge.a, edge.b, edge.strength}).second) continue;
    const bool is_inner = members.contains(edge.a) && members.contains(edge.b);
    const bool is_refused = stored.refusal != identity::Refusal::kNone;
    if (is_refused && around.refused.size() < static_cast<std::size_t>(kRefusedMax)) {
      around.refused.push_back(stored);
      ends.insert({edge.a, edge.b});
    } else if (!is_refused && is_inner) {
      around.inner.push_back(stored);
    }
  }
  for (GraphNode& node :
       storage::ReadNodes(tx, where, std::vector<NodeId>(ends.begin(), ends.end()))) {
    const NodeId id = node.node.id;
    around.nodes.emplace(id, std::move(node));
  }
  return around;
}

// The evidence that made one person of the members: all of it, or the path between two of them.
Result<std::vector<StoredEdge>> Joining(const Surroundings& around, const Caller& caller,
                                        const ExplainProfileRequest& request) {
  std::vector<identity::Node> nodes;
  for (const NodeId member : around.members) nodes.push_back(around.nodes.at(member).node);
  std::vector<identity::Edge> edges;
  for (const StoredEdge& stored : around.inner) edges.push_back(stored.edge);
  const identity::Graph graph{nodes, edges};
  const auto resolution = identity::Resolve(graph, *caller.tenant->rules);
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
    indices = identity::PathBetween(graph, resolution, from, to);
  } else {
    indices = identity::JoiningEdges(graph, resolution);
  }
  std::vector<StoredEdge> joining;
  for (const std::size_t i : indices) joining.push_back(around.inner[i]);
  return joining;
}

std::string OperationName(identity::ClaimOperation operation) {
  return ingest::v1::AttributeOperation_Name(
      static_cast<ingest::v1::AttributeOperation>(operation));
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
  reply->set_operation(OperationName(claim.operation));
  reply->set_source(source == nullptr ? "" : source->name);
  EncodeTime(claim.event_time, reply->mutable_event_time());
  reply->set_record_id(FormatUuid(claim.record_id));
  reply->set_trust_priority(claim.trust_priority);
  reply->set_verdict(std::string(identity::VerdictName(verdict)));
  return {};
}

// The winner first, then by time, latest first.
std::vector<std::size_t> OrderOf(const std::vector<identity::Claim>& claims,
                                 const std::vector<identity::Verdict>& verdicts) {
  std::vector<std::size_t> order(claims.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (verdicts[a] != verdicts[b]) return verdicts[a] < verdicts[b];
    return identity::IsLater(claims[a], claims[b]);
  });
  return order;
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
  const storage::TenantShard where = WhereOf(caller);
  using Claims = std::vector<storage::NamedClaim>;
  SELFSAME_ASSIGN_OR_RETURN(
      const Claims named,
      session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Claims> {
        SELFSAME_ASSIGN_OR_RETURN(const NodeId node, storage::FindNode(tx, where, key));
        return storage::ReadClaims(tx, where, storage::FindMembers(tx, where, node),
                                   request.attribute(), kClaimsMax);
      }));
  std::vector<identity::Claim> claims;
  for (const storage::NamedClaim& one : named) {
    claims.push_back(one.claim);
    claims.back().trust_priority = caller.directory->TrustPriority(one.claim.source);
  }
  const auto rule = caller.tenant->rules->SurvivorshipOf(request.attribute());
  response->set_rule(std::string(identity::SurvivorshipName(rule)));
  const auto folded = identity::FoldField(rule, claims);
  if (folded && folded->HasValue() &&
      !schema::ParseJson(folded->claim.value, response->mutable_value())) {
    return Unreadable();
  }
  const auto verdicts = identity::JudgeClaims(rule, claims);
  for (const std::size_t i : OrderOf(claims, verdicts)) {
    SELFSAME_RETURN_IF_ERROR(EncodeClaim(claims[i], verdicts[i], caller, response->add_claims()));
  }
  return {};
}

}  // namespace selfsame::edge
