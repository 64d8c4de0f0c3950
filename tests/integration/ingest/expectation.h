// What the pure functions make of a history, computed from its records alone: what storage must
// hold after any order of them.
#ifndef SELFSAME_TESTS_INTEGRATION_INGEST_EXPECTATION_H_
#define SELFSAME_TESTS_INTEGRATION_INGEST_EXPECTATION_H_

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "identity/fold.h"
#include "identity/resolve.h"
#include "tests/integration/ingest/lanes_harness.h"

namespace selfsame::ingest {

using Names = std::set<std::string>;  // Node ids as text.

// Each person's nodes, and what is known about that person.
using People = std::map<Names, nlohmann::json>;

// One person that is in one of them only, or empty where they are the same: they may be thousands.
std::string FirstDifference(const People& stored, const People& expected);

// By the tenant's own node ids, since they break ties. Requires: the node key outlives it.
class Expectation {
 public:
  Expectation(const std::vector<TestRecord>& history, std::string_view node_key);

  // Of the history without the evidence between these pairs, which are two persons each.
  People Resolve(const std::vector<identity::CannotLink>& parted = {}) const;

 private:
  using Said = std::pair<std::string, identity::Claim>;  // Of an attribute.

  void Add(const TestRecord& record);
  void AddClaims(const TestRecord& record, NodeId anchor);

  const std::string_view node_key_;
  std::set<NodeId> known_;
  std::vector<identity::Node> nodes_;
  std::map<std::pair<NodeId, NodeId>, identity::Edge> edges_;
  std::map<NodeId, std::vector<Said>> claims_;
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_TESTS_INTEGRATION_INGEST_EXPECTATION_H_
