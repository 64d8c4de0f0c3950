#include "server/ingest/link.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/seal.h"
#include "base/uuid.h"
#include "identity/plan.h"
#include "identity/resolve.h"
#include "server/ingest/fresh_groups.h"
#include "storage/graph.h"
#include "storage/merge_history.h"

namespace selfsame::ingest {
namespace {

using storage::KnownIdentifier;
using storage::NewIdentifier;
using storage::StoredEdge;

// How often others may insert or lock the same identifiers first before the body starts anew.
constexpr int kAttemptsMax = 32;

// One attempt to link; a lost race shows as no value, and leaves everything to be rolled back.
class Attempt {
 public:
  Attempt(pg::BulkConnection& connection, const CommitContext& context, const Evidence& evidence)
      : connection_(connection), context_(context), evidence_(evidence) {}

  Result<std::optional<Linked>> Run() {
    SELFSAME_RETURN_IF_ERROR(FindKnown());
    fresh_ = ResolveFreshGroups(evidence_, known_nodes_, context_.rules, context_.now);
    SELFSAME_ASSIGN_OR_RETURN(const bool inserted, InsertNew());
    if (!inserted) return std::optional<Linked>();
    SELFSAME_ASSIGN_OR_RETURN(const bool locked, LockTouched());
    if (!locked) return std::optional<Linked>();
    SELFSAME_RETURN_IF_ERROR(InsertEdges());
    SELFSAME_RETURN_IF_ERROR(WriteFreshHistory());
    SELFSAME_RETURN_IF_ERROR(ResolveTouched());
    return std::optional<Linked>(std::move(linked_));
  }

 private:
  Status FindKnown() {
    std::set<NodeId> wanted;
    for (const auto& [node, mention] : evidence_.nodes) wanted.insert(node);
    for (const PreparedRecord* update : evidence_.updates) wanted.insert(update->anchor());
    const std::vector<NodeId> nodes(wanted.begin(), wanted.end());
    SELFSAME_ASSIGN_OR_RETURN(const std::vector<KnownIdentifier> known,
                              storage::FindIdentifiers(connection_, context_.where, nodes));
    for (const KnownIdentifier& identifier : known) {
      known_nodes_.insert(identifier.node);
      touched_.emplace(identifier.node, identifier.standing);
    }
    return {};
  }

  // False when another transaction inserted one of the nodes first.
  Result<bool> InsertNew() {
    std::vector<NewIdentifier> identifiers;
    for (const auto& [node, mention] : evidence_.nodes) {
      if (known_nodes_.contains(node)) continue;
      identifiers.push_back(NewIdentifierOf(node, *mention));
    }
    if (identifiers.empty()) return true;
    SELFSAME_ASSIGN_OR_RETURN(
        const storage::NodeIdSet created,
        storage::InsertIdentifiers(connection_, context_.where, context_.now, identifiers));
    if (created.size() != identifiers.size()) return false;
    std::set<ComponentId> born;
    for (const NewIdentifier& identifier : identifiers) {
      created_.insert(identifier.node);
      linked_.profile_of[identifier.node] = identifier.standing.profile_id;
      if (fresh_.Contains(identifier.node)) {
        born.insert(identifier.standing.component_id);
      } else {
        touched_[identifier.node] = identifier.standing;  // Joins a component below.
      }
    }
    if (born.empty()) return true;
    const std::vector<ComponentId> components(born.begin(), born.end());
    SELFSAME_RETURN_IF_ERROR(storage::InsertComponents(connection_, context_.where, components));
    return true;
  }

  // A node of a fresh group is born where it belongs; another one alone, to be joined below.
  NewIdentifier NewIdentifierOf(NodeId node, const Mention& mention) const {
    NewIdentifier identifier{
        .node = node,
        .kind = mention.kind,
        .value_sealed = Seal(context_.tenant.seal_key.reveal(), node.view(), mention.canonical)};
    if (const FreshNode* fresh = fresh_.Find(node)) {
      identifier.birth_id = fresh->birth_id;
      identifier.standing = fresh->standing;
    } else {
      identifier.birth_id = NewUuidV7<ProfileId>(context_.now);
      identifier.standing = {identifier.birth_id, ComponentId{identifier.birth_id.bytes}};
    }
    return identifier;
  }

  // Locks the components of all touched nodes; false when one of them moved meanwhile.
  Result<bool> LockTouched() {
    if (touched_.empty()) return true;
    std::set<ComponentId> components;
    std::vector<NodeId> nodes;
    for (const auto& [node, standing] : touched_) {
      components.insert(standing.component_id);
      nodes.push_back(node);
    }
    const std::vector<ComponentId> ordered(components.begin(), components.end());
    SELFSAME_RETURN_IF_ERROR(storage::LockComponents(connection_, context_.where, ordered));
    SELFSAME_ASSIGN_OR_RETURN(const std::vector<KnownIdentifier> now,
                              storage::FindIdentifiers(connection_, context_.where, nodes));
    for (const KnownIdentifier& identifier : now) {
      if (!components.contains(identifier.standing.component_id)) return false;
      touched_[identifier.node] = identifier.standing;
      linked_.profile_of[identifier.node] = identifier.standing.profile_id;
    }
    return true;
  }

  Status InsertEdges() {
    if (evidence_.edges.empty()) return {};
    std::vector<StoredEdge> edges;
    for (const auto& [ends, seen] : evidence_.edges) {
      edges.push_back({.edge = {.a = ends.first,
                                .b = ends.second,
                                .strength = identity::Strength::kDeterministic,
                                .first_evidence = seen.first_evidence,
                                .record_id = seen.record_id},
                       .refusal = fresh_.RefusalOf(ends)});
    }
    SELFSAME_ASSIGN_OR_RETURN(const std::vector<std::size_t> changed,
                              storage::InsertEdges(connection_, context_.where, edges));
    for (const std::size_t i : changed) {
      const NodePair ends{edges[i].edge.a, edges[i].edge.b};
      if (!fresh_.Contains(ends.first)) changed_.insert(ends);
    }
    return {};
  }

  Status WriteFreshHistory() {
    Collect(fresh_.plan(), fresh_.nodes());
    if (fresh_.plan().history.empty()) return {};
    return storage::InsertMergeHistory(connection_, context_.where, context_.now,
                                       fresh_.plan().history, fresh_.edges());
  }

  Status ResolveTouched() {
    if (changed_.empty()) return {};
    std::set<ComponentId> components;
    for (const auto& [a, b] : changed_) {
      components.insert(touched_.at(a).component_id);
      components.insert(touched_.at(b).component_id);
    }
    const std::vector<ComponentId> ordered(components.begin(), components.end());
    SELFSAME_ASSIGN_OR_RETURN(storage::Components loaded,
                              storage::LoadComponents(connection_, context_.where, ordered));
    return ApplyPlan(loaded);
  }

  Status ApplyPlan(storage::Components& loaded) {
    std::vector<identity::Edge> edges;
    std::vector<identity::EdgeStanding> edge_standings;
    for (const StoredEdge& stored : loaded.edges) {
      edges.push_back(stored.edge);
      edge_standings.push_back({stored.refusal, changed_.contains({stored.edge.a, stored.edge.b})});
    }
    for (std::size_t i = 0; i < loaded.nodes.size(); ++i) {
      // Born in this transaction: it was nobody's before.
      if (created_.contains(loaded.nodes[i].id)) loaded.standings[i] = {};
    }
    const identity::Resolution resolution = identity::Resolve(loaded.nodes, edges, context_.rules);
    const identity::Plan plan =
        identity::MakePlan(loaded.nodes, loaded.standings, edges, edge_standings, resolution);
    Collect(plan, loaded.nodes);
    for (std::size_t i = 0; i < loaded.nodes.size(); ++i) {
      linked_.profile_of[loaded.nodes[i].id] = resolution.profile_of[i];
    }
    SELFSAME_RETURN_IF_ERROR(WriteComponents(loaded, resolution));
    return WritePlan(plan, loaded, edges, resolution);
  }

  // Brings the rows of components in line with what they have grown into.
  Status WriteComponents(const storage::Components& loaded,
                         const identity::Resolution& resolution) {
    std::set<ComponentId> before;
    for (const identity::Standing& standing : loaded.standings)
      before.insert(standing.component_id);
    before.erase(ComponentId{});  // Of nodes born in this transaction.
    const std::set<ComponentId> after(resolution.component_of.begin(),
                                      resolution.component_of.end());
    std::vector<ComponentId> born, gone;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(born));
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(gone));
    if (!born.empty()) {
      SELFSAME_RETURN_IF_ERROR(storage::InsertComponents(connection_, context_.where, born));
    }
    return gone.empty() ? Status() : storage::DeleteComponents(connection_, context_.where, gone);
  }

  Status WritePlan(const identity::Plan& plan, const storage::Components& loaded,
                   std::span<const identity::Edge> edges, const identity::Resolution& resolution) {
    std::vector<KnownIdentifier> moves;
    for (const std::size_t i : plan.moves) {
      moves.push_back({.node = loaded.nodes[i].id,
                       .birth_id = loaded.nodes[i].birth_id,
                       .standing = {resolution.profile_of[i], resolution.component_of[i]}});
    }
    std::vector<StoredEdge> refusals;
    for (const std::size_t i : plan.refusals) {
      refusals.push_back({.edge = edges[i], .refusal = resolution.refusal_of[i]});
    }
    if (!moves.empty()) {
      SELFSAME_RETURN_IF_ERROR(storage::MoveIdentifiers(connection_, context_.where, moves));
    }
    if (!refusals.empty()) {
      SELFSAME_RETURN_IF_ERROR(storage::SetRefusals(connection_, context_.where, refusals));
    }
    if (plan.history.empty()) return {};
    return storage::InsertMergeHistory(connection_, context_.where, context_.now, plan.history,
                                       edges);
  }

  // Takes over what a plan says about profiles.
  void Collect(const identity::Plan& plan, std::span<const identity::Node> nodes) {
    for (const identity::ProfileChange& change : plan.changes) {
      LinkedProfile profile{
          .profile_id = change.profile_id, .from = change.from, .is_refold = change.is_refold};
      for (const std::size_t i : change.members) profile.members.push_back(nodes[i].id);
      linked_.changed.push_back(std::move(profile));
    }
    linked_.gone.insert(linked_.gone.end(), plan.gone.begin(), plan.gone.end());
    for (const identity::HistoryEntry& entry : plan.history) {
      switch (entry.action) {
        case identity::Action::kMerged: linked_.merged += entry.before.size() - 1; break;
        case identity::Action::kUnmerged: linked_.unmerged += entry.after.size() - 1; break;
        case identity::Action::kRefused: ++linked_.refused[entry.rule]; break;
      }
    }
  }

  pg::BulkConnection& connection_;
  const CommitContext& context_;
  const Evidence& evidence_;
  FreshGroups fresh_;
  storage::NodeIdSet known_nodes_;                // Existed before this transaction.
  storage::NodeIdSet created_;                    // By this transaction.
  std::map<NodeId, identity::Standing> touched_;  // Nodes that are not in fresh groups.
  std::set<NodePair> changed_;  // Edges among touched nodes that say something new.
  Linked linked_;
};

}  // namespace

Result<Linked> Link(pg::BulkConnection& connection, const CommitContext& context,
                    const Evidence& evidence) {
  if (evidence.nodes.empty() && evidence.updates.empty()) return Linked{};
  SELFSAME_RETURN_IF_ERROR(connection.Savepoint());
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    SELFSAME_ASSIGN_OR_RETURN(std::optional<Linked> linked,
                              Attempt(connection, context, evidence).Run());
    if (linked) return std::move(*linked);
    // Gives back the locks, so that whoever waits for us can go on, and looks again.
    SELFSAME_RETURN_IF_ERROR(connection.RollbackToSavepoint());
  }
  return Error{.code = ErrorCode::kAborted,
               .reason = "SERIALIZATION",
               .message = "identity components keep changing"};
}

}  // namespace selfsame::ingest
