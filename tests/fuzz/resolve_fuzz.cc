// Any graph: Resolve gives the same partition for the edges in reverse, breaks no rule, and keeps
// apart what somebody parted.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/check.h"
#include "identity/resolve.h"

using selfsame::identity::DefaultRuleset;
using selfsame::identity::Edge;
using selfsame::identity::Node;
using selfsame::identity::Resolution;
using selfsame::identity::Resolve;
using selfsame::identity::Strength;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const char* kKinds[] = {"customer_id", "email", "anonymous_id", "device_id"};
  std::map<std::uint8_t, Node> by_number;
  const auto node = [&](std::uint8_t number) {
    Node made{.kind = kKinds[number % 4]};
    made.id.bytes[0] = number;
    made.birth_id.bytes[0] =
        static_cast<std::uint8_t>(number * 7 + 1);  // Another order than the ids'.
    by_number.emplace(number, made);
    return made.id;
  };
  std::set<std::pair<selfsame::NodeId, selfsame::NodeId>> seen;
  std::vector<Edge> edges;
  std::vector<selfsame::identity::CannotLink> cannot_links;
  for (std::size_t i = 0; i + 2 < size; i += 3) {
    if (data[i] == data[i + 1]) continue;
    const auto [a, b] = std::minmax({node(data[i]), node(data[i + 1])});
    if (!seen.insert({a, b}).second) continue;
    if (data[i + 2] == 240 && !cannot_links.empty()) {  // Two more members of the last one.
      auto& last = cannot_links.back();
      const auto is_free = [&](const selfsame::NodeId& id) {
        return std::count(last.one.begin(), last.one.end(), id) == 0 &&
               std::count(last.other.begin(), last.other.end(), id) == 0;
      };
      if (is_free(a)) last.one.push_back(a);
      if (is_free(b)) last.other.push_back(b);
      continue;
    }
    if (data[i + 2] > 240) {
      cannot_links.push_back({.id = {}, .one = {a}, .other = {b}});
      continue;
    }
    edges.push_back({.a = a,
                     .b = b,
                     .strength = static_cast<Strength>(1 + data[i + 2] % 3),
                     .first_evidence = {data[i + 2] / 3}});
  }
  std::vector<Node> nodes;
  for (const auto& [number, made] : by_number) nodes.push_back(made);
  const Resolution forward = Resolve({nodes, edges, cannot_links}, DefaultRuleset());
  std::reverse(edges.begin(), edges.end());
  const Resolution backward = Resolve({nodes, edges, cannot_links}, DefaultRuleset());
  SELFSAME_CHECK(forward.profile_of == backward.profile_of);
  SELFSAME_CHECK(forward.component_of == backward.component_of);
  SELFSAME_CHECK(forward.exclusion_of == backward.exclusion_of);
  std::map<selfsame::NodeId, std::size_t> index;
  for (std::size_t i = 0; i < nodes.size(); ++i) index[nodes[i].id] = i;
  for (const auto& link : cannot_links) {
    for (const auto& one : link.one) {
      for (const auto& other : link.other) {
        SELFSAME_CHECK(forward.profile_of[index.at(one)] != forward.profile_of[index.at(other)]);
      }
    }
  }
  std::map<selfsame::ProfileId, int> customers;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].kind == "customer_id") SELFSAME_CHECK(++customers[forward.profile_of[i]] == 1);
  }
  return 0;
}
