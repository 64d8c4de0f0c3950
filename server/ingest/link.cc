#include "server/ingest/link.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/seal.h"
#include "base/uuid.h"
#include "identity/node_id.h"
#include "identity/plan.h"
#include "identity/resolve.h"
#include "server/ingest/component_locks.h"
#include "server/ingest/fresh_groups.h"
#include "server/ingest/relink.h"
#include "server/normalize/email.h"
#include "storage/graph.h"
#include "storage/identifier_names.h"
#include "storage/merge_history.h"

namespace selfsame::ingest {
namespace {

using identity::Exclusion;
using identity::Refusal;
using storage::KnownIdentifier;
using storage::NewIdentifier;
using storage::StoredEdge;

// How often others may insert or lock the same identifiers first before the body starts anew.
constexpr int kAttemptsMax = 32;

Refusal RefusalOf(Exclusion exclusion) {
  switch (exclusion) {
    case Exclusion::kNone: return Refusal::kNone;
    case Exclusion::kShared: return Refusal::kSharedIdentifier;
    case Exclusion::kBlocked: return Refusal::kBlockedValue;
  }
  return Refusal::kNone;
}

bool IsCrowded(const identity::KindRule& rule, std::size_t names) {
  return rule.names_above > 0 && names > static_cast<std::size_t>(rule.names_above);
}

// One attempt to link; a lost race shows as no value, and leaves everything to be rolled back.
class Attempt {
 public:
  Attempt(pg::BulkConnection& connection, const CommitContext& context, const Evidence& evidence)
      : connection_(connection), context_(context), evidence_(evidence) {}

  Result<std::optional<Linked>> Run() {
    SELFSAME_RETURN_IF_ERROR(FindKnown());
    SELFSAME_RETURN_IF_ERROR(CheckAnchors());
    SetOutsideApart();
    fresh_ = ResolveFreshGroups(linking(), known_nodes_, context_.rules, context_.now);
    HoldKnown();
    SELFSAME_ASSIGN_OR_RETURN(const bool inserted, InsertNew());
    if (!inserted) return std::optional<Linked>();
    SELFSAME_ASSIGN_OR_RETURN(const bool locked,
                              LockComponentsOf(connection_, context_.where, held_));
    if (!locked) return std::optional<Linked>();
    for (const auto& [node, held] : held_) linked_.profile_of[node] = held.standing.profile_id;
    SELFSAME_RETURN_IF_ERROR(KeepNames());
    SELFSAME_RETURN_IF_ERROR(InsertEdges());
    SELFSAME_RETURN_IF_ERROR(WriteHistory());
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
      known_[identifier.node] = {.standing = identifier.standing,
                                 .exclusion = identifier.exclusion};
      linked_.profile_of[identifier.node] = identifier.standing.profile_id;
    }
    return {};
  }

  // An anchor that the cache knew and that is not stored would leave its claims hanging on nothing.
  Status CheckAnchors() const {
    for (const PreparedRecord* update : evidence_.updates) {
      const NodeId anchor = update->anchor();
      if (known_nodes_.contains(anchor) || evidence_.nodes.contains(anchor)) continue;
      return Error{.code = ErrorCode::kAborted,
                   .reason = std::string(kIdentifierVanished),
                   .message = "an identifier that was stored is not there any more"};
    }
    return {};
  }

  // Of a new one: as it will be born.
  Exclusion KnownExclusion(NodeId node) const {
    const auto found = known_.find(node);
    if (found != known_.end()) return found->second.exclusion;
    const auto mention = evidence_.nodes.find(node);
    if (mention == evidence_.nodes.end()) return Exclusion::kNone;
    if (mention->second->links_nobody) return Exclusion::kBlocked;
    const auto names = evidence_.names.find(node);
    const bool is_crowded =
        names != evidence_.names.end() && IsCrowded(*mention->second->rule, names->second.size());
    return is_crowded ? Exclusion::kShared : Exclusion::kNone;
  }

  // Edges to identifiers that have left the graph connect nothing.
  void SetOutsideApart() {
    for (const auto& [edge, seen] : evidence_.edges) {
      const NodePair& ends = edge.ends;
      const Refusal a = RefusalOf(KnownExclusion(ends.first));
      const Refusal b = RefusalOf(KnownExclusion(ends.second));
      if (a == Refusal::kNone && b == Refusal::kNone) continue;
      outside_[ends] = std::max(a, b);
    }
    if (outside_.empty()) return;
    within_ = evidence_;
    std::erase_if(within_->edges,
                  [this](const auto& one) { return outside_.contains(one.first.ends); });
  }

  const Evidence& linking() const { return within_ ? *within_ : evidence_; }

  // What is to be locked of what exists: the ends of edges, anchors that claims hang on, and,
  // shared with others that do the same, identifiers that have left the graph and get edges.
  void HoldKnown() {
    for (const auto& [edge, seen] : linking().edges) {
      for (const NodeId& end : {edge.ends.first, edge.ends.second}) {
        HoldIfKnown(end, Hold::kExclusive);
      }
    }
    for (const PreparedRecord* update : evidence_.updates) {
      HoldIfKnown(update->anchor(), Hold::kExclusive);
    }
    // So that no two transactions count names of one identifier at once.
    for (const auto& [node, names] : evidence_.names) {
      if (KnownExclusion(node) == Exclusion::kNone) HoldIfKnown(node, Hold::kExclusive);
    }
    for (const auto& [ends, refusal] : outside_) {
      for (const NodeId& end : {ends.first, ends.second}) {
        if (KnownExclusion(end) != Exclusion::kNone) HoldIfKnown(end, Hold::kShared);
      }
    }
  }

  void HoldIfKnown(NodeId node, Hold hold) {
    const auto found = known_.find(node);
    if (found == known_.end() || !held_.emplace(node, found->second).second) return;
    held_.at(node).hold = hold;
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
        // Joins a component below.
        held_[identifier.node] = {.standing = identifier.standing, .is_born = true};
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
        .value_sealed = Seal(context_.tenant.seal_key.reveal(), node.view(), mention.canonical),
        .match = MatchOf(mention)};
    if (const FreshNode* fresh = fresh_.Find(node)) {
      identifier.birth_id = fresh->birth_id;
      identifier.standing = fresh->standing;
      identifier.exclusion = fresh->exclusion;
    } else {
      identifier.birth_id = NewUuidV7<ProfileId>(context_.now);
      identifier.standing = {identifier.birth_id, ComponentId{identifier.birth_id.bytes}};
    }
    if (const Exclusion born = KnownExclusion(node); born != Exclusion::kNone) {
      identifier.exclusion = born;
    }
    return identifier;
  }

  // Only of identifiers that are new: what is known costs nothing more.
  NodeId MatchOf(const Mention& mention) const {
    if (mention.rule->canonical != identity::Canonical::kEmail) return {};
    const auto email = normalize::NormalizeEmail(mention.canonical);
    if (!email.ok()) return {};
    return identity::NodeIdOf(context_.tenant.node_key.reveal(), mention.kind + "~",
                              email->match_key);
  }

  // Keeps the names seen with identifiers in the graph, and takes out of it those that have been
  // seen with too many: what that parts is resolved below.
  Status KeepNames() {
    std::vector<storage::NameOfNode> names;
    std::vector<NodeId> counted;
    for (const auto& [node, of_node] : evidence_.names) {
      const bool is_known = known_nodes_.contains(node);
      if (is_known && KnownExclusion(node) != Exclusion::kNone) continue;
      // One more than allowed is enough, also to see later why a node was born shared.
      std::size_t left = static_cast<std::size_t>(evidence_.nodes.at(node)->rule->names_above) + 1;
      for (auto name = of_node.begin(); name != of_node.end() && left > 0; ++name, --left) {
        names.emplace_back(node, *name);
      }
      if (is_known) counted.push_back(node);
    }
    if (names.empty()) return {};
    SELFSAME_RETURN_IF_ERROR(storage::InsertIdentifierNames(connection_, context_.where, names));
    if (counted.empty()) return {};
    SELFSAME_ASSIGN_OR_RETURN(const auto counts,
                              storage::CountIdentifierNames(connection_, context_.where, counted));
    for (const auto& [node, count] : counts) {
      const identity::KindRule& rule = *evidence_.nodes.at(node)->rule;
      if (IsCrowded(rule, static_cast<std::size_t>(count))) {
        crowded_.push_back({node, Exclusion::kShared});
      }
    }
    if (crowded_.empty()) return {};
    return storage::SetExclusions(connection_, context_.where, crowded_);
  }

  Status InsertEdges() {
    if (evidence_.edges.empty()) return {};
    std::vector<StoredEdge> edges;
    for (const auto& [key, seen] : evidence_.edges) {
      const NodePair& ends = key.ends;
      const auto outside = outside_.find(ends);
      edges.push_back(
          {.edge = {.a = ends.first,
                    .b = ends.second,
                    .strength = key.strength,
                    .first_evidence = seen.first_evidence,
                    .record_id = seen.record_id},
           .refusal = outside == outside_.end() ? fresh_.RefusalOf(ends) : outside->second});
    }
    SELFSAME_ASSIGN_OR_RETURN(
        const std::vector<storage::ChangedEdge> changed,
        storage::InsertEdges(connection_, context_.where, context_.rules.activation, edges));
    for (const storage::ChangedEdge& one : changed) {
      const identity::Edge& edge = edges[one.index].edge;
      if (outside_.contains({edge.a, edge.b})) {
        // Counted alone: the history says when the identifier left, and there is no end of these.
        if (one.refusal != Refusal::kRevoked) {
          ++linked_.refused[std::string(identity::RefusalName(one.refusal))];
        }
      } else if (!fresh_.Contains(edge.a) && !identity::LeavesGraph(one.refusal)) {
        changed_.insert({edge.a, edge.b});
      }
    }
    return {};
  }

  Status WriteHistory() {
    Collect(fresh_.plan(), fresh_.nodes(), &linked_);
    for (const identity::ProfileChange& born : fresh_.plan().changes) {
      ++linked_.sizes[born.members.size()];
    }
    const std::vector<identity::HistoryEntry>& history = fresh_.plan().history;
    if (history.empty()) return {};
    return storage::InsertMergeHistory(connection_, context_.where, context_.now, history, {});
  }

  Status ResolveTouched() {
    if (changed_.empty() && crowded_.empty()) return {};
    std::set<ComponentId> components;
    for (const storage::NodeExclusion& one : crowded_) {
      components.insert(held_.at(one.node).standing.component_id);
    }
    for (const auto& [a, b] : changed_) {
      components.insert(held_.at(a).standing.component_id);
      components.insert(held_.at(b).standing.component_id);
    }
    const std::vector<ComponentId> ordered(components.begin(), components.end());
    SELFSAME_ASSIGN_OR_RETURN(storage::Components loaded,
                              storage::LoadComponents(connection_, context_.where, ordered));
    const identity::Occasion seen_together;
    return ToStatus(Relink(connection_, context_, loaded,
                           {.changed = changed_,
                            .created = created_,
                            .lifted = {},
                            .occasion = seen_together,
                            .operation = {}},
                           &linked_));
  }

  pg::BulkConnection& connection_;
  const CommitContext& context_;
  const Evidence& evidence_;
  std::optional<Evidence> within_;       // The evidence without outside_, where there is any.
  std::map<NodePair, Refusal> outside_;  // Edges to identifiers that have left the graph.
  FreshGroups fresh_;
  storage::NodeIdSet known_nodes_;    // Existed before this transaction.
  std::map<NodeId, HeldNode> known_;  // Likewise, as they were before anything was locked.
  storage::NodeIdSet created_;        // By this transaction.
  HeldNodes held_;                    // What is locked; none is in a fresh group.
  std::set<NodePair> changed_;        // Edges among them that say something new.
  std::vector<storage::NodeExclusion> crowded_;  // Seen with too many names by now.
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
