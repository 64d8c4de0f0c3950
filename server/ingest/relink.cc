#include "server/ingest/relink.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "identity/resolve.h"
#include "storage/merge_history.h"

namespace selfsame::ingest {
namespace {

using storage::KnownIdentifier;
using storage::StoredEdge;

// The work of one Relink call.
class Relinker {
 public:
  Relinker(pg::BulkConnection& connection, const CommitContext& context,
           storage::Components& loaded, const Relinking& relinking)
      : connection_(connection), context_(context), loaded_(loaded), relinking_(relinking) {}

  Result<identity::Resolution> Run(Linked* linked) {
    const storage::NodeIdSet lifted(relinking_.lifted.begin(), relinking_.lifted.end());
    for (const StoredEdge& stored : loaded_.edges) {
      const auto& [a, b] = std::tie(stored.edge.a, stored.edge.b);
      edges_.push_back(relinking_.judges_all ? stored.edge
                                             : stored.SeenBy(context_.rules.activation));
      edge_standings_.push_back({.refusal = stored.refusal,
                                 .is_changed = relinking_.changed.contains({a, b}),
                                 .is_told = lifted.contains(a) || lifted.contains(b)});
    }
    for (std::size_t i = 0; i < loaded_.nodes.size(); ++i) {
      if (relinking_.created.contains(loaded_.nodes[i].id)) loaded_.standings[i] = {};
    }
    const identity::Graph graph{loaded_.nodes, edges_, loaded_.cannot_links};
    resolution_ = identity::Resolve(graph, context_.rules);
    plan_ = identity::MakePlan(graph, loaded_.standings, edge_standings_, resolution_,
                               relinking_.occasion);
    Collect(plan_, loaded_.nodes, linked);
    identity::AddSizeChanges(loaded_.standings, resolution_.profile_of, &linked->sizes);
    for (std::size_t i = 0; i < loaded_.nodes.size(); ++i) {
      linked->profile_of[loaded_.nodes[i].id] = resolution_.profile_of[i];
    }
    SELFSAME_RETURN_IF_ERROR(WriteComponents());
    SELFSAME_RETURN_IF_ERROR(WriteNodes());
    SELFSAME_RETURN_IF_ERROR(WriteRefusals());
    if (relinking_.judges_all) {
      SELFSAME_RETURN_IF_ERROR(storage::SetJudged(connection_, context_.where,
                                                  context_.rules.activation, loaded_.nodes));
    }
    if (!plan_.history.empty()) {
      SELFSAME_RETURN_IF_ERROR(storage::InsertMergeHistory(
          connection_, context_.where, context_.now, plan_.history, relinking_.operation));
    }
    return std::move(resolution_);
  }

 private:
  // Brings the rows of components in line with what they have become.
  Status WriteComponents() {
    std::set<ComponentId> before;
    for (const identity::Standing& standing : loaded_.standings)
      before.insert(standing.component_id);
    before.erase(ComponentId{});  // Of nodes born in this transaction.
    const std::set<ComponentId> after(resolution_.component_of.begin(),
                                      resolution_.component_of.end());
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

  Status WriteNodes() {
    std::vector<KnownIdentifier> moves;
    for (const std::size_t i : plan_.moves) {
      moves.push_back({.node = loaded_.nodes[i].id,
                       .birth_id = loaded_.nodes[i].birth_id,
                       .standing = {resolution_.profile_of[i], resolution_.component_of[i]}});
    }
    std::vector<storage::NodeExclusion> exclusions;
    for (const std::size_t i : plan_.exclusions) {
      exclusions.push_back({loaded_.nodes[i].id, resolution_.exclusion_of[i]});
    }
    if (!moves.empty()) {
      SELFSAME_RETURN_IF_ERROR(storage::MoveIdentifiers(connection_, context_.where, moves));
    }
    return exclusions.empty() ? Status()
                              : storage::SetExclusions(connection_, context_.where, exclusions);
  }

  Status WriteRefusals() {
    std::vector<StoredEdge> refusals;
    for (const std::size_t i : plan_.refusals) {
      refusals.push_back({.edge = edges_[i], .refusal = resolution_.refusal_of[i]});
    }
    return refusals.empty() ? Status()
                            : storage::SetRefusals(connection_, context_.where,
                                                   context_.rules.activation, refusals);
  }

  pg::BulkConnection& connection_;
  const CommitContext& context_;
  storage::Components& loaded_;
  const Relinking& relinking_;
  std::vector<identity::Edge> edges_;
  std::vector<identity::EdgeStanding> edge_standings_;
  identity::Resolution resolution_;
  identity::Plan plan_;
};

}  // namespace

Result<identity::Resolution> Relink(pg::BulkConnection& connection, const CommitContext& context,
                                    storage::Components& loaded, const Relinking& relinking,
                                    Linked* linked) {
  return Relinker(connection, context, loaded, relinking).Run(linked);
}

void Collect(const identity::Plan& plan, std::span<const identity::Node> nodes, Linked* linked) {
  for (const identity::ProfileChange& change : plan.changes) {
    LinkedProfile profile{
        .profile_id = change.profile_id, .from = change.from, .is_refold = change.is_refold};
    for (const std::size_t i : change.members) profile.members.push_back(nodes[i].id);
    linked->changed.push_back(std::move(profile));
  }
  linked->gone.insert(linked->gone.end(), plan.gone.begin(), plan.gone.end());
  if (plan.too_many_refused > 0) {
    linked->refused[std::string(identity::RefusalName(identity::Refusal::kTooManyRefused))] +=
        plan.too_many_refused;
  }
  for (const identity::HistoryEntry& entry : plan.history) {
    switch (entry.action) {
      case identity::Action::kMerged: linked->merged += entry.before.size() - 1; break;
      case identity::Action::kUnmerged: linked->unmerged += entry.after.size() - 1; break;
      case identity::Action::kRefused: ++linked->refused[entry.rule]; break;
    }
  }
}

}  // namespace selfsame::ingest
