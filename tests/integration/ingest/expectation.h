// What the pure functions make of a history, computed from its records alone: what storage must
// hold after any order of them.
#ifndef SELFSAME_TESTS_INTEGRATION_INGEST_EXPECTATION_H_
#define SELFSAME_TESTS_INTEGRATION_INGEST_EXPECTATION_H_

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "identity/fold.h"
#include "identity/resolve.h"
#include "storage/tenants.h"
#include "tests/integration/ingest/lanes_harness.h"

namespace selfsame::ingest {

using Names = std::set<std::string>;  // Node ids as text.

// Each person's nodes, and what is known about that person.
using People = std::map<Names, nlohmann::json>;

// What is known, with where it comes from, from the two columns of a profile. Without what is made
// on arrival, such as ids of records.
nlohmann::json KnownOf(const std::string& attributes, const std::string& provenance);

// One person that is in one of them only, or empty where they are the same: they may be thousands.
std::string FirstDifference(const People& stored, const People& expected);

using Pairs = std::vector<identity::Ends>;
using Groups = std::vector<identity::CannotLink>;

// By the tenant's own node ids, and its sources' ids and trust: they break ties. Requires: the
// directory outlives it.
class Expectation {
 public:
  Expectation(const std::vector<TestRecord>& history, const storage::Directory& directory,
              TenantId tenant);

  // Of the history without the evidence between some pairs, and with groups that are not one
  // person.
  People Resolve(const Pairs& revoked = {}, const Groups& parted = {},
                 const identity::Ruleset& rules = identity::DefaultRuleset()) const;

 private:
  using Said = std::pair<std::string, identity::Claim>;  // Of an attribute.

  const storage::Source& SourceOf(const TestRecord& record) const;
  int TrustOf(SourceId source, const identity::Ruleset& rules) const;
  void Add(const TestRecord& record);
  void AddClaims(const TestRecord& record, NodeId anchor);

  const storage::Directory& directory_;
  const storage::Tenant& tenant_;
  std::set<NodeId> known_;
  std::vector<identity::Node> nodes_;
  std::map<std::tuple<NodeId, NodeId, identity::Strength>, identity::Edge> edges_;
  std::map<NodeId, std::vector<Said>> claims_;
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_TESTS_INTEGRATION_INGEST_EXPECTATION_H_
