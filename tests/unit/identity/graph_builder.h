// Builds small identity graphs for tests by readable names: "cust:a" is node a of kind customer_id.
#ifndef SELFSAME_TESTS_UNIT_IDENTITY_GRAPH_BUILDER_H_
#define SELFSAME_TESTS_UNIT_IDENTITY_GRAPH_BUILDER_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "identity/resolve.h"

namespace selfsame::identity {

// Kinds by the short names that tests use.
inline std::string KindOf(const std::string& name) {
  static const std::map<std::string, std::string> kKinds = {
      {"cust", "customer_id"}, {"email", "email"}, {"dev", "device_id"}, {"anon", "anonymous_id"}};
  return kKinds.at(name.substr(0, name.find(':')));
}

class GraphBuilder {
 public:
  NodeId Node(const std::string& name) {
    const NodeId id{Hasher().Add(name).Finish()};
    if (by_name_.emplace(name, id).second) {
      names_[id] = name;
      ProfileId birth;
      birth.bytes[15] = static_cast<std::uint8_t>(nodes_.size() + 1);
      birth.bytes[14] = static_cast<std::uint8_t>((nodes_.size() + 1) >> 8);
      nodes_.push_back({.id = id, .kind = KindOf(name), .birth_id = birth});
    }
    return id;
  }

  GraphBuilder& Link(const std::string& a, const std::string& b, std::int64_t at,
                     Strength strength = Strength::kDeterministic) {
    const auto [low, high] = std::minmax({Node(a), Node(b)});
    edges_.push_back({.a = low, .b = high, .strength = strength, .first_evidence = TimeUs{at}});
    return *this;
  }

  GraphBuilder& Part(const std::set<std::string>& some, const std::set<std::string>& others) {
    CannotLink link;
    for (const std::string& name : some) link.one.push_back(Node(name));
    for (const std::string& name : others) link.other.push_back(Node(name));
    cannot_links_.push_back(std::move(link));
    return *this;
  }

  Graph graph() const { return {nodes_, edges_, cannot_links_}; }
  std::vector<identity::Node>& nodes() { return nodes_; }
  std::vector<Edge>& edges() { return edges_; }
  std::vector<CannotLink>& cannot_links() { return cannot_links_; }
  const std::string& NameOf(NodeId id) const { return names_.at(id); }

  // The groups of names that a resolution makes one person.
  std::set<std::set<std::string>> Persons(const Resolution& resolution) const {
    std::map<ProfileId, std::set<std::string>> by_profile;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      by_profile[resolution.profile_of[i]].insert(names_.at(nodes_[i].id));
    }
    std::set<std::set<std::string>> persons;
    for (auto& [id, names] : by_profile) persons.insert(std::move(names));
    return persons;
  }

 private:
  std::vector<identity::Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<CannotLink> cannot_links_;
  std::map<std::string, NodeId> by_name_;
  std::map<NodeId, std::string> names_;
};

}  // namespace selfsame::identity

#endif  // SELFSAME_TESTS_UNIT_IDENTITY_GRAPH_BUILDER_H_
